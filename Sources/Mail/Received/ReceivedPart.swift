/// A received message, or one part of it, taken apart as far as it goes (RFC 2045, RFC 2046): it never fails, and never
/// goes deeper, wider or longer than its bounds, so that the work grows no faster than the message.
package struct ReceivedPart: Sendable {
  package let fields: ReceivedFields
  package let type: ContentType
  /// The octets after the header, as they came.
  package let body: ArraySlice<UInt8>
  /// What stands in it: the parts of a multipart, or the one message of a `message/rfc822`; else none.
  package let parts: [ReceivedPart]

  /// Messages in messages and multiparts in multiparts; what lies deeper is left as it is.
  static let deepest = 10
  /// All parts of a message together; more are left away.
  static let most = 200
  /// The longest text that is made of a part, in octets.
  static let longestText = 256 << 10

  /// Takes a whole message apart.
  package init(_ message: [UInt8]) {
    var left = Self.most
    self.init(message[...], depth: 0, left: &left)
  }

  private init(_ octets: ArraySlice<UInt8>, depth: Int, left: inout Int) {
    let (fields, body) = ReceivedFields.read(octets)
    let type = fields.first("content-type").map(ContentType.init) ?? .plain
    self.fields = fields
    self.type = type
    self.body = body
    guard depth < Self.deepest else {
      parts = []
      return
    }
    var inner: [ReceivedPart] = []
    for octets in Self.contents(of: body, type, fields) where left > 0 {
      left -= 1
      inner.append(ReceivedPart(octets, depth: depth + 1, left: &left))
    }
    parts = inner
  }

  /// This part and all parts in it, each before what it holds.
  package var all: [ReceivedPart] { [self] + parts.flatMap(\.all) }

  /// This part and the parts of the multiparts in it, but not what stands in a message that it holds.
  package var own: [ReceivedPart] { [self] + (type.type == "multipart" ? parts.flatMap(\.own) : []) }

  /// The body, its transfer coding undone.
  package var octets: ArraySlice<UInt8> { ReceivedText.decode(body, coding: coding, limit: Self.longestText) }

  /// The body as text, its transfer coding and character set undone.
  package var text: String {
    ReceivedText.string(octets, charset: type.parameters["charset"])
  }

  private var coding: String? { fields.first("content-transfer-encoding") }

  /// The octets of the parts in a body.
  private static func contents(
    of body: ArraySlice<UInt8>, _ type: ContentType, _ fields: ReceivedFields
  ) -> [ArraySlice<UInt8>] {
    switch (type.type, type.subtype) {
    case ("multipart", _):
      guard let boundary = type.parameters["boundary"].flatMap(usable) ?? guessed(in: body) else { return [] }
      return split(body, at: Array("--".utf8) + boundary)
    case ("message", "rfc822"), ("message", "global"), ("text", "rfc822-headers"), ("message", "rfc822-headers"),
      ("message", "global-headers"):
      // RFC 2046 §5.2.1 forbids a coding here; some encode all the same.
      let coding = fields.first("content-transfer-encoding")
      return [ReceivedText.decode(body, coding: coding, limit: body.count)]
    default: return []
    }
  }

  /// RFC 2046 §5.1.1 allows 70 characters; more than that is seen.
  private static func usable(_ boundary: String) -> [UInt8]? {
    let octets = Array(boundary.trimmed.utf8)
    return (1...200).contains(octets.count) ? octets : nil
  }

  /// The boundary of a multipart that does not name it: the first line that looks like one.
  private static func guessed(in body: ArraySlice<UInt8>) -> [UInt8]? {
    var rest = body.prefix(4096)
    while !rest.isEmpty {
      let (line, next) = Line.first(of: rest)
      if line.starts(with: Array("--".utf8)), (3...72).contains(line.count), !line.contains(0x20) {
        return Array(line.dropFirst(2))
      }
      rest = next
    }
    return nil
  }

  /// The parts between delimiter lines, each without the line break before the next; one that is cut off counts.
  private static func split(_ body: ArraySlice<UInt8>, at delimiter: [UInt8]) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var begin: Int?
    var rest = body
    while !rest.isEmpty, parts.count < most {
      let (line, next) = Line.first(of: rest)
      if let isLast = isDelimiter(line, delimiter) {
        if let begin { parts.append(withoutBreak(body[begin..<rest.startIndex])) }
        begin = isLast ? nil : next.startIndex
        if isLast { break }
      }
      rest = next
    }
    if let begin, rest.isEmpty, begin < body.endIndex { parts.append(body[begin...]) }
    return parts
  }

  /// Nil if the line is no delimiter; else whether it is the last one. Blanks behind it came on the way.
  private static func isDelimiter(_ line: ArraySlice<UInt8>, _ delimiter: [UInt8]) -> Bool? {
    guard line.starts(with: delimiter) else { return nil }
    var tail = line.dropFirst(delimiter.count)
    while let last = tail.last, last == 0x20 || last == 0x09 { tail = tail.dropLast() }
    if tail.isEmpty { return false }
    return tail.elementsEqual(Array("--".utf8)) ? true : nil
  }

  private static func withoutBreak(_ octets: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var part = octets
    if part.last == 0x0A { part = part.dropLast() }
    if part.last == 0x0D { part = part.dropLast() }
    return part
  }
}

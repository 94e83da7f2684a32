/// The header of a received message or part, as far as it can be made out (RFC 5322 §2.2): unfolded, bounded, and never
/// refused, since reports of failed delivery come from software of every age.
package struct ReceivedFields: Sendable, Hashable {
  package struct Field: Sendable, Hashable {
    /// In lower case.
    package let name: String
    /// Unfolded, without white space around it; what is no UTF-8 is read as ISO 8859-1.
    package let value: String
  }

  package private(set) var fields: [Field] = []

  /// More fields than these are not kept.
  static let most = 500
  /// A longer value is cut, in octets.
  static let longest = 16_384

  package init() {}

  /// Reads the header that `octets` begin with; returns it with the rest.
  ///
  /// It ends with the first empty line, or before the first line that can be no part of a header: some reports have no
  /// empty line. Lines may end with CRLF or LF; a line `From …` before all is an envelope of a mailbox file.
  package static func read(_ octets: ArraySlice<UInt8>) -> (fields: ReceivedFields, rest: ArraySlice<UInt8>) {
    var header = ReceivedFields()
    var name = ""
    var value: [UInt8] = []
    var rest = octets
    while !rest.isEmpty {
      let (line, next) = Line.first(of: rest)
      if line.isEmpty {
        rest = next
        break
      }
      if line.first == 0x20 || line.first == 0x09 {
        append(line, to: &value)
      } else if let colon = colon(of: line) {
        header.keep(name, value)
        name = String(decoding: line[..<colon.end], as: UTF8.self).lowercased()
        value = []
        append(line[(colon.at + 1)...], to: &value)
      } else if !(rest.startIndex == octets.startIndex && isEnvelope(line)) {
        break
      }
      rest = next
    }
    header.keep(name, value)
    return (header, rest)
  }

  /// The value of the first field of a name given in lower case.
  package func first(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  /// The values of all fields of a name given in lower case, in order.
  package func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  private mutating func keep(_ name: String, _ value: [UInt8]) {
    guard !name.isEmpty, fields.count < Self.most else { return }
    fields.append(Field(name: name, value: ReceivedText.string(value.trimmed)))
  }

  private static func append(_ line: ArraySlice<UInt8>, to value: inout [UInt8]) {
    value += line.prefix(max(0, longest - value.count))
  }

  /// Where the name ends and where the colon stands; white space between them is out of date but seen (§4.5.2).
  private static func colon(of line: ArraySlice<UInt8>) -> (end: Int, at: Int)? {
    let end = line.firstIndex { !(0x21...0x7E).contains($0) || $0 == UInt8(ascii: ":") } ?? line.endIndex
    guard end > line.startIndex else { return nil }
    let at = line[end...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? line.endIndex
    guard at < line.endIndex, line[at] == UInt8(ascii: ":") else { return nil }
    return (end, at)
  }

  private static func isEnvelope(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: Array("From ".utf8)) || line.starts(with: Array(">From ".utf8))
  }
}

/// Lines of received octets.
enum Line {
  /// The first line without its CRLF or LF, and what follows it.
  static func first(of octets: ArraySlice<UInt8>) -> (line: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
    guard let end = octets.firstIndex(of: 0x0A) else { return (withoutCR(octets), octets[octets.endIndex...]) }
    return (withoutCR(octets[..<end]), octets[(end + 1)...])
  }

  private static func withoutCR(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.last == 0x0D ? line.dropLast() : line
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String { String(utf8.trimmed) ?? self }
}

extension BidirectionalCollection<UInt8> {
  /// Without blanks and control characters at both ends.
  var trimmed: SubSequence {
    guard let first = firstIndex(where: { $0 > 0x20 }), let last = lastIndex(where: { $0 > 0x20 }) else {
      return self[startIndex..<startIndex]
    }
    return self[first...last]
  }
}

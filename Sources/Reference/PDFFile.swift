/// A PDF of the plain kind: cross-reference tables, no object streams, no encryption.
///
/// What cairo and this module write.
struct PDFFile: Sendable {
  let bytes: [UInt8]
  /// Object number → position of its definition, the newest one.
  private let offsets: [Int: Int]
  /// The newest trailer.
  let trailer: PDFValue
  /// Where the newest cross-reference table begins.
  let newestTable: Int
  /// How many cross-reference tables there are: 1 and one for each update.
  let revisions: Int

  static let maximumSize = 16 * 1_048_576
  private static let maximumRevisions = 4
  private static let maximumObjects = 10_000

  /// Reads the tables; throws `.malformed`.
  init(_ bytes: [UInt8]) throws {
    guard bytes.count <= Self.maximumSize else { throw Self.failure("larger than any reference") }
    guard bytes.starts(with: Array("%PDF-1.".utf8)) else { throw Self.failure("no PDF header") }
    let end = Array("%%EOF".utf8)
    let tail = bytes.last == 0x0A ? bytes.dropLast() : bytes[...]
    guard tail.suffix(end.count).elementsEqual(end) else { throw Self.failure("no end mark at the end") }
    guard let mark = Self.lastPosition(of: Array("startxref".utf8), in: bytes) else {
      throw Self.failure("no startxref")
    }
    var lexer = PDFLexer(bytes, at: mark)
    guard lexer.take("startxref"), let newest = lexer.takeNumber() else { throw Self.failure("no startxref") }

    var offsets: [Int: Int] = [:]
    var trailers: [PDFValue] = []
    var next: Int? = newest
    var limit = bytes.count
    while let position = next {
      // Going strictly backwards, the chain cannot be a ring.
      guard position < limit, trailers.count < Self.maximumRevisions else {
        throw Self.failure("tables out of order")
      }
      limit = position
      var lexer = PDFLexer(bytes, at: position)
      try Self.readTable(&lexer, into: &offsets)
      let trailer = try lexer.value()
      guard trailer.dictionary != nil, trailer["XRefStm"] == nil, trailer["Encrypt"] == nil else {
        throw Self.failure("a trailer of another kind")
      }
      trailers.append(trailer)
      switch trailer["Prev"] {
      case nil: next = nil
      case .integer(let previous)?: next = previous
      default: throw Self.failure("a trailer points nowhere")
      }
    }
    guard let trailer = trailers.first else { throw Self.failure("no trailer") }
    self.bytes = bytes
    self.offsets = offsets
    self.trailer = trailer
    newestTable = newest
    revisions = trailers.count
  }

  private static func failure(_ reason: String) -> ReferenceError { .malformed(part: "PDF", reason: reason) }

  private static func lastPosition(of word: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= word.count else { return nil }
    // The mark stands within the last lines (ISO 32000-1 §7.5.5).
    let earliest = max(0, bytes.count - 1024)
    return stride(from: bytes.count - word.count, through: earliest, by: -1)
      .first { bytes[$0..<($0 + word.count)].elementsEqual(word) }
  }

  private static func readTable(_ lexer: inout PDFLexer, into offsets: inout [Int: Int]) throws {
    guard lexer.take("xref") else { throw failure("no cross-reference table") }
    while !lexer.take("trailer") {
      guard
        let first = lexer.takeNumber(), let count = lexer.takeNumber(), first <= maximumObjects,
        count <= maximumObjects
      else { throw failure("a broken cross-reference table") }
      for number in first..<(first + count) {
        guard let offset = lexer.takeNumber(), let generation = lexer.takeNumber() else {
          throw failure("a broken cross-reference table")
        }
        if lexer.take("n") {
          guard generation == 0 else { throw failure("an object of another generation") }
          if offsets[number] == nil { offsets[number] = offset }
        } else if !lexer.take("f") {
          throw failure("a broken cross-reference table")
        }
      }
    }
  }

  /// All object numbers, in order.
  var objects: [Int] { offsets.keys.sorted() }

  /// An object and where it stands.
  struct Object {
    let value: PDFValue
    /// From its number to just after its value.
    let range: Range<Int>
    /// The first byte of its stream, if it has one.
    let stream: Int?
  }

  /// An object's definition; throws `.malformed`.
  func object(_ number: Int) throws -> Object {
    guard let offset = offsets[number] else { throw Self.failure("an object is missing") }
    var lexer = PDFLexer(bytes, at: offset)
    guard lexer.takeNumber() == number, lexer.takeNumber() == 0, lexer.take("obj") else {
      throw Self.failure("an object is not where the table says")
    }
    let value = try lexer.value()
    let end = lexer.position
    if lexer.take("endobj") { return Object(value: value, range: offset..<end, stream: nil) }
    guard lexer.take("stream"), lexer.takeLineEnd() else { throw Self.failure("an object does not end") }
    return Object(value: value, range: offset..<end, stream: lexer.position)
  }

  /// The value, with one reference followed.
  func resolve(_ value: PDFValue?) throws -> PDFValue? {
    guard case .reference(let number)? = value else { return value }
    let resolved = try object(number).value
    guard resolved.reference == nil else { throw Self.failure("a reference to a reference") }
    return resolved
  }

  /// The bytes of a stream without filters and with a length that stands in its own dictionary.
  func streamBytes(_ number: Int) throws -> [UInt8] {
    let object = try object(number)
    guard
      let start = object.stream, object.value["Filter"] == nil, object.value["F"] == nil,
      let length = object.value["Length"]?.integer, length >= 0, length <= bytes.count - start
    else { throw Self.failure("a stream of another kind") }
    var lexer = PDFLexer(bytes, at: start + length)
    guard lexer.take("endstream"), lexer.take("endobj") else {
      throw Self.failure("a stream of another length")
    }
    return Array(bytes[start..<(start + length)])
  }

  /// The catalog, and its object number.
  func catalog() throws -> (number: Int, value: PDFValue) {
    guard let number = trailer["Root"]?.reference else { throw Self.failure("no catalog") }
    let value = try object(number).value
    guard value["Type"]?.name == "Catalog" else { throw Self.failure("no catalog") }
    return (number, value)
  }
}

import Cryptography

/// A signed PDF as a verifier sees it: the signature, what it covers, and the attachments.
///
/// Read from foreign bytes.
struct SealedFile: Sendable {
  let file: PDFFile
  private let signature: PDFValue
  /// Where `/Contents` stands: the only bytes the signature does not cover.
  let gap: Range<Int>
  /// The CMS without the padding after it.
  let cms: [UInt8]
  /// Name → bytes.
  let attachments: [String: [UInt8]]
  /// `/M` as it is spelt.
  let time: String?

  private static let maximumAttachments = 8

  /// Finds the certification signature; throws `.malformed` for anything this module would not have written.
  init(parsing bytes: [UInt8]) throws {
    file = try PDFFile(bytes)
    let catalog = try file.catalog().value
    guard
      let number = try file.resolve(catalog["Perms"])?["DocMDP"]?.reference,
      let form = try file.resolve(catalog["AcroForm"]), let fields = form["Fields"]?.array, fields.count == 1,
      let field = try file.resolve(fields[0]), field["V"]?.reference == number, field["FT"]?.name == "Sig"
    else { throw Self.failure("no certification signature") }
    let object = try file.object(number)
    let signature = object.value
    self.signature = signature
    guard
      signature["SubFilter"]?.name == "ETSI.CAdES.detached", let contents = signature["Contents"]?.string,
      let range = signature["ByteRange"]?.array?.compactMap(\.integer), range.count == 4, range[0] == 0
    else { throw Self.failure("a signature of another kind") }
    guard
      range[1] > 0, range[2] > range[1], range[2] < bytes.count, range[3] == bytes.count - range[2]
    else { throw Self.failure("the signature does not cover the file to its last byte") }
    gap = range[1]..<range[2]
    guard
      object.range.contains(gap.lowerBound), object.range.contains(gap.upperBound - 1),
      gap.count == contents.count * 2 + 2, bytes[gap.lowerBound] == UInt8(ascii: "<"),
      bytes[gap.upperBound - 1] == UInt8(ascii: ">"),
      bytes[(gap.lowerBound + 1)..<(gap.upperBound - 1)].elementsEqual(Hex.encode(contents).utf8)
    else { throw Self.failure("the signature leaves other bytes out than its own") }
    guard let length = Self.derLength(contents), contents[length...].allSatisfy({ $0 == 0 }) else {
      throw Self.failure("something is hidden behind the signature")
    }
    cms = Array(contents[..<length])
    time = signature["M"]?.string.map { String(decoding: $0, as: UTF8.self) }
    attachments = try Self.attachments(file, catalog)
  }

  private static func failure(_ reason: String) -> ReferenceError { .malformed(part: "PDF", reason: reason) }

  /// The length of one DER value with its head; nil if it is no SEQUENCE of two length octets, or longer
  /// than `bytes`.
  private static func derLength(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4, bytes[0] == 0x30, bytes[1] == 0x82 else { return nil }
    let length = 4 + (Int(bytes[2]) << 8 | Int(bytes[3]))
    return length <= bytes.count ? length : nil
  }

  /// Whether the signature allows no change at all.
  var forbidsChanges: Bool {
    guard let references = signature["Reference"]?.array, references.count == 1 else { return false }
    return references[0]["TransformMethod"]?.name == "DocMDP"
      && references[0]["TransformParams"]?["P"]?.integer == 1
  }

  /// What is signed.
  var covered: [UInt8] { Array(file.bytes[..<gap.lowerBound] + file.bytes[gap.upperBound...]) }

  private static func attachments(_ file: PDFFile, _ catalog: PDFValue) throws -> [String: [UInt8]] {
    guard
      let names = try file.resolve(try file.resolve(catalog["Names"])?["EmbeddedFiles"])?["Names"]?.array,
      names.count.isMultiple(of: 2), names.count <= 2 * maximumAttachments
    else { throw failure("no attachments") }
    var found: [String: [UInt8]] = [:]
    for index in stride(from: 0, to: names.count, by: 2) {
      guard
        let name = names[index].string.map({ String(decoding: $0, as: UTF8.self) }),
        let specification = try file.resolve(names[index + 1]),
        let stream = specification["EF"]?["F"]?.reference,
        found.updateValue(try file.streamBytes(stream), forKey: name) == nil
      else { throw failure("an attachment cannot be read") }
    }
    return found
  }
}

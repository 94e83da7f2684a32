import Cryptography
import Mail

/// The one incremental update that turns drawn pages into a reference or a paper: metadata, attachments, and the
/// signature.
///
/// Nothing of the drawing is rewritten; what changes is appended (ISO 32000-1 §7.5.6).
struct PDFUpdate {
  let drawing: PDFFile
  let attachments: [Attachment]
  /// BCP 47.
  let language: String
  /// Who signs, as viewers show it.
  let signer: String
  /// The time of issue, `/M` of the signature.
  let issued: Timestamp
  /// What the signature was made for, as viewers show it; ASCII.
  var reason = "Employment reference issued"

  /// Room for the CMS in bytes.
  static let reserve = 6144

  /// The finished file; `sign` gets the SHA-256 of everything but the signature and returns the CMS.
  func signed(_ sign: (_ digest: [UInt8]) throws -> [UInt8]) throws -> [UInt8] {
    var objects = AppendedObjects(next: drawing.trailer["Size"]?.integer ?? 0)
    guard objects.next > 0, drawing.trailer["Prev"] == nil else {
      throw failure("the drawing is no plain PDF")
    }
    let catalog = try drawing.catalog()
    var members = catalog.value.dictionary ?? [:]
    try mendFonts(&objects)
    members["Metadata"] = .reference(
      objects.add(
        stream: try metadata().packet,
        [
          "Type": .name("Metadata"), "Subtype": .name("XML"),
        ]))
    let profile = objects.add(stream: ColourProfile.sRGB, ["N": .integer(3)])
    members["OutputIntents"] = .array([
      .dictionary([
        "Type": .name("OutputIntent"), "S": .name("GTS_PDFA1"), "OutputConditionIdentifier": .text("sRGB"),
        "Info": .text("sRGB IEC61966-2.1"), "DestOutputProfile": .reference(profile),
      ])
    ])
    attach(&objects, &members)
    let signature = try addSignature(&objects, &members)
    members["Lang"] = .text(language)
    members["MarkInfo"] = .dictionary(["Marked": .bool(true)])
    objects.set(catalog.number, .dictionary(members))
    return try write(objects, signature: signature, sign)
  }

  private func failure(_ reason: String) -> ReferenceError { .malformed(part: "drawing", reason: reason) }

  /// PDF/A wants the identity mapping said aloud for TrueType fonts (ISO 19005-3 §6.2.11.3.2); cairo leaves
  /// it out.
  private func mendFonts(_ objects: inout AppendedObjects) throws {
    for number in drawing.objects {
      let object = try drawing.object(number)
      guard
        object.stream == nil, object.value["Subtype"]?.name == "CIDFontType2",
        object.value["CIDToGIDMap"] == nil,
        var font = object.value.dictionary
      else { continue }
      font["CIDToGIDMap"] = .name("Identity")
      objects.set(number, .dictionary(font))
    }
  }

  private func metadata() throws -> DocumentMetadata {
    guard let information = try drawing.resolve(drawing.trailer["Info"]) else {
      throw failure("the drawing says nothing of itself")
    }
    func text(_ key: String) -> String? { information[key]?.string.map { Self.decoded($0) } }
    return DocumentMetadata(
      title: text("Title") ?? "", author: text("Author") ?? "", producer: text("Producer") ?? "",
      creator: text("Creator"), created: issued.iso8601)
  }

  /// A text string: UTF-16 after a byte order mark, or ASCII.
  static func decoded(_ bytes: [UInt8]) -> String {
    guard bytes.starts(with: [0xFE, 0xFF]) else { return String(decoding: bytes, as: UTF8.self) }
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map {
      UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
    }
    return String(decoding: units, as: UTF16.self)
  }

  private func attach(_ objects: inout AppendedObjects, _ catalog: inout [String: PDFValue]) {
    var files: [(name: String, number: Int)] = []
    for attachment in attachments {
      let file = objects.add(
        stream: attachment.bytes,
        [
          "Type": .name("EmbeddedFile"), "Subtype": .name(attachment.mediaType),
          "Params": .dictionary([
            "Size": .integer(attachment.bytes.count), "ModDate": .text(issued.pdfDate),
          ]),
        ])
      let number = objects.add(
        .dictionary([
          "Type": .name("Filespec"), "F": .text(attachment.name), "UF": .text(attachment.name),
          "Desc": .text(attachment.description), "AFRelationship": .name(attachment.relationship.rawValue),
          "EF": .dictionary(["F": .reference(file), "UF": .reference(file)]),
        ]))
      files.append((attachment.name, number))
    }
    catalog["AF"] = .array(files.map { .reference($0.number) })
    // A name tree is sorted (ISO 32000-1 §7.9.6).
    let names = files.sorted { $0.name < $1.name }.flatMap {
      [PDFValue.text($0.name), .reference($0.number)]
    }
    catalog["Names"] = .dictionary(["EmbeddedFiles": .dictionary(["Names": .array(names)])])
  }

  /// Adds signature, field and invisible widget; returns the number of the signature, which is written last.
  private func addSignature(
    _ objects: inout AppendedObjects, _ catalog: inout [String: PDFValue]
  ) throws -> Int {
    guard
      let pages = try drawing.resolve(catalog["Pages"]),
      case .reference(let page)? = pages["Kids"]?.array?.first,
      var pageMembers = try drawing.object(page).value.dictionary, pageMembers["Annots"] == nil
    else { throw failure("the drawing has no first page, or one with annotations") }
    let signature = objects.reserve()
    let appearance = objects.add(
      stream: [],
      [
        "Type": .name("XObject"), "Subtype": .name("Form"),
        "BBox": .array([.integer(0), .integer(0), .integer(0), .integer(0)]), "Resources": .dictionary([:]),
      ])
    let field = objects.add(
      .dictionary([
        "Type": .name("Annot"), "Subtype": .name("Widget"), "FT": .name("Sig"), "T": .text("Seal"),
        "V": .reference(signature), "P": .reference(page), "F": .integer(132),
        "Rect": .array([.integer(0), .integer(0), .integer(0), .integer(0)]),
        "AP": .dictionary(["N": .reference(appearance)]),
      ]))
    pageMembers["Annots"] = .array([.reference(field)])
    objects.set(page, .dictionary(pageMembers))
    catalog["AcroForm"] = .dictionary(["Fields": .array([.reference(field)]), "SigFlags": .integer(3)])
    catalog["Perms"] = .dictionary(["DocMDP": .reference(signature)])
    return signature
  }

  /// The signature dictionary up to its contents; P 1 allows no change at all (ISO 32000-1 §12.8.2.2).
  private var signatureHead: String {
    let reference = PDFValue.dictionary([
      "Type": .name("SigRef"), "TransformMethod": .name("DocMDP"),
      "TransformParams": .dictionary([
        "Type": .name("TransformParams"), "P": .integer(1), "V": .name("1.2"),
      ]),
    ])
    return "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached "
      + "/M \(PDFValue.text(issued.pdfDate).written) /Name \(PDFValue.unicode(signer).written) "
      + "/Reason \(PDFValue.text(reason).written) /Reference [\(reference.written)] /Contents "
  }

  private func write(
    _ objects: AppendedObjects, signature: Int, _ sign: ([UInt8]) throws -> [UInt8]
  ) throws -> [UInt8] {
    var bytes = drawing.bytes
    if bytes.last != 0x0A { bytes.append(0x0A) }
    var offsets: [Int: Int] = [:]
    for (number, body) in objects.bodies {
      offsets[number] = bytes.count
      bytes += Array("\(number) 0 obj\n".utf8) + body + Array("\nendobj\n".utf8)
    }
    offsets[signature] = bytes.count
    bytes += Array("\(signature) 0 obj\n\(signatureHead)".utf8)
    let gap = bytes.count..<(bytes.count + 2 * Self.reserve + 2)
    bytes +=
      [UInt8(ascii: "<")] + [UInt8](repeating: UInt8(ascii: "0"), count: 2 * Self.reserve) + [
        UInt8(ascii: ">")
      ]
    // Written with room for the largest numbers, so that filling it in moves nothing.
    let rangeStart = bytes.count
    let rangeWidth = 64
    bytes += [UInt8](repeating: 0x20, count: rangeWidth) + Array(">>\nendobj\n".utf8)

    let table = bytes.count
    bytes += Array(try self.table(offsets, next: objects.next, at: table).utf8)
    let range = Array(
      " /ByteRange [0 \(gap.lowerBound) \(gap.upperBound) \(bytes.count - gap.upperBound)]".utf8)
    guard range.count <= rangeWidth else { throw failure("the file is too large") }
    bytes.replaceSubrange(rangeStart..<(rangeStart + range.count), with: range)

    let cms = try sign(SHA256.hash(bytes[..<gap.lowerBound] + bytes[gap.upperBound...]))
    guard cms.count <= Self.reserve else { throw failure("the signature does not fit") }
    let digits = Array(Hex.encode(cms).utf8)
    bytes.replaceSubrange((gap.lowerBound + 1)..<(gap.lowerBound + 1 + digits.count), with: digits)
    return bytes
  }

  private func table(_ offsets: [Int: Int], next: Int, at position: Int) throws -> String {
    var text = "xref\n"
    var run: [Int] = []
    func section(_ run: [Int]) -> String {
      guard let first = run.first else { return "" }
      return "\(first) \(run.count)\n"
        + run.map { number in
          let digits = String(offsets[number] ?? 0)
          return String(repeating: "0", count: max(0, 10 - digits.count)) + digits + " 00000 n \n"
        }.joined()
    }
    for number in offsets.keys.sorted() {
      if let last = run.last, number != last + 1 {
        text += section(run)
        run = []
      }
      run.append(number)
    }
    text += section(run)
    // The first half of the identifier names the drawing, the second this version of it (ISO 32000-1 §14.4).
    let first = Array(SHA256.hash(drawing.bytes).prefix(16))
    let second = Array(SHA256.hash(attachments.flatMap { SHA256.hash($0.bytes) } + first).prefix(16))
    var trailer: [String: PDFValue] = [
      "Size": .integer(next), "Prev": .integer(drawing.newestTable),
      "ID": .array([.string(first), .string(second)]),
    ]
    trailer["Root"] = drawing.trailer["Root"]
    trailer["Info"] = drawing.trailer["Info"]
    return text + "trailer\n\(PDFValue.dictionary(trailer).written)\nstartxref\n\(position)\n%%EOF\n"
  }
}

/// The objects of an update, in the order in which they are written.
struct AppendedObjects {
  private(set) var bodies: [(number: Int, body: [UInt8])] = []
  /// The first number not yet used.
  private(set) var next: Int

  init(next: Int) { self.next = next }

  /// A number for an object that is written elsewhere.
  mutating func reserve() -> Int {
    defer { next += 1 }
    return next
  }

  mutating func add(_ value: PDFValue) -> Int {
    let number = reserve()
    set(number, value)
    return number
  }

  mutating func add(stream: [UInt8], _ members: [String: PDFValue]) -> Int {
    let number = reserve()
    let head = PDFValue.dictionary(members.merging(["Length": .integer(stream.count)]) { $1 })
    bodies.append((number, Array("\(head.written)\nstream\n".utf8) + stream + Array("\nendstream".utf8)))
    return number
  }

  /// Defines an object anew.
  mutating func set(_ number: Int, _ value: PDFValue) { bodies.append((number, Array(value.written.utf8))) }
}

/// A MIME part (RFC 2045, 2046): headers and a body, which may be parts again. Rendering is one recursive function.
package indirect enum Part: Sendable, Hashable {
  /// Text in UTF-8, quoted-printable. `subtype` is `plain` or `html`.
  case text(String, subtype: Subtype)
  /// Bytes, base64, offered as a file.
  case attachment(name: String, type: MediaType, bytes: [UInt8])
  case multipart(Composition, [Part])

  package enum Subtype: String, Sendable, Hashable { case plain, html }

  package enum Composition: String, Sendable, Hashable {
    /// Parts of their own (RFC 2046 §5.1.3).
    case mixed
    /// The same in several forms, the best last (§5.1.4).
    case alternative
  }

  package static func plainText(_ text: String) -> Part { .text(text, subtype: .plain) }
  package static func html(_ text: String) -> Part { .text(text, subtype: .html) }
  package static func alternative(_ parts: [Part]) -> Part { .multipart(.alternative, parts) }
  package static func mixed(_ parts: [Part]) -> Part { .multipart(.mixed, parts) }

  /// Headers, an empty line and the body, CRLF throughout.
  ///
  /// - Parameters:
  ///   - seed: makes the boundaries unique to the message.
  ///   - path: the place of this part in the tree. It stands before the seed, so that no boundary is the beginning of
  ///     another one, which some readers would mistake.
  func bytes(seed: String, path: String = "0") -> [UInt8] {
    switch self {
    case .text(let text, let subtype):
      return head(
        ("Content-Type", "text/\(subtype.rawValue); charset=utf-8"), ("Content-Transfer-Encoding", "quoted-printable"))
        + QuotedPrintable.encode(Self.canonicalLines(text))
    case .attachment(let name, let type, let bytes):
      return head(
        ("Content-Type", type.text),
        ("Content-Disposition", "attachment; " + Parameter.encode("filename", name)),
        ("Content-Transfer-Encoding", "base64"))
        + Base64.encodeLines(bytes)
    case .multipart(let composition, let parts):
      let boundary = "=_\(path)_\(seed)"
      var bytes = head(("Content-Type", "multipart/\(composition.rawValue); boundary=\"\(boundary)\""))
      for (number, part) in parts.enumerated() {
        bytes += Array("--\(boundary)\r\n".utf8) + part.bytes(seed: seed, path: "\(path).\(number)")
      }
      return bytes + Array("--\(boundary)--\r\n".utf8)
    }
  }

  private func head(_ fields: (String, String)...) -> [UInt8] {
    fields.flatMap { Header(trusted: $0.0, $0.1).bytes } + [0x0D, 0x0A]
  }

  /// Every kind of line break becomes CRLF: a lone CR or LF is content to nobody.
  private static func canonicalLines(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var previous: UInt8 = 0
    for byte in text.utf8 {
      switch byte {
      case 0x0D: bytes += [0x0D, 0x0A]
      case 0x0A where previous == 0x0D: break
      case 0x0A: bytes += [0x0D, 0x0A]
      default: bytes.append(byte)
      }
      previous = byte
    }
    return bytes
  }
}

extension Part: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<part>" }
  package var debugDescription: String { "<part>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A media type without parameters, such as `application/pdf`.
package struct MediaType: Sendable, Hashable {
  package let text: String

  package static let pdf = MediaType(trusted: "application/pdf")
  package static let json = MediaType(trusted: "application/json")
  /// RFC 3161 §3.1.
  package static let timestampReply = MediaType(trusted: "application/timestamp-reply")

  private init(trusted text: String) { self.text = text }

  /// Nil unless `text` is `type/subtype` in tokens (RFC 2045 §5.1).
  package init?(_ text: String) {
    let tokens = text.split(separator: "/", omittingEmptySubsequences: false)
    guard tokens.count == 2, tokens.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Parameter.isToken) }) else {
      return nil
    }
    self.text = text
  }
}

/// A parameter of a MIME header (RFC 2045 §5.1, RFC 2231 §4 for what is not ASCII).
enum Parameter {
  static func encode(_ name: String, _ value: String) -> String {
    if value.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      return "\(name)=\"\(value)\""
    }
    let encoded = value.utf8.map { byte -> String in
      isAttribute(byte) ? String(Unicode.Scalar(byte)) : "%" + hexadecimal(byte)
    }
    return "\(name)*=utf-8''" + encoded.joined()
  }

  static func isToken(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && !"()<>@,;:\\\"/[]?=".utf8.contains(byte)
  }

  /// RFC 2231 §7 attribute-char.
  private static func isAttribute(_ byte: UInt8) -> Bool { isToken(byte) && !"*'%".utf8.contains(byte) }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.utf8.count < 2 ? "0" + digits : digits
  }
}

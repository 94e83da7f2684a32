import Delivery
import Foundation
import Mail
import Testing

@testable import Templates

/// What the tests of this target send: plainly invented, and always the same.
enum Post {
  /// The templates as shipped.
  static let shipped = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("mail-templates").path

  static let facts = LeaverFacts(
    name: "Testa Beispiel", title: "Sample Maker", department: "Samples",
    start: CalendarDate(year: 2019, month: 4, day: 1), end: CalendarDate(year: 2026, month: 9, day: 30),
    workEmail: nil)

  static func composer(
    directory: String = shipped, organisation: String = "Acme Ltd", replyTo: String? = nil
  ) throws -> TemplateComposer {
    try TemplateComposer(
      directory: directory, locale: "en-GB",
      organisation: Organisation(name: organisation, domain: "acme.example"),
      from: Mailbox(parsing: "Acme People Team <people@acme.example>"),
      replyTo: replyTo.map { try Mailbox(parsing: $0) }, verifyURL: "https://references.acme.example/verify")
  }

  static func leaverMail(_ facts: LeaverFacts = facts) throws -> LeaverMail {
    LeaverMail(
      facts: facts, recipient: try Address(parsing: "testa@acme.example"), caseID: try caseID(),
      messageID: messageID, date: Timestamp(seconds: 1_790_000_000), document: Array("%PDF-1.7 sample".utf8),
      receipt: Array("{\"salt\":\"sample\"}".utf8))
  }

  static func notice(_ kind: Notice.Kind, detail: String) throws -> Notice {
    Notice(
      kind: kind, recipient: try Address(parsing: "compliance@acme.example"), messageID: messageID,
      date: Timestamp(seconds: 1_790_000_000),
      items: [.init(caseID: kind.role == .hr ? try caseID() : nil, detail: detail)])
  }

  private static let messageID = MessageID(random: Array(0..<16), domain: "acme.example")

  private static func caseID() throws -> CaseID { try #require(CaseID(bytes: Array(16..<32))) }
}

/// A mail taken apart again, only as far as the tests look into it.
struct ReadMail {
  /// Unfolded fields, in order.
  let headers: [(name: String, value: String)]
  let body: String

  init(_ bytes: [UInt8]) throws { try self.init(text: String(decoding: bytes, as: UTF8.self)) }

  private init(text: String) throws {
    let end = try #require(text.range(of: "\r\n\r\n"))
    let unfolded = text[..<end.lowerBound].replacingOccurrences(of: "\r\n ", with: " ")
    headers = unfolded.components(separatedBy: "\r\n").map { line in
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
    }
    body = String(text[end.upperBound...])
  }

  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// The parts of a multipart, which must be so many.
  func parts(_ count: Int) throws -> [ReadMail] {
    let type = try #require(header("Content-Type"))
    let start = try #require(type.range(of: "boundary=\""))
    let boundary = type[start.upperBound...].prefix { $0 != "\"" }
    let pieces = ("\r\n" + body).components(separatedBy: "\r\n--\(boundary)").dropFirst()
    let parts = try pieces.filter { !$0.hasPrefix("--") }.map { try ReadMail(text: String($0.dropFirst())) }
    try #require(parts.count == count)
    return parts
  }

  /// The content behind the transfer encoding.
  func decoded() throws -> String {
    switch header("Content-Transfer-Encoding") {
    case "base64":
      return String(
        decoding: try #require(Data(base64Encoded: body, options: .ignoreUnknownCharacters)), as: UTF8.self)
    case "quoted-printable":
      var bytes: [UInt8] = []
      var rest = Array(body.replacingOccurrences(of: "=\r\n", with: "").utf8)[...]
      while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "=") else {
          bytes.append(byte)
          continue
        }
        bytes.append(try #require(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)))
        rest = rest.dropFirst(2)
      }
      return String(decoding: bytes, as: UTF8.self)
    default: return body
    }
  }
}

import Foundation
import Testing

@testable import Mail

/// Reports that real mail servers wrote about mails whose fate was ordered (`Reports/make.py`), and some written by hand.
@Suite("reports of real mail servers")
struct ReportFixtureTests {
  struct Expected: Decodable, Sendable, CustomTestStringConvertible {
    struct Recipient: Decodable, Hashable, Sendable {
      var recipient: String
      var action: String
      var status: String?
      var kind: String
      var reason: String
    }
    var file: String
    var origMessageId: String?
    var envid: String?
    var recipients: [Recipient]

    var testDescription: String { file }
  }

  private static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Reports")

  private static func load() throws -> [Expected] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try String(contentsOf: directory.appending(path: "expected.jsonl"), encoding: .utf8).split(separator: "\n")
      .map { try decoder.decode(Expected.self, from: Data($0.utf8)) }
  }

  private static func octets(_ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: directory.appending(path: file)))
  }

  /// With LF and with CRLF at the ends of lines.
  private static func forms(_ octets: [UInt8]) -> [[UInt8]] {
    let bare = octets.enumerated().filter { index, byte in
      byte != 0x0D || index + 1 == octets.count || octets[index + 1] != 0x0A
    }.map(\.element)
    return [bare, bare.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }]
  }

  @Test("is read as it was ordered, with LF and with CRLF", arguments: try Self.load())
  func read(_ expected: Expected) throws {
    for form in Self.forms(try Self.octets(expected.file)) {
      let report = Report(reading: form)
      #expect(report.originalMessageID == expected.origMessageId)
      #expect(report.envelopeID == expected.envid)
      let recipients = report.recipients.map {
        Expected.Recipient(
          recipient: $0.address, action: $0.action.rawValue, status: $0.status?.description, kind: $0.kind.rawValue,
          reason: $0.reason.rawValue)
      }
      #expect(Set(recipients) == Set(expected.recipients) && recipients.count == expected.recipients.count)
    }
  }

  @Test("nothing is forgotten: every message has its answer")
  func complete() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.directory.path).filter { $0.hasSuffix(".eml") }
    #expect(Set(files) == Set(try Self.load().map(\.file)) && files.count > 20)
  }

  @Test(
    "cut off at every 64th octet it is read without harm, and success never becomes failure", arguments: try Self.load()
  )
  func truncated(_ expected: Expected) throws {
    let octets = try Self.octets(expected.file)
    let hasFailed = expected.recipients.contains { $0.action == "failed" }
    for end in stride(from: 0, to: octets.count, by: 64) {
      let report = Report(reading: Array(octets[..<end]))
      let says = report.recipients.contains { $0.action == .failed }
      #expect(hasFailed || !says, "cut at \(end)")
    }
  }
}

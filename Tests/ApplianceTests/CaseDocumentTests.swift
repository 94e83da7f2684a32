import Audit
import Delivery
import Foundation
import Mail
import Testing

@testable import refpassport

@Suite("What `queue` tells of a case's arrival")
struct CaseDocumentTests {
  private let now = Timestamp(seconds: 1_790_000_000)
  private let id = CaseID.random()

  private func entry(_ event: EntryEvent, _ seconds: Int64, _ fields: [String: CanonicalJSON] = [:]) throws -> [UInt8] {
    try Entry(event: event, case: id.description, at: now.seconds + seconds, fields: fields).bytes
  }

  @Test("how it was confirmed comes from the ledger, and a later bounce takes it back")
  func confirmed() throws {
    let quiet: [String: CanonicalJSON] = ["how": "quiet", "watched": true, "seconds": 518_400]
    let entries = [try entry(.sent, 0), try entry(.confirm, 518_400, quiet)]
    let document = try #require(ConfirmationDocument(entries))
    #expect(document.how == "quiet" && document.watched && document.seconds == 518_400)
    #expect(document.text.contains("by quiet 518400 s after it was accepted, with reports being read"))
    #expect(ConfirmationDocument([try entry(.sent, 0)]) == nil)
    #expect(ConfirmationDocument(entries + [try entry(.bounced, 518_401)]) == nil)
    let again = try entry(.confirm, 600_000, ["how": "operator", "watched": false])
    #expect(ConfirmationDocument(entries + [try entry(.bounced, 518_401), again])?.how == "operator")
  }

  @Test("each report is shown with its time and what it said, and the evidence is their sum")
  func reports() throws {
    let row = Case(id: id, stage: .accepted, opened: now, since: now, attempts: 1, acceptedAt: now)
    #expect(CaseDocument(row).evidence == "accepted")
    let relayed = KeptReport(
      attempt: 1, level: .relayed, reason: .delivered, status: EnhancedStatus(parsing: "2.1.9"), at: now + 60,
      hash: "h", isPending: false)
    var document = CaseDocument(row, reports: [relayed])
    document.reports = [ReportDocument(relayed)]
    #expect(document.evidence == "relayed")
    let told = try #require(document.reports?.first)
    #expect(told.at == (now + 60).iso8601 && told.level == "relayed" && told.status == "2.1.9" && !told.waits)
    let json = String(decoding: try JSONEncoder().encode(document), as: UTF8.self)
    #expect(json.contains(#""evidence":"relayed""#) && json.contains(#""reports":[{"#) && !json.contains(#""hash""#))
    var gone = row
    gone.stage = .purged
    #expect(CaseDocument(gone).evidence == nil)
  }
}

import Testing

@testable import Mail

@Suite("why a delivery ended as it did")
struct DiagnosisTests {
  @Test(
    "replies of servers in wide use",
    arguments: [
      ("550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table", .userUnknown),
      ("550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking", .userUnknown),
      ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", .userUnknown),
      ("550 Invalid Recipient - https://community.example/docs/550", .userUnknown),
      ("554 delivery error: dd This user doesn't have a example.com account", .userUnknown),
      ("550 No such user here", .userUnknown), ("551 not our customer", .userUnknown),
      ("525 5.7.13 Recipient address rejected: Disabled recipient address", .mailboxDisabled),
      ("550-5.2.1 The email account that you tried to reach is disabled.", .mailboxDisabled),
      ("452-4.2.2 The email account that you tried to reach is over quota.", .mailboxFull),
      ("552 5.2.2 mailbox for a@b.example is full", .mailboxFull),
      ("550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", .messageTooBig),
      ("552 5.3.4 Message size exceeds fixed limit", .messageTooBig),
      ("550 5.4.4 Host or domain name not found. Name service error for name=b.example type=MX", .hostUnknown),
      ("451 4.7.1 Recipient address rejected: Greylisted, please try again later", .rateLimited),
      ("421 4.7.0 Too many connections from your IP", .rateLimited),
      ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using a list", .policy),
      ("550 5.7.26 This mail has been blocked because the sender is unauthenticated (DMARC)", .policy),
      ("550 5.7.1 Message rejected as spam by Content Filtering", .spam),
      ("554 5.6.0 Headers too large (3 max)", .content), ("4.4.7 delivery time expired", .expired),
      ("connect to mx.b.example[192.0.2.1]:25: Connection refused", .network),
      ("554 5.4.6 Too many hops", .network), ("451 4.3.0 Temporary lookup failure", .system),
      // Nothing but codes.
      ("5.1.6", .userUnknown), ("5.7.1", .policy), ("5.1.2", .hostUnknown), ("4.4.1", .network), ("552", .mailboxFull),
      ("5.0.0", .unknown), ("", .unknown), ("nothing that anybody knows", .unknown),
    ] as [(String, Report.Reason)])
  func reasons(_ text: String, _ reason: Report.Reason) {
    #expect(Diagnosis(Array(text.utf8)).reason == reason)
  }

  @Test(
    "codes are numbers that stand by themselves, and the more telling one counts",
    arguments: [
      ("550 5.1.1 no", "5.1.1", 550), ("550-5.7.1 a\n550 5.7.1 b", "5.7.1", 550), ("(#5.1.1)", "5.1.1", nil),
      ("5.0.0 then 5.2.2", "5.2.2", nil), ("host[10.5.1.1] said: 451", nil, 451), ("v5.1.1", nil, nil),
      ("id 5501 x550 550x", nil, nil), ("2.0.0 and 250", nil, nil), ("5.1.1.1", nil, nil), ("5.1234.1", nil, nil),
      ("4.4.7-", "4.4.7", nil), ("ends with 5.", nil, nil), ("552: 5.2.2.", "5.2.2", 552),
    ] as [(String, String?, Int?)])
  func codes(_ text: String, _ status: String?, _ code: Int?) {
    let diagnosis = Diagnosis(Array(text.utf8))
    #expect(diagnosis.status?.description == status)
    #expect(diagnosis.code == code)
  }

  @Test(
    "an address is called dead only if that was said of it, for good, before the mail was looked at",
    arguments: [
      ("550 5.1.1 user unknown", true), ("550 No such user", true), ("5.2.1 User unknown", true),
      ("5.4.4 host not found", true), ("450 4.1.1 user unknown", false), ("550 5.2.0 : User unknown", false),
      ("550 Unknown user (in reply to end of DATA command)", false), ("552 5.2.2 mailbox full", false),
      ("550 5.7.1 rejected", false), ("4.4.4 host not found", false),
    ])
  func fatal(_ text: String, _ isFatal: Bool) {
    #expect(Diagnosis(Array(text.utf8)).isFatal == isFatal)
  }
}

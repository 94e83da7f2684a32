import Audit
import Delivery
import Foundation
import Mail
import Sandbox
import Store

/// What the demo showed: the document of `demo --json`, and the words for people.
struct DemoReport: Encodable {
  struct Ledger: Encodable {
    var entries: Int
    var ok: Bool
  }
  struct BobTraffic: Encodable {
    var requests: Int
    var personalFieldsRequestedForNonLeavers: Int
    var outsideReads: Int
  }

  var leavers: Int
  var accepted: Int
  var confirmed: Int
  var purged: Int
  var residueHits: Int
  var ledger: Ledger
  var bob: BobTraffic
  /// Relative to `out`.
  var files: [String]
  var out: String
  private var cases: [CaseDocument]
  private var residue: [String]
  private var scanned: Int
  private var checkpoint: String
  private var findings: [String]

  private enum CodingKeys: CodingKey {
    case leavers, accepted, confirmed, purged, residueHits, ledger, bob, files, out
  }

  /// Writes the files and looks at everything with fresh eyes: the relay's mails, a scan for each leaver's values as Bob
  /// holds them, and the exported ledger.
  init(stage: DemoStage, wiring: Wiring, pass: Appliance.Report, received: [SMTPSinkMail]) throws {
    out = stage.out
    leavers = stage.leavers.count
    let references = received.filter { MailedDocument.pdf(in: $0.message) != nil }
    accepted = references.count
    confirmed = pass.confirmed
    purged = pass.purged
    cases = try wiring.store.cases().map { CaseDocument($0) }
    let scan = try wiring.store.scan(for: stage.leavers.map { stage.facts(of: $0) })
    residue = scan.residue.map(\.description)
    residueHits = scan.residue.count
    scanned = scan.files
    let export = try LedgerFiles(reader: wiring.store)
    let verification = LedgerVerifier.verify(
      entries: export.entries, checkpoint: export.checkpoint, vkey: export.vkey)
    ledger = Ledger(entries: export.entries.count, ok: verification.ok)
    findings = verification.findings.map(\.text)
    checkpoint = export.checkpoint
    let recorder = stage.bob.recorder
    bob = BobTraffic(
      requests: recorder.requests.count,
      personalFieldsRequestedForNonLeavers: recorder.personalFieldsRequestedForNonLeavers,
      outsideReads: recorder.outsideReads.count)
    files = []
    try writeFiles(received, export: export, root: wiring.rootCertificate)
  }

  /// True if the demo showed what it promises.
  var holds: Bool {
    accepted == leavers && confirmed == leavers && purged == leavers && residueHits == 0 && ledger.ok
      && bob.personalFieldsRequestedForNonLeavers == 0 && bob.outsideReads == 0
  }

  private mutating func writeFiles(_ received: [SMTPSinkMail], export: LedgerFiles, root: String) throws {
    var references = 0
    var checkpoints = 0
    for mail in received {
      if let pdf = MailedDocument.pdf(in: mail.message) {
        references += 1
        let name = "\(references < 10 ? "0" : "")\(references)"
        try write(mail.message, to: "mail/\(name).eml")
        try write(pdf, to: "pdf/\(name).pdf")
      } else {
        checkpoints += 1
        try write(mail.message, to: "mail/checkpoint-\(checkpoints).eml")
      }
    }
    try export.write(to: out)
    files += export.names
    try write(Array(root.utf8), to: "root.pem")
  }

  private mutating func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: out).appending(path: name))
    files.append(name)
  }

  /// What a newcomer reads.
  var text: String {
    var table = TextTable("CASE", "STAGE", "SINCE", "ATTEMPTS")
    for row in cases { table.add(row.case, row.stage, row.since, String(row.attempts)) }
    return """

      \(table.text)

      \(accepted) of \(leavers) references accepted by the relay, \(confirmed) confirmed, \(purged) purged.
      Purge proof: \(scanned) files scanned for every name, address, title and department: \(residueHits) hits.
      \(residue.map { "  " + $0 + "\n" }.joined())\
      Bob: \(bob.requests) requests, all of them reads; \(bob.personalFieldsRequestedForNonLeavers) personal fields asked of people who have not left.
      Ledger: \(ledger.entries) entries, \(ledger.ok ? "verified from the exported bytes" : "NOT verified: " + findings.joined(separator: "; ")).

      What the officer is mailed, and nothing else (the signed checkpoint):
      \(checkpoint.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n"))
      Try next:
        refpassport reference verify \(out)/pdf/01.pdf --offline --root \(out)/root.pem
        refpassport audit list --config \(out)/appliance/refpassport.yaml
        refpassport audit verify \(out)
        grep -rc "$(sed -n 's/^To: //p' \(out)/mail/01.eml | tr -d '\\r')" \(out)/appliance
      Set up your own: README.md, "Five-minute set-up".
      """
  }
}

extension DemoStage {
  /// A leaver's values as Bob holds them, with list items by name: what must be found nowhere.
  func facts(of person: SandboxBob.Person) -> LeaverFacts {
    LeaverFacts(
      name: person.displayName ?? "", title: bob.name(of: person.title, in: "title"),
      department: bob.name(of: person.department, in: "department"),
      start: person.startDate.flatMap { CalendarDate(machine: $0) }, end: nil, workEmail: person.email)
  }
}

import ArgumentParser
import Audit
import Delivery
import Foundation
import Mail
import Reference
import Settings
import Store

// The two signed papers for the compliance officer. They only read: the ledger, the configuration and the keys.
extension AuditCommand {
  struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "certificate",
      abstract: "Writes the signed certificate of deletion for a purged case: PDF and JSON.",
      discussion: """
        It tells from the ledger alone what happened, what was destroyed and how, what remains until when, and how to verify \
        all of it; the receipt of the purge is attached. There are no personal data in it. \
        Check it anywhere: refpassport audit verify FILE --root ROOT --vkey KEY
        """)
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case number.") var `case`: String
    @OptionGroup var output: PaperOutput

    func run() async throws {
      let id = try caseID(`case`)
      let papers = try Self.papers(
        of: id, in: try Wiring.reader(options), settings: try options.load(), at: SystemClock().now())
      try output.hand(papers, name: "deletion-certificate-\(id)", saying: "Certificate of deletion for case \(id)")
    }

    /// The certificate of a case; throws a sentence if there is none to give.
    static func papers(
      of id: CaseID, in reader: ApplianceStore, settings: Settings.Configuration, at now: Timestamp
    ) throws -> PaperIssuer.Papers {
      let entries = try reader.places(of: id)
      guard !entries.isEmpty else { throw CommandFailure(.no, "The ledger holds no entry of case \(id).") }
      guard let place = try reader.index(of: id, event: .purge) else { throw early(id, entries) }
      return try LedgerWalk.steadily(reader) { try papers(of: id, purgedAt: place, in: reader, settings, at: now) }
    }

    private static func papers(
      of id: CaseID, purgedAt place: Int, in reader: ApplianceStore, _ settings: Settings.Configuration,
      at now: Timestamp
    ) throws -> (PaperIssuer.Papers, LedgerVerifier.Run) {
      guard let proof = try reader.proof(at: place), let vkey = try reader.ledgerKey() else {
        throw CommandFailure(
          .no, "No checkpoint covers the purge of case \(id) yet; the appliance signs the next one with its next step.")
      }
      let walk = LedgerWalk(
        reader: reader, checkpoint: proof.checkpoint.serialised,
        size: try Checkpoint(parsing: proof.checkpoint.text).size, vkey: vkey)
      var account = CaseAccount(of: id.description)
      let (run, _) = try walk.run { account.take($0) }
      account.finish(run)
      let certificate = DeletionCertificate(
        account: account, ledger: walk.evidence(run), isSigned: run.isSigned, proof: proof,
        lookupRetention: settings.lookupRetention)
      return (try PaperIssuer(settings, vkey: vkey).certificate(certificate, at: now), run)
    }

    /// Where a case stands that is not purged.
    private static func early(_ id: CaseID, _ entries: [(index: Int, bytes: [UInt8])]) -> CommandFailure {
      if let first = entries.first, (try? Entry(parsing: first.bytes))?.event == .revoke {
        return CommandFailure(
          .no, "The entries of case \(id) were dropped after their retention; only what came later is left.")
      }
      var account = CaseAccount(of: id.description)
      for entry in entries {
        account.take(.init(index: entry.index, entry: try? Entry(parsing: entry.bytes), faults: []))
      }
      return CommandFailure(
        .no, "Case \(id) is not purged: \(DeletionCertificate.stands(account) ?? "its entries cannot be read.")")
    }
  }

  struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "report", abstract: "Writes the signed report on a period, with figures and plots: PDF and JSON.",
      discussion: """
        Without dates it is on the last full month. Both days belong to it, from midnight to midnight in \
        organisation.time_zone. Made from the ledger alone; there are no personal data in it. \
        Check it anywhere: refpassport audit verify FILE --root ROOT --vkey KEY
        """)
    @OptionGroup var options: ConfigOptions
    @Option(help: "The first day, YYYY-MM-DD; left out beside --to: the first of its month.") var from: String?
    @Option(help: "The last day, YYYY-MM-DD; left out beside --from: today.") var to: String?
    @OptionGroup var output: PaperOutput

    func run() async throws {
      let settings = try options.load()
      let now = SystemClock().now()
      let period = try period(at: now, in: TimeZone(identifier: settings.organisation.timeZone) ?? .gmt)
      let reader = try Wiring.reader(options)
      let papers = try LedgerWalk.steadily(reader) {
        try Self.papers(on: period, in: reader, settings: settings, at: now)
      }
      try output.hand(
        papers, name: "audit-report-\(period.from)-\(period.to)",
        saying: "Audit report on \(period.from) to \(period.to)")
    }

    /// The report on a period.
    static func papers(
      on period: LedgerPeriod, in reader: ApplianceStore, settings: Settings.Configuration, at now: Timestamp
    ) throws -> (value: PaperIssuer.Papers, run: LedgerVerifier.Run) {
      let first = try reader.checkpoint(signedBefore: Timestamp(seconds: period.seconds.lowerBound))
      let last = try reader.checkpoint(signedBefore: Timestamp(seconds: period.seconds.upperBound))
      // After those two, so that it covers them both.
      let (head, vkey) = try LedgerFiles.head(of: reader)
      let walk = LedgerWalk(
        reader: reader, checkpoint: head.note, size: head.size, vkey: vkey,
        held: [first, last].compactMap { $0?.note })
      // One from before a restore is of the ledger that this one goes on from: held to, but not stated as this one's.
      let verifier = try NoteVerifier(vkey: vkey)
      let (start, end) = (first.flatMap { own($0, verifier) }, last.flatMap { own($0, verifier) })
      var figures = PeriodFigures(period)
      let (run, overdue) = try walk.run { figures.take($0) }
      figures.finish(overdue: overdue)
      let report = AuditReport(
        figures: figures, ledger: walk.evidence(run), start: start?.note, end: end?.note,
        growth: growth(from: start, to: end, in: reader, verifier))
      return (try PaperIssuer(settings, vkey: vkey).report(report, at: now), run)
    }

    private static func own(_ checkpoint: KeptCheckpoint, _ verifier: NoteVerifier) -> KeptCheckpoint? {
      guard let note = try? SignedNote(parsing: checkpoint.note), (try? verifier.checkpoint(in: note)) != nil else {
        return nil
      }
      return checkpoint
    }

    /// The proof between two checkpoints; nil if one is missing, or if the ledger was altered so that it does not hold.
    private static func growth(
      from start: KeptCheckpoint?, to end: KeptCheckpoint?, in reader: ApplianceStore, _ verifier: NoteVerifier
    ) -> AuditReport.Growth? {
      guard let start, let end, let proof = try? reader.consistencyProof(from: start, to: end),
        let old = try? verifier.checkpoint(in: SignedNote(parsing: start.note)),
        (try? proof.verify(since: old, by: verifier)) != nil
      else { return nil }
      return .init(start: start.note, proof: proof)
    }

    private func period(at now: Timestamp, in zone: TimeZone) throws -> LedgerPeriod {
      func date(_ text: String?, _ option: String) throws -> CalendarDate? {
        try text.map {
          guard let date = CalendarDate(machine: $0) else {
            throw CommandFailure(.usage, "\(option) is a day such as 2026-03-31.")
          }
          return date
        }
      }
      let last = LedgerPeriod.lastMonth(before: now, timeZone: zone)
      let days =
        switch (try date(from, "--from"), try date(to, "--to")) {
        case (nil, nil): last
        case (let first?, nil): (first, LedgerPeriod.today(at: now, timeZone: zone))
        case (nil, let end?): (CalendarDate(daysSince1970: end.daysSince1970 - Int64(end.day) + 1), end)
        case (let first?, let end?): (first, end)
        }
      guard let period = LedgerPeriod(from: days.0, to: days.1, timeZone: zone) else {
        throw CommandFailure(
          .usage, "--from \(days.0) --to \(days.1) is no period: it ends before it begins, or is longer than ten years."
        )
      }
      return period
    }
  }
}

/// Where a paper goes.
struct PaperOutput: ParsableArguments {
  @Option(
    name: [.short, .long], help: "The directory to write both files to; made if it is missing. Default: this one.")
  var out: String?
  @Flag(help: "Print the signed JSON; files are then written only with --out.") var json = false

  /// Writes the files and says so, or prints the signed JSON exactly as it is signed.
  func hand(_ papers: PaperIssuer.Papers, name: String, saying what: String) throws {
    let paths = json && out == nil ? [] : try PaperFiles.write(papers, name: name, to: out ?? ".")
    if json { return Terminal.exactly(papers.json) }
    Terminal.say("\(what) written to \(paths.joined(separator: " and ")).")
  }
}

extension PaperIssuer {
  /// The issuer of the configuration, with the keys of its data directory; `vkey` is that of the ledger there.
  fileprivate init(_ settings: Settings.Configuration, vkey: String) throws {
    guard let selector = KeySelector(settings.verify.selector) else {
      throw CommandFailure(.usage, "verify.selector must be 1 to 63 letters and digits, such as REF1.")
    }
    let keys = try ApplianceKeys.load(from: settings.dataDirectory + "/keys")
    try self.init(
      organisation: settings.organisation, keys: keys.issuer, selector: selector,
      ledger: NoteSigner(name: try NoteVerifier(vkey: vkey).name, key: keys.ledger))
  }
}

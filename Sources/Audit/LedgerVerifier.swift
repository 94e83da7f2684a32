/// Checks an exported ledger as a stranger can: with the export, a key, and heads kept from earlier.
///
/// 1. The checkpoint bears the key's signature, and covers exactly the entries.
/// 2. The root over the raw bytes is the signed one, and the root over each prefix is that of every head held.
/// 3. Every entry is canonical and well formed, and no time lies before the one above it.
/// 4. Every case keeps its order, and is purged within the time that the `config` entry before it promises (`CaseOrder`).
///
/// A root tells that something differs, not where: a finding then names the first entry it can be, which is
/// the one after the largest head that still agrees. What this cannot show is an event that was never entered.
package enum LedgerVerifier {
  /// The field of a `config` entry that promises: seconds from a case's first entry to its purge, at most.
  package static let promiseField = "purgeLatest"
  /// The field of a `hold` or `release` entry that suspends or resumes a purge: the legal reason.
  package static let legalField = "legal"

  /// Checks `entries` (raw bytes, in order) against the signed `checkpoint` note and the `vkey`.
  ///
  /// `held` are notes or plain checkpoint texts kept from earlier. One that bears a signature under this key
  /// must bear a valid one; one signed by an earlier key counts by its root, because its holder vouches for it.
  ///
  /// - Parameter progress: is told now and then how many entries are done.
  package static func verify(
    entries: [[UInt8]], checkpoint: String, vkey: String, held: [String] = [],
    progress: (Int) -> Void = { _ in }
  ) -> LedgerReport {
    var run = Run(checkpoint: checkpoint, vkey: vkey, held: held, entries: entries.count)
    for (index, bytes) in entries.enumerated() {
      run.take(bytes)
      if index.isMultiple(of: 1 << 14) { progress(index) }
    }
    run.finish()
    return run.report
  }

  /// A verification under way: the entries go in one by one, so that a ledger of any length fits.
  package struct Run {
    /// What was found so far; final after `finish`.
    package private(set) var report: LedgerReport
    /// True while the entries lead to the signed root, and to every root that is held.
    package private(set) var isSigned: Bool
    private let hasher = TreeHasher()
    private var frontier = MerkleFrontier()
    private var agreed = 0
    private var next: ArraySlice<Head>
    private var trail = Trail()

    /// - Parameter entries: how many will be taken.
    package init(checkpoint: String, vkey: String, held: [String] = [], entries: Int) {
      var report = LedgerReport(entries: entries)
      next = heads(checkpoint: checkpoint, vkey: vkey, held: held, entries: entries, &report)[...]
      isSigned = report.ok
      self.report = report
    }

    /// Takes the bytes of the next entry; says what they are, and what is wrong with them by themselves or at this place.
    @discardableResult
    package mutating func take(_ bytes: [UInt8]) -> Step {
      compareHeads()
      let step = trail.follow(bytes, at: frontier.size)
      frontier.push(hasher.leaf(bytes), hasher)
      for fault in step.faults { report.add(fault, at: step.index) }
      return step
    }

    /// Ends the verification; returns the places of the cases that should have been purged by now.
    @discardableResult
    package mutating func finish() -> [Int] {
      compareHeads()
      let overdue = trail.overdue
      for late in overdue {
        report.add("the case that begins here is not purged, though the ledger promises it", at: late)
      }
      for head in next {
        isSigned = false
        report.add(
          "\(head.label) covers \(head.size) entries, but only \(frontier.size) are there", at: frontier.size)
      }
      next = []
      return overdue
    }

    /// What was promised for a case when it was opened.
    package func promise(of id: String) -> CasePromise? { trail.promise(of: id) }

    private mutating func compareHeads() {
      let agrees = compare(&next, with: frontier, agreed: &agreed, &report)
      isSigned = isSigned && agrees
    }
  }

  /// One line of the ledger as it was taken.
  package struct Step: Sendable {
    /// Its place, counted from 0.
    package let index: Int
    /// What it says; nil if it is no entry, because its contents were dropped after their retention or are damaged.
    package let entry: Entry?
    /// What is wrong, in words for an auditor.
    package let faults: [String]

    package init(index: Int, entry: Entry?, faults: [String]) {
      self.index = index
      self.entry = entry
      self.faults = faults
    }
  }

  /// A root that the entries must lead to at some size.
  private struct Head {
    let label: String
    let size: Int
    let root: [UInt8]
  }

  /// The roots to compare with, smallest first.
  private static func heads(
    checkpoint: String, vkey: String, held: [String], entries: Int, _ report: inout LedgerReport
  ) -> [Head] {
    var heads: [Head] = []
    let verifier: NoteVerifier
    let signed: Checkpoint
    do {
      verifier = try NoteVerifier(vkey: vkey)
    } catch {
      report.add("the key cannot be used: \(error.reason)")
      return []
    }
    do {
      signed = try verifier.checkpoint(in: SignedNote(parsing: checkpoint))
    } catch {
      report.add("the checkpoint cannot be trusted: \(error.reason)")
      return []
    }
    heads.append(Head(label: "the checkpoint", size: signed.size, root: signed.root))
    if signed.size < entries {
      report.add("the checkpoint covers only the \(signed.size) entries before this one", at: signed.size)
    }
    for (number, text) in held.enumerated() {
      let label = "held checkpoint \(number + 1)"
      do {
        let old = try heldCheckpoint(text, verifier)
        guard old.origin == signed.origin else {
          report.add("\(label) is of another ledger")
          continue
        }
        heads.append(Head(label: label, size: old.size, root: old.root))
      } catch {
        report.add("\(label) cannot be used: \(error.reason)")
      }
    }
    return heads.sorted { $0.size < $1.size }
  }

  private static func heldCheckpoint(
    _ text: String, _ verifier: NoteVerifier
  ) throws(AuditError) -> Checkpoint {
    guard let note = try? SignedNote(parsing: text) else { return try Checkpoint(parsing: text) }
    if note.signatures.contains(where: { $0.name == verifier.name && $0.keyID == verifier.keyID }) {
      return try verifier.checkpoint(in: note)
    }
    return try Checkpoint(parsing: note.text)
  }

  /// Compares every head of the size just reached with the root so far; false if one differs.
  private static func compare(
    _ heads: inout ArraySlice<Head>, with frontier: MerkleFrontier, agreed: inout Int,
    _ report: inout LedgerReport
  ) -> Bool {
    guard heads.first?.size == frontier.size else { return true }
    let root = frontier.root
    var agrees = false
    var allAgree = true
    while let head = heads.first, head.size == frontier.size {
      heads.removeFirst()
      if head.root == root {
        agrees = true
      } else {
        allAgree = false
        report.add(
          "an entry from \(agreed) to \(head.size - 1) is not the one that \(head.label) covers", at: agreed)
      }
    }
    if agrees { agreed = frontier.size }
    return allAgree
  }
}

/// Within how many seconds a case was to be purged.
package struct CasePromise: Hashable, Sendable {
  /// From the first entry to the purge; nil if nothing was promised.
  package let seconds: Int64?
  /// What legal holds have added, as far as they ended.
  package let lent: Int64

  package init(seconds: Int64?, lent: Int64) {
    self.seconds = seconds
    self.lent = lent
  }
}

/// What has to be remembered from entry to entry.
private struct Trail {
  private var seconds: Int64 = 0
  private var cases: [String: CaseOrder] = [:]
  /// What the newest configuration promises.
  private var promise: Int64?

  mutating func follow(_ bytes: [UInt8], at index: Int) -> LedgerVerifier.Step {
    let entry: Entry
    do {
      entry = try Entry(parsing: bytes)
    } catch {
      return LedgerVerifier.Step(
        index: index, entry: nil, faults: ["the entry is not well formed: \(error.reason)"])
    }
    var faults = entry.seconds < seconds ? ["the time is before that of an earlier entry"] : []
    seconds = max(seconds, entry.seconds)
    if entry.event == .config { promise = entry.fields[LedgerVerifier.promiseField]?.integer ?? promise }
    if let id = entry.case {
      faults += cases[id, default: CaseOrder(opened: index, at: entry.seconds, promise: promise)].take(entry)
    }
    return LedgerVerifier.Step(index: index, entry: entry, faults: faults)
  }

  /// Where the cases begin that are late when the last entry is read.
  var overdue: [Int] { cases.values.filter { $0.isOverdue(at: seconds) }.map(\.opened).sorted() }

  func promise(of id: String) -> CasePromise? {
    cases[id].map { CasePromise(seconds: $0.promise, lent: $0.lent) }
  }
}

/// What the ledger tells of one case so far, as facts: a fold over its entries.
///
/// It judges nothing: whether the order of the entries is right is for `CaseOrder` to say.
package struct CaseHistory: Hashable, Sendable {
  /// An entry of the case: its place in the ledger and its time.
  package struct Mark: Hashable, Sendable {
    package let index: Int
    package let seconds: Int64

    package init(index: Int, seconds: Int64) {
      self.index = index
      self.seconds = seconds
    }
  }

  /// How a case ended, if nothing opens it again.
  package struct Ending: Hashable, Sendable {
    /// `confirm`, `fail`, `expire` or `cancel`.
    package let event: EntryEvent
    package let mark: Mark
    /// Of a confirmation: the evidence, such as `quiet`.
    package let how: String?
    /// Of a confirmation: whether reports were being read meanwhile.
    package let watched: Bool?
    /// Of the others: the code that says why, if there is one.
    package let why: String?
  }

  /// A hold that stands: why the case waits for a person.
  package struct Hold: Hashable, Sendable {
    package let reason: String
    package let mark: Mark
  }

  /// A legal hold, standing or ended.
  package struct LegalHold: Hashable, Sendable {
    package let reason: String
    /// The day on which it is looked at again.
    package let review: String?
    package let from: Mark
    package internal(set) var until: Mark?
  }

  /// What the `purge` entry tells.
  package struct Purge: Hashable, Sendable {
    package let mark: Mark
    package let after: String
    package let how: String
    /// What was destroyed, in codes.
    package let scope: [String]
    package let slot: Int64?
    package let files: Int64
    package let hits: Int64
  }

  /// The case number.
  package let id: String
  /// The first entry, whatever it is.
  package let opened: Mark
  /// The newest entry.
  package private(set) var newest: Mark
  package private(set) var issued: Mark?
  /// The first `sent` entry.
  package private(set) var sent: Mark?
  /// The outcome that stands; nil while there is none.
  package private(set) var ending: Ending?
  package private(set) var purge: Purge?
  /// The outcome that nobody knows, until something settles it or the mail goes once more.
  package private(set) var unknown: Mark?
  /// The newest outcome that nobody knows, until it is known that the relay took the mail, or that it failed.
  package private(set) var unresolved: Mark?
  /// The hold that stands.
  package private(set) var hold: Hold?
  /// In the order in which they began.
  package private(set) var legalHolds: [LegalHold] = []
  private var endings: [Ending] = []

  /// A case that begins with this entry; nil if it belongs to none.
  package init?(_ entry: Entry, at index: Int) {
    guard let id = entry.case else { return nil }
    self.id = id
    opened = Mark(index: index, seconds: entry.seconds)
    newest = opened
    take(entry, at: index)
  }

  /// The legal hold that stands.
  package var legalHold: LegalHold? { legalHolds.last.flatMap { $0.until == nil ? $0 : nil } }

  /// Takes the next entry of the case.
  package mutating func take(_ entry: Entry, at index: Int) {
    let mark = Mark(index: index, seconds: entry.seconds)
    newest = mark
    // Late reports and what people do afterwards change nothing of how it ended.
    guard purge == nil else { return }
    switch entry.event {
    case .issue: issued = issued ?? mark
    case .sent:
      sent = sent ?? mark
      (unknown, unresolved, ending) = (nil, nil, nil)
    case .deferred: (unknown, ending) = (nil, nil)
    case .unknown:
      // With a choice it tells what is done about it.
      unknown = entry.fields["choice"] == nil ? mark : nil
      unresolved = unknown ?? unresolved
      ending = nil
    case .bounced:
      // Before the purge a report takes back what was confirmed; a failure that stands is only borne out by it.
      if ending?.event == .confirm { ending = nil }
    case .confirm, .fail, .cancel, .expire: end(entry, mark)
    case .hold: begin(entry, mark)
    case .release:
      if entry.fields[LedgerVerifier.legalField] != nil { endLegalHold(mark) } else { hold = nil }
    case .operator:
      if let act = entry.fields["act"]?.string, Self.anew.contains(act) {
        (unknown, ending, hold) = (nil, nil, nil)
      }
    case .purge: end(purgedBy: entry, mark)
    case .detect, .seal, .revoke, .restore, .keyRotate, .config, .epochDestroyed: break
    }
  }

  /// The acts of people after which the mail goes once more.
  private static let anew: Set<String> = ["retry", "redeliver"]

  private mutating func begin(_ entry: Entry, _ mark: Mark) {
    guard let legal = entry.fields[LedgerVerifier.legalField]?.string else {
      hold = Hold(reason: entry.fields["why"]?.string ?? "", mark: mark)
      return
    }
    endLegalHold(mark)
    legalHolds.append(LegalHold(reason: legal, review: entry.fields["review"]?.string, from: mark, until: nil))
  }

  private mutating func endLegalHold(_ mark: Mark) {
    guard legalHold != nil else { return }
    legalHolds[legalHolds.count - 1].until = mark
  }

  private mutating func end(_ entry: Entry, _ mark: Mark) {
    let ending = Ending(
      event: entry.event, mark: mark, how: entry.fields["how"]?.string, watched: entry.fields["watched"]?.bool,
      why: entry.fields["why"]?.string ?? entry.fields["class"]?.string)
    self.ending = ending
    endings.append(ending)
    hold = nil
    // To run out of time or to be cancelled settles nothing about where the mail went.
    if entry.event == .confirm || entry.event == .fail { (unknown, unresolved) = (nil, nil) }
  }

  private mutating func end(purgedBy entry: Entry, _ mark: Mark) {
    let after = entry.fields["after"]?.string ?? ""
    purge = Purge(
      mark: mark, after: after, how: entry.fields["how"]?.string ?? "",
      scope: entry.fields["scope"]?.array?.compactMap(\.string) ?? [], slot: entry.fields["slot"]?.integer,
      files: entry.fields["scan"]?["files"]?.integer ?? 0, hits: entry.fields["scan"]?["hits"]?.integer ?? -1)
    // The purge knows on what ground it stands.
    ending = endings.last { $0.event.rawValue == after } ?? ending
    hold = nil
  }
}

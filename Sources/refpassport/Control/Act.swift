import Delivery
import Foundation

/// Something a person does to the appliance: carried out here if nobody owns `data_dir`, else handed to the daemon that
/// does, through its control socket.
enum Act: Codable, Sendable {
  /// What may be done to one case or to many.
  enum Verb: String, Codable, Sendable {
    case hold, release, confirm, cancel, retry

    /// The stages at which it makes sense for many cases at once.
    var stages: Set<Stage> {
      switch self {
      case .hold: [.detected, .issued, .queued, .accepted, .deferred, .unknown, .undeliverable]
      case .release: [.held]
      case .confirm: [.accepted, .unknown]
      case .cancel: [.detected, .held, .issued, .queued, .accepted, .deferred, .unknown, .undeliverable]
      case .retry: [.deferred, .unknown, .undeliverable]
      }
    }
  }

  case move(Verb, Selection)
  /// To an address that the operator typed.
  case redeliver(String, to: String)
  case reveal(String)
  /// For a person by Bob's number.
  case reissue(employee: String)
  case purge
  /// Suspends the purge of a case for a legal reason until a day (`yyyy-MM-dd`), and ends that.
  case holdPurge(String, LegalHold.Reason, review: String)
  case releasePurge(String)
  /// Looks for what must never be there; absolute paths, or none for where it always looks.
  case scan([String])
  /// How the process stands that owns the appliance.
  case process
  /// What is held on an address that the operator typed.
  case lookup(String)
  /// A backup was written, with so many entries; only its word goes into the ledger.
  case noteBackup(entries: Int)
  /// All is well after a restore: new leavers are no longer held for it.
  case endRestore
  /// A message that came to the bounce address, at most `ReceivedMessage.longest` octets, with its envelope recipient if
  /// that is known.
  case ingest(message: Data, recipient: String?)
}

/// Which cases are meant: one by its number, or all that fit.
struct Selection: Codable, Sendable {
  var number: String?
  var stage: Stage?
  /// A hold reason or a class of outcome.
  var why: String?

  /// The cases meant, of those at stages where `verb` makes sense.
  func cases(for verb: Act.Verb, in store: any CaseStore) throws -> [CaseID] {
    if let number { return [try caseID(number)] }
    return try store.cases(at: verb.stages).filter { fits($0) }.map(\.id)
  }

  func fits(_ row: Case) -> Bool {
    if let stage, row.stage != stage { return false }
    guard let why else { return true }
    return row.hold?.reason.rawValue == why || (row.hold == nil && row.lastClass?.rawValue == why)
  }
}

/// What came of an act.
struct ActAnswer: Codable, Sendable {
  /// One case and where it stands now, or why it does not.
  struct Row: Codable, Sendable {
    var `case`: String
    var stage: Stage?
    var refused: String?
  }
  /// Why the act as a whole did not happen.
  struct Failure: Codable, Sendable {
    var exit: Int32
    var sentence: String
  }
  var rows: [Row] = []
  var revealed: CaseDesk.Revealed?
  var purge: PurgeRunDocument?
  var scan: ScanDocument?
  var lookup: LookupAnswer?
  /// False if there was no restore to end.
  var ended: Bool?
  var process: ProcessState?
  /// What became of a message that was handed in.
  var finding: EvidenceDesk.Finding?
  var failure: Failure?
}

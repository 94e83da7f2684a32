import Delivery
import Store

/// The exit codes of every command.
enum Exit: Int32, Sendable {
  case ok = 0
  /// The answer is "no" or "invalid".
  case no = 1
  /// Usage or configuration.
  case usage = 2
  /// An outside system failed.
  case outside = 3
}

/// Why a command ends: a sentence for the operator, with the way out, and the exit code.
struct CommandFailure: Error {
  let exit: Exit
  /// Empty if everything was said already.
  let sentence: String

  init(_ exit: Exit, _ sentence: String = "") {
    self.exit = exit
    self.sentence = sentence
  }

  /// The failure as the operator shall read it. An error that this program does not know is named by its type only,
  /// since its text may quote what it choked on.
  init(_ error: any Error) {
    switch DatabaseFailure(error) ?? error {
    case let failure as CommandFailure: self = failure
    case let refusal as CaseMachine.Refusal: self.init(.no, "Not done: \(refusal.rawValue).")
    case CaseStoreError.notFound(let id):
      self.init(.no, "There is no case \(id). `refpassport queue list` shows the open ones.")
    case CaseStoreError.moved(let id, _): self.init(.no, "Case \(id) moved meanwhile; look again and repeat.")
    case CaseStoreError.keyGone(let id): self.init(.no, "The key of case \(id) is gone: it was purged.")
    case CaseStoreError.alreadyHandled: self.init(.no, "This departure has a case already.")
    case DeskFailure.needsBob: self.init(.usage, "This person must be read in Bob again, and no Bob is configured.")
    case DeskFailure.stillHeld(let reason): self.init(.no, "Not released: \(reason.explanation).")
    case DeskFailure.neverHandled:
      self.init(
        .no, "No departure of this person was ever seen: look at the number, and at `refpassport leavers list`.")
    case DeskFailure.stillOpen(let id):
      self.init(.no, "This person's case is still open: see `refpassport queue show \(id)`.")
    case DeskFailure.notALeaver: self.init(.no, "Bob shows this person as somebody who has not left; nothing was read.")
    case DeskFailure.noLegalHold:
      self.init(
        .no, "No legal hold stands on this case. `refpassport queue release` is for cases held from being sent.")
    case ScanPathFailure.missing(let path): self.init(.usage, "\(path): there is no such file or directory.")
    case ScanPathFailure.own(let path):
      self.init(.usage, "\(path) belongs to data_dir: `refpassport purge scan` without a path looks there.")
    case DeskFailure.reviewIsPast: self.init(.usage, "--review must be a day to come (UTC).")
    case let failure as LeaverSourceFailure: self.init(.outside, failure.advice)
    case TransportFailure.route(let trouble): self.init(.outside, "The relay: \(trouble)")
    case let failure as any SelfExplaining: self.init(failure.exit, failure.sentence)
    default:
      self.init(.outside, "Failed inside (\(type(of: error))): this is a fault of the program; please report it.")
    }
  }
}

/// An error of a module that carries its own sentence for operators.
protocol SelfExplaining: Error {
  var exit: Exit { get }
  var sentence: String { get }
}

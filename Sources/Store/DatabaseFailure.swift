import GRDB

/// What SQLite could not do, by its result code: the words are SQLite's own constants, never a statement or a value.
package struct DatabaseFailure: Error, Sendable, Hashable {
  /// What an operator can do about it.
  package enum Cause: Sendable, Hashable {
    /// No room on the disk.
    case full
    /// The disk cannot be read or written, or what it holds is no whole database.
    case damaged
    /// The files may not be used by this user, or only be read.
    case forbidden
    /// No room in memory.
    case memory
    /// Another process has it for longer than we wait.
    case busy
    /// Anything else is a fault of the program.
    case program
  }

  package let cause: Cause
  /// The result code and its meaning, such as `13 (database or disk is full)`.
  package let code: String

  /// Nil if `error` is none of SQLite's.
  package init?(_ error: any Error) {
    guard let error = error as? DatabaseError else { return nil }
    cause =
      switch error.resultCode {
      case .SQLITE_FULL: .full
      case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged
      case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .forbidden
      case .SQLITE_NOMEM: .memory
      case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
      default: .program
      }
    code = error.extendedResultCode.description
  }
}

/// Something in the ledger that an officer should look at, with where it stands.
package struct LedgerException: Hashable, Sendable {
  /// What it is.
  package enum Kind: String, CaseIterable, Sendable {
    /// A rule of the ledger is broken there; `detail` is the verifier's text.
    case broken
    /// A case is not purged though the ledger promised it.
    case overdue
    /// A case ended, and nobody ever knew whether the relay had taken the mail.
    case neverResolved = "never-resolved"
    case revoked
    case restored
    case legalHold = "legal-hold"
    case legalRelease = "legal-release"
    /// A report of a failure came after the purge: the case was closed as delivered, and was not.
    case lateBounce = "late-bounce"
  }

  package let kind: Kind
  package let `case`: String?
  /// The place of the entry.
  package let index: Int
  /// When; nil for a line that has no readable time.
  package let seconds: Int64?
  /// A code or the text of a finding; empty if there is nothing to add.
  package let detail: String
}

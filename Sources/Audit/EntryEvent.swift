/// What an entry of the ledger records; the raw value is what `ev` holds.
package enum EntryEvent: String, CaseIterable, Sendable {
  /// A leaver was seen.
  case detect
  /// A case was stopped until a person lets it go on.
  case hold
  /// A held case goes on.
  case release
  /// The facts of a reference were fixed and signed.
  case issue
  /// The document was signed; its digest is recorded.
  case seal
  /// The relay took the mail.
  case sent
  /// The relay asked to try again later.
  case deferred
  /// Whether the relay took the mail is not known.
  case unknown
  /// A report says that the mail did not arrive.
  case bounced
  /// The mail counts as arrived.
  case confirm
  /// A person ended the case.
  case cancel
  /// The mail cannot be delivered.
  case fail
  /// The case ran out of time.
  case expire
  /// Everything personal in the case was destroyed.
  case purge
  /// The reference no longer holds.
  case revoke
  /// Data came back from a backup, or a revocation was lifted.
  case restore
  /// A key was replaced.
  case keyRotate = "key-rotate"
  /// The configuration changed.
  case config
  /// A person used the appliance.
  case `operator`
  /// The lookup key of a past quarter was destroyed.
  case epochDestroyed = "epoch-destroyed"

  /// Whether such an entry makes no sense without a case.
  package var needsCase: Bool {
    switch self {
    case .issue, .seal, .sent, .deferred, .unknown, .bounced, .confirm, .cancel, .fail, .expire, .purge:
      true
    case .detect, .hold, .release, .revoke, .restore, .keyRotate, .config, .operator, .epochDestroyed:
      false
    }
  }
}

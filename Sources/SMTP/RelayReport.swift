package import Mail

/// What a look at the relay found.
package struct RelayReport: Sendable, Hashable {
  /// Whether the relay would take a mail, asked without sending one.
  package enum Verdict: Sendable, Hashable {
    case taken
    case refused(code: Int, EnhancedStatus?)
    /// The relay said "later", spoke out of turn or fell silent.
    case unproven
  }

  /// What the last EHLO offered.
  package let offered: Capabilities
  package let isEncrypted: Bool
  package let isAuthenticated: Bool
  /// One for each envelope that was asked for.
  package let verdicts: [Verdict]
}

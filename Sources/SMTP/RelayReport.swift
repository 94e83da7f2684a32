package import Mail

/// What a look at the relay found.
package struct RelayReport: Sendable, Hashable {
  /// What the last EHLO offered.
  package let offered: Capabilities
  package let isEncrypted: Bool
  package let isAuthenticated: Bool

  package init(offered: Capabilities, isEncrypted: Bool, isAuthenticated: Bool) {
    self.offered = offered
    self.isEncrypted = isEncrypted
    self.isAuthenticated = isAuthenticated
  }
}

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

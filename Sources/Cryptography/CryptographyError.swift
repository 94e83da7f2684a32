/// What went wrong with a key or a sealed text, named for what the caller does next.
///
/// No case carries key bytes, plaintext or anything else that must not reach a log.
package enum CryptographyError: Error, Equatable, Sendable {
  /// The sealed bytes were changed, cut short, or belong to another key or context: treat them as lost.
  case authenticationFailed
  /// The bytes given are no key of the kind asked for: ask for another key. `reason` is a fixed text.
  case unusableKey(reason: String)
  /// OpenSSL refused an operation that cannot fail on good input: stop and look at the installation.
  case libraryFailed(operation: String)
}

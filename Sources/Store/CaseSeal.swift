import Cryptography
import Delivery

/// The seal of one case: AES-256-GCM under the case's own key, bound to the case and to the part's name, so that no part
/// can be taken for another.
struct CaseSeal: Sendable {
  let id: CaseID
  let key: SecretKey

  func seal(_ part: SealedPart, _ plaintext: [UInt8]) throws -> [UInt8] {
    try AES256GCM.seal(plaintext, key: key, authenticating: context(part))
  }

  /// Throws `keyGone` if the bytes were not sealed by this key for this case and part.
  func open(_ part: SealedPart, _ sealed: [UInt8]) throws -> [UInt8] {
    do {
      return try AES256GCM.open(sealed, key: key, authenticating: context(part))
    } catch CryptographyError.authenticationFailed {
      throw CaseStoreError.keyGone(id)
    }
  }

  private func context(_ part: SealedPart) -> [UInt8] { id.bytes + Array(part.rawValue.utf8) }
}

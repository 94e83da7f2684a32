import COpenSSL

/// A key made from a passphrase (scrypt, RFC 7914, with r = 8 and p = 1), slow and large enough in memory that guessing
/// passphrases is dear.
package enum PassphraseKey {
  /// The binary logarithm of N that new keys use: 128 MiB, some tenths of a second.
  package static let cost: UInt8 = 17
  /// What is accepted of a stranger's file: less would be too cheap, more a way to fill our memory (1 GiB).
  package static let costs: ClosedRange<UInt8> = 14...20

  /// Derives 32 bytes.
  ///
  /// Throws `.unusableKey` for an empty passphrase or a cost out of `costs`.
  package static func derive(from passphrase: SecretKey, salt: [UInt8], cost: UInt8) throws -> SecretKey {
    guard passphrase.count > 0, costs.contains(cost) else {
      throw CryptographyError.unusableKey(reason: "an empty passphrase, or a cost of another program")
    }
    var bytes = [UInt8](repeating: 0, count: 32)
    defer { bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    let derived = passphrase.withBytes { secret in
      EVP_PBE_scrypt(
        secret.baseAddress?.assumingMemoryBound(to: CChar.self), secret.count, salt, salt.count,
        1 << UInt64(cost), 8, 1, 2 << 30, &bytes, bytes.count)
    }
    guard derived == 1 else { throw CryptographyError.libraryFailed(operation: "deriving a key") }
    return SecretKey(bytes)
  }
}

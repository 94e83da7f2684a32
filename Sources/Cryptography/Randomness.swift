import COpenSSL

/// Bytes nobody can guess, from OpenSSL's generator seeded by the kernel.
package enum Randomness {
  /// `count` fresh bytes.
  ///
  /// A machine without randomness cannot make a key, a nonce or a salt: the process ends rather than go on
  /// with guessable ones, and the durable queue picks up where it stopped.
  package static func bytes(_ count: Int) -> [UInt8] {
    guard count > 0 else { return [] }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = RAND_bytes(buffer.baseAddress, Int32(count)) == 1 ? count : 0
    }
    guard bytes.count == count else { preconditionFailure("the system gives no random bytes") }
    return bytes
  }
}

import COpenSSL

/// Key bytes that are wiped when the last holder lets go of them.
///
/// The bytes live in one allocation that is never copied by this type; printing or reflecting a key shows
/// only that it is one.
package final class SecretKey: Sendable {
  nonisolated(unsafe) private let memory: UnsafeMutableRawBufferPointer

  /// A key holding a copy of `bytes`; the caller's array is not wiped.
  package init(_ bytes: [UInt8]) {
    memory = .allocate(byteCount: bytes.count, alignment: 16)
    memory.copyBytes(from: bytes)
  }

  /// A fresh key of `size` random bytes, made in place.
  package init(randomOfSize size: Int = 32) {
    memory = .allocate(byteCount: size, alignment: 16)
    guard RAND_bytes(memory.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(size)) == 1 else {
      preconditionFailure("the system gives no random bytes")
    }
  }

  deinit {
    OPENSSL_cleanse(memory.baseAddress, memory.count)
    memory.deallocate()
  }

  /// The length of the key in bytes.
  package var count: Int { memory.count }

  /// Lends the key bytes for the length of `body`; the pointer must not leave it.
  package func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try body(UnsafeRawBufferPointer(memory))
  }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "SecretKey(redacted)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

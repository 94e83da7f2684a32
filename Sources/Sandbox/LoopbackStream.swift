import COpenSSL
import Foundation

/// One accepted connection on plain sockets, so that the stand-in can close, reset or hang as real relays do.
///
/// Used by one thread; the listener may shut its descriptor down from another.
package final class LoopbackStream {
  private let descriptor: Int32
  private var tls: OpaquePointer?
  private var buffer: [UInt8] = []
  private var start = 0
  private var isClosed = false
  private let onClose: () -> Void

  /// - Parameter onClose: called just before the descriptor is given back to the system.
  init(descriptor: Int32, onClose: @escaping () -> Void) {
    self.descriptor = descriptor
    self.onClose = onClose
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { if let tls { SSL_free(tls) } }

  var isEncrypted: Bool { tls != nil }

  /// True if octets have been received that nobody has asked for yet.
  var hasUnread: Bool { start < buffer.count }

  /// Begins TLS as the server; false if the handshake fails.
  func startTLS(_ identity: SMTPSinkIdentity) -> Bool {
    guard let session = SSL_new(identity.context) else { return false }
    tls = session
    return SSL_set_fd(session, descriptor) == 1 && SSL_accept(session) == 1
  }

  /// The next line without its LF, or nil at the end of the stream.
  ///
  /// A CR stays.
  package func line(limit: Int = 1 << 20) -> ArraySlice<UInt8>? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        return buffer[start..<end]
      }
      guard buffer.count - start <= limit else { return nil }
      searched = buffer.count
      if start > 0 {
        buffer.removeSubrange(..<start)
        (searched, start) = (searched - start, 0)
      }
      guard fill() else { return nil }
    }
  }

  /// The next `count` octets, or nil if the stream ends before.
  package func octets(_ count: Int) -> ArraySlice<UInt8>? {
    while buffer.count - start < count { guard fill() else { return nil } }
    defer { start += count }
    return buffer[start..<start + count]
  }

  /// Sends everything; false if the connection is gone.
  @discardableResult
  package func write(_ text: String) -> Bool { write(Array(text.utf8)) }

  @discardableResult
  package func write(_ octets: [UInt8]) -> Bool {
    octets.withUnsafeBytes { all in
      var sent = 0
      while sent < all.count {
        let rest = UnsafeRawBufferPointer(rebasing: all[sent...])
        let count =
          if let tls {
            Int(SSL_write(tls, rest.baseAddress, Int32(rest.count)))
          } else {
            send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
          }
        if count < 0 && tls == nil && errno == EINTR { continue }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  /// Ends our side in order, and reads on until the other side has ended too, so that nothing sent is lost to
  /// a reset.
  package func leave() {
    guard !isClosed else { return }
    if let tls { SSL_shutdown(tls) }
    shutdown(descriptor, Int32(SHUT_WR))
    var waste = [UInt8](repeating: 0, count: 16_384)
    while recv(descriptor, &waste, waste.count, 0) > 0 {}
    close()
  }

  package func close() {
    guard !isClosed else { return }
    isClosed = true
    onClose()
    Foundation.close(descriptor)
  }

  /// Closes with RST instead of FIN.
  package func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// Neither reads nor says anything until the other side, or `stopped`, ends it.
  package func hang(until stopped: () -> Bool) {
    var entry = pollfd(fd: descriptor, events: Int16(0x2000), revents: 0)  // POLLRDHUP
    while !stopped() && poll(&entry, 1, 20) == 0 {}
  }

  private func fill() -> Bool {
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count =
        if let tls { Int(SSL_read(tls, &piece, Int32(piece.count))) } else {
          recv(descriptor, &piece, piece.count, 0)
        }
      if count < 0 && tls == nil && errno == EINTR { continue }
      guard count > 0 else { return false }
      buffer += piece[..<count]
      return true
    }
  }
}

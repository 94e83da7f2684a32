import CCurl
import Glibc

/// A connection that libcurl has opened, secured and authenticated, and on which we then speak ourselves
/// (CURLOPT_CONNECT_ONLY).
///
/// It has one owner, is used on one thread, and closes without a word when it is given up.
package struct Wire: ~Copyable {
  private let handle: EasyHandle
  private let socket: Int32
  /// The octets of all replies while the connection was made, in order.
  package let replies: [UInt8]

  /// Opens the connection; blocks the thread for up to `target.timeout`.
  package init(to target: WireTarget) throws(WireFailure) {
    var handle = EasyHandle()
    let replies = ReplyLog()
    handle.prepare(target)
    handle.set(CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA, ReplyLog.onHeader, context: replies)
    let code = handle.perform()
    handle.dropCallback()
    guard code == CURLE_OK, let socket = handle.socket else {
      throw WireFailure(
        kind: code == CURLE_OK ? .lost : WireFailure.Kind(code),
        replyCode: handle.responseCode == 0 ? nil : handle.responseCode, hasConnected: handle.hasConnected,
        replies: replies.octets, code: Int(code.rawValue))
    }
    self.handle = handle
    self.socket = socket
    self.replies = replies.octets
  }

  package enum Received: Sendable, Hashable {
    case octets([UInt8])
    /// Nothing is there yet.
    case nothing
    /// The other side has closed, or the connection is broken.
    case ended
  }

  /// What has arrived, without waiting.
  package func receive() -> Received {
    withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
      let (code, count) = handle.receive(into: buffer)
      return switch code {
      case CURLE_OK where count > 0: .octets(Array(buffer[..<count]))
      case CURLE_AGAIN: .nothing
      default: .ended
      }
    }
  }

  package enum Sent: Sendable, Hashable {
    /// So many octets, at least one, are on their way.
    case taken(Int)
    /// No room yet: wait, then offer the same octets at the same address again.
    case blocked
    case ended
  }

  /// Sends as much as there is room for, without waiting.
  package func send(_ octets: UnsafeRawBufferPointer) -> Sent {
    let (code, count) = handle.send(octets)
    return switch code {
    case CURLE_OK where count > 0: .taken(count)
    case CURLE_OK, CURLE_AGAIN: .blocked
    default: .ended
    }
  }

  /// Waits until something arrives or, if `writing`, until there is room; false if `limit` passed first.
  ///
  /// Call it only after `receive` said `nothing`: TLS may hold octets that the socket no longer shows.
  package func wait(writing: Bool, limit: Duration) -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + limit
    var entry = pollfd(fd: socket, events: Int16(POLLIN) | (writing ? Int16(POLLOUT) : 0), revents: 0)
    repeat {
      let left = end - clock.now
      guard left > .zero else { return false }
      let ready = poll(&entry, 1, Int32(left.milliseconds))
      if ready > 0 { return true }
      if ready < 0 && errno != EINTR { return true }
    } while true
  }
}

/// The reply lines while a connection is made, bounded.
final class ReplyLog {
  private static let maximum = 64 << 10
  private(set) var octets: [UInt8] = []

  static let onHeader: ccurl_io = { buffer, size, count, context in
    guard let context else { return 0 }
    let log = Unmanaged<ReplyLog>.fromOpaque(context).takeUnretainedValue()
    let line = UnsafeRawBufferPointer(start: buffer, count: size * count)
    guard log.octets.count + line.count <= maximum else { return 0 }
    log.octets += line
    return line.count
  }
}

extension EasyHandle {
  fileprivate mutating func prepare(_ target: WireTarget) {
    prepare(target, protocols: target.security == .implicit ? "smtps" : "smtp")
    set(CURLOPT_URL, target.url)
    set(CURLOPT_CONNECT_ONLY, 1)
    set(CURLOPT_TIMEOUT_MS, target.timeout.milliseconds)
  }

  /// The log does not outlive the opening, and neither does the password or token.
  fileprivate mutating func dropCallback() {
    clear(CURLOPT_HEADERFUNCTION)
    clear(CURLOPT_HEADERDATA)
    clear(CURLOPT_PASSWORD)
    clear(CURLOPT_XOAUTH2_BEARER)
  }
}

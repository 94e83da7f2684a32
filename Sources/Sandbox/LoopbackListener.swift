import Foundation
import Synchronization

/// Listens on 127.0.0.1 and gives every connection a thread of its own.
package final class LoopbackListener: Sendable {
  private struct State {
    var listening: Int32?
    var connections: Set<Int32> = []
    var isStopped = false
    /// The accepting thread and those of connections.
    var threads = 0
  }

  /// The socket could not be had; `code` is errno.
  package struct Failure: Error, Sendable, CustomStringConvertible {
    package let step: String
    package let code: Int32
    package var description: String { "\(step) on 127.0.0.1: \(String(cString: strerror(code)))" }
  }

  private let state = Mutex(State())

  package init() {}

  package var isStopped: Bool { state.withLock { $0.isStopped } }

  /// Starts to listen; 0 asks for a free port.
  ///
  /// Returns the port.
  ///
  /// - Parameters:
  ///   - receiveBuffer: octets the system keeps for a connection that is not read; nil for its default.
  ///   - serve: runs on the connection's own thread; the connection is closed when it returns.
  package func start(
    port: Int = 0, receiveBuffer: Int? = nil, serve: @escaping @Sendable (LoopbackStream) -> Void
  ) throws -> Int {
    _ = signal(SIGPIPE, SIG_IGN)
    let (descriptor, bound) = try Self.listen(port: port, receiveBuffer: receiveBuffer)
    state.withLock {
      $0.listening = descriptor
      $0.isStopped = false
      $0.threads += 1
    }
    Thread.detachNewThread { [self] in
      accept(on: descriptor, serve: serve)
      state.withLock { $0.threads -= 1 }
    }
    return bound
  }

  /// Ends listening and all connections, and waits until their threads have ended.
  package func stop() async {
    state.withLock { state in
      state.isStopped = true
      if let descriptor = state.listening { shutdown(descriptor, Int32(SHUT_RDWR)) }
      for descriptor in state.connections { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
    while state.withLock({ $0.threads }) > 0 { try? await Task.sleep(for: .milliseconds(2)) }
  }

  /// Takes a descriptor out of the listener's care before its number can come back as another connection's.
  private func forget(_ descriptor: Int32) { state.withLock { _ = $0.connections.remove(descriptor) } }

  private func accept(on listening: Int32, serve: @escaping @Sendable (LoopbackStream) -> Void) {
    while !isStopped {
      let descriptor = Foundation.accept(listening, nil, nil)
      guard descriptor >= 0 else { continue }
      let isWelcome = state.withLock { state in
        guard !state.isStopped else { return false }
        state.connections.insert(descriptor)
        state.threads += 1
        return true
      }
      guard isWelcome else {
        close(descriptor)
        break
      }
      Thread.detachNewThread { [self] in
        let stream = LoopbackStream(descriptor: descriptor) { [self] in forget(descriptor) }
        serve(stream)
        stream.close()
        state.withLock { $0.threads -= 1 }
      }
    }
    close(listening)
    state.withLock { $0.listening = nil }
  }

  private static func listen(port: Int, receiveBuffer: Int?) throws -> (Int32, Int) {
    guard let port = UInt16(exactly: port) else { throw Failure(step: "port", code: EINVAL) }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(step: "socket", code: errno) }
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    if var octets = receiveBuffer.map(Int32.init(clamping:)) {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &octets, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(descriptor, address, length) == 0, Foundation.listen(descriptor, 128) == 0 else {
          return errno
        }
        return getsockname(descriptor, address, &length) == 0 ? 0 : errno
      }
    }
    guard status == 0 else {
      close(descriptor)
      throw Failure(step: "bind", code: status)
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }
}

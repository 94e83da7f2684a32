import Glibc

/// Where the control socket lies. A path of a socket has 107 bytes at most, and `data_dir` may be longer, so the kernel
/// is given the way through an open descriptor of the directory.
enum ControlAddress {
  static let name = "control.sock"

  static func path(in dataDirectory: String) -> String { dataDirectory + "/" + name }

  /// Calls `body` with the address; throws if the directory cannot be opened.
  static func with<Value>(
    _ dataDirectory: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
  ) throws -> Value {
    let directory = open(dataDirectory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw CommandFailure(.usage, "data_dir (\(dataDirectory)) cannot be opened.") }
    defer { close(directory) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "/proc/self/fd/\(directory)/\(name)".utf8) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}

/// Whole messages on a socket.
enum SocketBytes {
  /// Everything up to the end of the other side's writing; nil if it is longer than `limit`, ends in trouble, or is not
  /// there within `patience`; without one it may take as long as it takes.
  static func readAll(_ socket: Int32, limit: Int, patience: Duration? = nil) -> [UInt8]? {
    let end = patience.map { ContinuousClock().now + $0 }
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = read(socket, &piece, piece.count)
      if count == 0 { return all }
      if count < 0 { if errno == EINTR { continue } else { return nil } }
      all += piece[..<count]
      guard all.count <= limit, end.map({ ContinuousClock().now < $0 }) ?? true else { return nil }
    }
  }

  /// True if all of it was taken; a reader that has gone raises no signal.
  @discardableResult
  static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0 { if errno == EINTR { continue } else { return false } }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

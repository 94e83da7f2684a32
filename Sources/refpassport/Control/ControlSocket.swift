import CProcess
import Delivery
@preconcurrency import Dispatch
import Foundation
import Glibc
import Logging

/// The daemon's door for commands: a socket in `data_dir` that only its own user can open. One act a connection: JSON up
/// to the end of writing, JSON back.
final class ControlSocket: Sendable {
  private let path: String
  private let source: any DispatchSourceRead

  /// The longest act, in bytes: a message in base64 that is all slashes, which JSON writes as two, and a little more. How
  /// long its sender may take, in seconds.
  private static let longest = ReceivedMessage.longest * 8 / 3 + (64 << 10)
  private static let patience = 5

  /// Opens the door; a socket that a dead daemon left is replaced, since this process owns the directory.
  ///
  /// - Parameter answer: carries out an act for the user of that name.
  init(dataDirectory: String, answer: @escaping @Sendable (Act, CaseDesk.Actor) async -> ActAnswer) throws {
    path = ControlAddress.path(in: dataDirectory)
    unlink(path)
    let listening = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    // The mode that the kernel gives the file when it is bound: there is no moment at which it is another.
    guard listening >= 0, fchmod(listening, 0o600) == 0,
      try ControlAddress.with(dataDirectory, { bind(listening, $0, $1) }) == 0,
      listen(listening, 16) == 0
    else {
      close(listening)
      throw CommandFailure(.usage, "The control socket cannot be made in data_dir (\(dataDirectory)).")
    }
    let queue = DispatchQueue(label: "control", attributes: .concurrent)
    source = DispatchSource.makeReadSource(fileDescriptor: listening, queue: queue)
    source.setEventHandler {
      let connection = accept(listening, nil, nil)
      guard connection >= 0 else { return }
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      queue.async { Self.serve(connection, answer) }
    }
    source.setCancelHandler { close(listening) }
    source.resume()
  }

  /// Closes the door.
  func shut() {
    source.cancel()
    unlink(path)
  }

  private static func serve(
    _ connection: Int32, _ answer: @escaping @Sendable (Act, CaseDesk.Actor) async -> ActAnswer
  ) {
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    guard let actor = peer(of: connection),
      let bytes = SocketBytes.readAll(connection, limit: longest, patience: .seconds(patience)),
      let request = try? JSONDecoder().decode(ControlRequest.self, from: Data(bytes))
    else {
      close(connection)
      return
    }
    Task {
      let reply = await answer(request.act, CaseDesk.Actor(request.actor(asUser: actor)))
      if let bytes = try? JSONEncoder().encode(reply) { SocketBytes.write([UInt8](bytes), to: connection) }
      close(connection)
    }
  }

  /// Who is at the other end, as the kernel knows; nil for anybody but root and this process's own user.
  private static func peer(of connection: Int32) -> uid_t? {
    let user = cprocess_peer_user(connection)
    return user == 0 || user == Int(geteuid()) ? uid_t(user) : nil
  }
}

/// An act on its way to the daemon.
struct ControlRequest: Codable, Sendable {
  var act: Act
  /// Who called `sudo`, if somebody did.
  var invoker: String?

  init(_ act: Act) {
    self.act = act
    invoker = ProcessInfo.processInfo.environment["SUDO_USER"]
  }

  /// The name that the ledger commits to: the person behind `sudo` if there is one, else the user.
  func actor(asUser user: uid_t) -> String {
    if let invoker, !invoker.isEmpty { return invoker }
    return getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? String(user)
  }
}

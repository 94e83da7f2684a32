import Delivery
import Foundation
import Glibc
import Settings
import Store

/// Sends an act where it can be carried out: to the daemon that owns `data_dir`, or to this very process.
enum ActDispatch {
  /// The longest answer of a daemon, in bytes.
  private static let longest = 64 << 20

  /// How long to wait for an owner of `data_dir` that does not listen: a daemon about to open its door, a command about
  /// to end.
  private static let patience = Duration.seconds(10)

  /// Carries out an act; throws the failure that the operator is to read.
  static func carryOut(_ act: Act, _ options: ConfigOptions) async throws -> ActAnswer {
    let directory = try options.load().dataDirectory
    let end = ContinuousClock().now + patience
    while true {
      if let answer = try ask(daemonIn: directory, act) {
        if let failure = answer.failure {
          throw CommandFailure(Exit(rawValue: failure.exit) ?? .outside, failure.sentence)
        }
        return answer
      }
      guard let wiring = try await own(options, waiting: ContinuousClock().now < end) else {
        try await Task.sleep(for: .milliseconds(100))
        continue
      }
      let actor = CaseDesk.Actor(ControlRequest(act).actor(asUser: getuid()))
      return try await ActExecution(wiring: wiring).carryOut(act, by: actor)
    }
  }

  /// The daemon's answer; nil if none runs.
  static func askDaemon(_ act: Act, _ options: ConfigOptions) throws -> ActAnswer? {
    try ask(daemonIn: try options.load().dataDirectory, act)
  }

  /// The appliance, owned by this process; nil if another owns it and `waiting` is worth while.
  private static func own(_ options: ConfigOptions, waiting: Bool) async throws -> Wiring? {
    do {
      return try await Wiring(options)
    } catch StoreError.locked where waiting {
      return nil
    }
  }

  /// The daemon's answer; nil if there is no daemon.
  private static func ask(daemonIn directory: String, _ act: Act) throws -> ActAnswer? {
    guard access(ControlAddress.path(in: directory), F_OK) == 0 else { return nil }
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return nil }
    defer { close(socket) }
    guard try ControlAddress.with(directory, { connect(socket, $0, $1) }) == 0 else {
      // A socket without a daemon behind it was left by a crash.
      guard errno == EACCES else { return nil }
      throw CommandFailure(
        .usage, "The daemon's control socket is for its own user: run this as that user, or as root.")
    }
    let request = try JSONEncoder().encode(ControlRequest(act))
    guard SocketBytes.write([UInt8](request), to: socket), shutdown(socket, Int32(SHUT_WR)) == 0,
      let bytes = SocketBytes.readAll(socket, limit: longest), !bytes.isEmpty
    else {
      throw CommandFailure(
        .outside, "The daemon gave no answer; look at its log, and at `refpassport queue list`, before you repeat this."
      )
    }
    return try JSONDecoder().decode(ActAnswer.self, from: Data(bytes))
  }
}

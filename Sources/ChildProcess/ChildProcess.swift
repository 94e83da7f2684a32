import CProcess
import Glibc

/// One running program, and our end of the socket that is its standard input and output.
///
/// It inherits nothing else: no open file, no variable but those given, and what it says on standard error is thrown
/// away.
package final class ChildProcess {
  package enum Failure: Error, Sendable, Hashable {
    case cannotStart
    /// It did not end its output in time.
    case tooLate
    /// Its output is longer than allowed.
    case tooMuch
    /// The system would not let us wait for it.
    case broken
  }

  /// How it ended.
  package enum Ending: Sendable, Hashable {
    case exit(Int32)
    case signal(Int32)
  }

  private let process: pid_t
  /// A socket instead of pipes: writing to a process that died must give an error, not a signal.
  private let socket: Int32
  private var isReaped = false

  /// Starts `executable`, a path that is not searched for.
  package init(
    executable: String, arguments: [String], environment: [String: String]
  ) throws(Failure) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .cannotStart }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    cprocess_close_from(&actions, STDERR_FILENO + 1)
    // A thread of a Swift task blocks signals, and we ignore some: the program begins as from a shell, as the leader of
    // a group that can be ended with all it has started.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var process: pid_t = 0
    let result = Self.withCStrings([executable] + arguments) { arguments in
      Self.withCStrings(environment.map { "\($0)=\($1)" }) { environment in
        posix_spawn(&process, executable, &actions, &attributes, arguments, environment)
      }
    }
    guard result == 0 else {
      close(ends[0])
      throw .cannotStart
    }
    self.process = process
    socket = ends[0]
  }

  /// Kills the process, and what it has started, if it still runs, and lets go of everything.
  package func end() {
    if !isReaped {
      kill(-process, SIGKILL)
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      isReaped = true
    }
    close(socket)
  }

  /// Writes all of `bytes` while reading what comes back, until the process closes its output.
  ///
  /// - Parameters:
  ///   - limit: octets of output.
  ///   - deadline: on the clock of `MonotonicTime`.
  package func exchange(_ bytes: [UInt8], limit: Int, deadline: Int64) throws(Failure) -> [UInt8] {
    var rest = bytes[...]
    var isWriting = true
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
    while true {
      if isWriting, rest.isEmpty {
        // The process sees the end of its input.
        shutdown(socket, Int32(SHUT_WR))
        isWriting = false
      }
      let wait = deadline - MonotonicTime.now
      guard wait > 0 else { throw .tooLate }
      var waiting = pollfd(fd: socket, events: Int16(isWriting ? POLLIN | POLLOUT : POLLIN), revents: 0)
      guard poll(&waiting, 1, Int32(clamping: wait)) >= 0 || errno == EINTR else { throw .broken }
      if isWriting, waiting.revents & Int16(POLLOUT) != 0 {
        let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, flags) }
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if errno != EAGAIN, errno != EINTR {
          // A process that stops reading will say why on its output.
          isWriting = false
        }
      }
      guard waiting.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 else { continue }
      let count = recv(socket, &buffer, buffer.count, flags)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      // A process killed with unread input resets the connection: how it ended tells the rest.
      if count == 0 || (count < 0 && errno == ECONNRESET) { return result }
      guard count > 0, result.count + count <= limit else { throw .tooMuch }
      result += buffer.prefix(count)
    }
  }

  /// How it ended; nil if it has not by then.
  package func ending(deadline: Int64) -> Ending? {
    var status: Int32 = 0
    while true {
      let result = waitpid(process, &status, WNOHANG)
      if result == process { break }
      guard result == 0 || errno == EINTR, MonotonicTime.now < deadline else { return nil }
      usleep(500)
    }
    isReaped = true
    return status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
  }
}

/// Milliseconds of a clock that nobody sets.
package enum MonotonicTime {
  package static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

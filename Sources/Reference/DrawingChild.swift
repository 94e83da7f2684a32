import Delivery
import Glibc

/// One running drawing process, and the two ends of it that we hold.
final class DrawingChild {
  private let process: pid_t
  /// A socket instead of a pipe: writing to a process that died must give an error, not a signal.
  private var input: Int32
  private let output: Int32
  private var isReaped = false

  /// Starts `executable` with nothing open but its standard streams, errors to nowhere, and an empty environment.
  init(executable: String, arguments: [String]) throws(IssueFailure) {
    let failure = IssueFailure.failed("the drawing process cannot be started")
    var sockets: [Int32] = [-1, -1]
    var pipes: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &sockets) == 0 else {
      throw failure
    }
    guard pipe2(&pipes, O_CLOEXEC) == 0 else {
      sockets.forEach { close($0) }
      throw failure
    }
    defer {
      close(sockets[1])
      close(pipes[1])
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, sockets[1], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    // Crash reports would print memory.
    let environment = ["LC_ALL=C.UTF-8", "SWIFT_BACKTRACE=enable=no"]
    var process: pid_t = 0
    let result = Self.withCStrings([executable] + arguments) { arguments in
      Self.withCStrings(environment) { environment in
        posix_spawn(&process, executable, &actions, nil, arguments, environment)
      }
    }
    guard result == 0 else {
      close(sockets[0])
      close(pipes[0])
      throw failure
    }
    self.process = process
    input = sockets[0]
    output = pipes[0]
  }

  /// Kills the process if it still runs, and lets go of everything.
  func end() {
    if !isReaped {
      kill(process, SIGKILL)
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      isReaped = true
    }
    closeInput()
    close(output)
  }

  private func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  /// Writes all of `bytes` while reading what comes back, until the process closes its output.
  func exchange(_ bytes: [UInt8], limit: Int, deadline: Int64) throws(IssueFailure) -> [UInt8] {
    var rest = bytes[...]
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    if rest.isEmpty { closeInput() }
    while true {
      let wait = deadline - MonotonicTime.now
      guard wait > 0 else { throw .failed("the drawing process took too long") }
      // A negative descriptor is passed over by poll().
      var waiting = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0), pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
      ]
      guard poll(&waiting, nfds_t(waiting.count), Int32(clamping: wait)) >= 0 || errno == EINTR else {
        throw .failed("the drawing process cannot be waited for")
      }
      if waiting[1].revents != 0 {
        let count = rest.withUnsafeBytes { send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL.rawValue | MSG_DONTWAIT.rawValue)) }
        if count > 0 { rest = rest.dropFirst(count) }
        // A process that stops reading will say why on its output.
        if rest.isEmpty || (count < 0 && errno != EAGAIN && errno != EINTR) { closeInput() }
      }
      if waiting[0].revents != 0 {
        let count = read(output, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0, result.count + count <= limit else { throw .failed("the drawing process wrote too much") }
        if count == 0 { return result }
        result += buffer.prefix(count)
      }
    }
  }

  /// The exit status; 128 after a signal, nil if it has not ended in time.
  func status(deadline: Int64) -> Int32? {
    closeInput()
    var status: Int32 = 0
    while true {
      let result = waitpid(process, &status, WNOHANG)
      if result == process { break }
      guard result == 0 || errno == EINTR, MonotonicTime.now < deadline else { return nil }
      usleep(500)
    }
    isReaped = true
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
  }
}

import ChildProcess
import Foundation

/// A program that prints a secret: run without a shell, within a time, its output bounded.
///
/// It hears nothing on standard input, and what it says on standard error is thrown away: it may quote the secret.
struct SecretCommand {
  let words: [String]
  /// Seconds it may take.
  var limit = 30

  init(_ words: [String]) { self.words = words }

  /// Runs the program and gives what it printed.
  ///
  /// Throws a sentence that names the way out, never the output.
  func output(key: String) throws(ConfigurationError) -> [UInt8] {
    let program = words[0]
    let output: [UInt8]
    let ending: ChildProcess.Ending?
    do throws(ChildProcess.Failure) {
      let child = try ChildProcess(
        executable: program, arguments: Array(words.dropFirst()), environment: Self.environment)
      defer { child.end() }
      let deadline = MonotonicTime.now + Int64(limit) * 1000
      output = try child.exchange([], limit: SecretFile.sizeLimit, deadline: deadline)
      ending = child.ending(deadline: deadline)
    } catch {
      switch error {
      case .cannotStart: throw .secret(key: key, reason: "\(program) cannot be started; check its path and mode")
      case .tooMuch: throw .secret(key: key, reason: "\(program) printed over \(SecretFile.sizeLimit) bytes")
      case .tooLate, .broken:
        throw .secret(key: key, reason: "\(program) did not end within \(limit) s; run it by hand")
      }
    }
    switch ending {
    case .exit(0)?: return output
    case .exit(let status)?: throw .secret(key: key, reason: "\(program) failed (status \(status)); run it by hand")
    case .signal(let number)?: throw .secret(key: key, reason: "\(program) was ended by signal \(number)")
    case nil: throw .secret(key: key, reason: "\(program) did not end within \(limit) s; run it by hand")
    }
  }

  /// Secrets of ours are none of its business.
  private static var environment: [String: String] {
    ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix(SettingKey.prefix) }
  }
}

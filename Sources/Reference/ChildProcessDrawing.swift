import ChildProcess
import Delivery
import Dispatch

/// Draws each sheet in a short-lived process of its own, so that fonts and names stay out of this one's
/// memory.
///
/// The sheet goes through standard input: nothing personal stands in the arguments or the environment.
package struct ChildProcessDrawing: DrawingService {
  private let executable: String
  private let arguments: [String]
  private let seconds: Int

  /// - Parameters:
  ///   - executable: a path; it is not searched for.
  ///   - arguments: what makes it call `Drawing.serveStandardInput`.
  ///   - seconds: how long a drawing may take before it is killed.
  package init(executable: String, arguments: [String] = ["draw"], seconds: Int = 30) {
    self.executable = executable
    self.arguments = arguments
    self.seconds = seconds
  }

  /// A page is some 50 KB, with Chinese or Japanese 150 KB; the rest is for the logo.
  static let maximumSize = 4 * 1_048_576

  package func pdf(_ sheet: Sheet) async throws -> [UInt8] {
    let input = try sheet.bytes()
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try run(input) })
      }
    }
  }

  private func run(_ input: [UInt8]) throws(IssueFailure) -> [UInt8] {
    let output: [UInt8]
    let ending: ChildProcess.Ending?
    do throws(ChildProcess.Failure) {
      // Crash reports would print memory.
      let child = try ChildProcess(
        executable: executable, arguments: arguments,
        environment: ["LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"])
      defer { child.end() }
      let deadline = MonotonicTime.now + Int64(seconds) * 1000
      output = try child.exchange(input, limit: Self.maximumSize, deadline: deadline)
      ending = child.ending(deadline: deadline)
    } catch {
      switch error {
      case .cannotStart: throw .failed("the drawing process cannot be started")
      case .tooLate: throw .failed("the drawing process took too long")
      case .tooMuch: throw .failed("the drawing process wrote too much")
      case .broken: throw .failed("the drawing process cannot be waited for")
      }
    }
    switch ending {
    case .exit(0)?:
      guard output.starts(with: Array("%PDF-1.".utf8)) else { throw .failed("the drawing process drew nothing") }
      return output
    case .exit(1)?: throw IssueFailure(parsing: output) ?? .failed("the drawing process failed without a reason")
    case nil: throw .failed("the drawing process took too long")
    default: throw .failed("the drawing process crashed")
    }
  }
}

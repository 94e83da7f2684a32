import Delivery
import Foundation
import Mail
import TimeStamp

/// The timestamp of a checkpoint as a file: beside it, with the same name and the ending `.tsr`.
enum TimestampFile {
  /// The bytes beside a checkpoint's file; nil if there are none.
  static func beside(_ checkpoint: String) throws -> [UInt8]? {
    let file = name(beside: checkpoint)
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    // One byte more than any timestamp has, so that a longer file is known to be none.
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: file))
      return [UInt8](try handle.read(upToCount: TimestampToken.longest + 1) ?? Data())
    } catch {
      throw CommandFailure(.usage, "\(file) cannot be read: may you read it?")
    }
  }

  /// What the timestamps beside some checkpoints are worth; without roots they are only named.
  static func verdicts(on checkpoints: [String], roots file: String?) throws -> [TimestampVerdict] {
    guard let file else { return try checkpoints.compactMap { try verdict(on: $0, by: nil) } }
    guard let first = checkpoints.first else { throw nothingToCheck }
    let verifier: TimestampVerifier
    do throws(TimestampError) { verifier = TimestampVerifier(roots: try TimestampRoots(file: file)) } catch {
      throw CommandFailure(.usage, "--tsa-ca: \(error).")
    }
    let verdicts = try checkpoints.compactMap { try verdict(on: $0, by: verifier) }
    guard !verdicts.isEmpty else {
      throw CommandFailure(.no, "There is no timestamp to check with --tsa-ca: \(name(beside: first)) is not there.")
    }
    return verdicts
  }

  static let nothingToCheck = CommandFailure(
    .usage, "--tsa-ca goes with the directory of an export, or with a checkpoint: --held FILE.")

  private static func verdict(on checkpoint: String, by verifier: TimestampVerifier?) throws -> TimestampVerdict? {
    guard let reply = try beside(checkpoint) else { return nil }
    return TimestampVerdict(
      file: name(beside: checkpoint), reply, over: Array(try LedgerFiles.text(checkpoint).utf8), verifier)
  }

  private static func name(beside checkpoint: String) -> String {
    (checkpoint as NSString).deletingPathExtension + ".tsr"
  }
}

/// What one timestamp is worth.
struct TimestampVerdict: Encodable {
  enum State: String, Encodable { case valid, invalid, unchecked }
  var file: String
  var state: State
  /// When the checkpoint existed at the latest, by the authority's word; only of a valid one.
  var time: String?
  /// Why it does not hold.
  var reason: String?

  var ok: Bool { state != .invalid }

  /// - Parameter verifier: nil if nobody said whom to trust.
  init(file: String, _ reply: [UInt8], over bytes: [UInt8], _ verifier: TimestampVerifier?) {
    self.file = file
    do throws(TimestampError) {
      time = try verifier?.token(in: reply, over: bytes).at.iso8601
      state = verifier == nil ? .unchecked : .valid
    } catch {
      state = .invalid
      reason = error.description
    }
  }

  var sentence: String {
    switch state {
    case .valid: "\(file): by the authority's word the checkpoint existed at \(time ?? "")."
    case .invalid: "\(file) does NOT hold: \(reason ?? "")."
    case .unchecked: "\(file) is there and was NOT checked: give the roots of its authority with --tsa-ca FILE."
    }
  }
}

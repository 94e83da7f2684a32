import Cryptography
import Delivery
import Mail
import Settings
import TimeStamp

// Who timestamps checkpoints, if anybody does.
extension CheckCommand {
  /// Whether the authority's roots can be read.
  static func timestampRoots(_ configuration: Settings.Configuration) -> [Finding] {
    let name = "audit.timestamp_ca_file"
    do {
      guard try Wiring.timestampAuthority(configuration) != nil else { return [] }
      return [Finding(.passed, name, "the roots of the timestamp authority can be read")]
    } catch {
      return [Finding(.failed, name, CommandFailure(error).sentence)]
    }
  }

  /// Whether the authority answers: one real request, over random bytes.
  static func timestamps(_ configuration: Settings.Configuration) async -> [Finding] {
    guard let url = configuration.timestamps?.url, let authority = try? Wiring.timestampAuthority(configuration) else {
      return []
    }
    let name = "audit.timestamp_url"
    do throws(TimestampError) {
      let token = try await authority.ask(over: Randomness.bytes(32))
      return [
        Finding(.passed, name, "\(url) answers, and its token holds"), clock(of: token.at, ours: SystemClock().now()),
      ]
    } catch {
      return [Finding(.failed, name, "\(url): \(error)")]
    }
  }

  /// What the authority says of the time: one of the two clocks may be wrong.
  static func clock(of authority: Timestamp, ours: Timestamp) -> Finding {
    let name = "audit.timestamp_url, clock"
    let off = authority - ours
    guard abs(off) > ClockWatch.tolerance else { return Finding(.passed, name, "its clock and ours agree") }
    return Finding(
      .warning, name,
      "its clock (\(authority.iso8601)) is \(abs(off)) s \(off > 0 ? "ahead of" : "behind") ours: one of them is wrong")
  }
}

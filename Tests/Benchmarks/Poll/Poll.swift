import Bob
import Cryptography
import Delivery
import Foundation
import Logging
import Mail
import Store

/// Measures polls of a Bob on loopback: `poll BASE_URL DIRECTORY POLLS`; see `poll.py`, which serves the answers.
///
/// Prints one line of JSON: seconds of the first poll and of each later one, people, departures remembered, and the most
/// memory that the process has held, in bytes.
@main
enum Poll {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let endpoint = BobEndpoint(loopback: arguments[1]), let polls = Int(arguments[3]) else {
      print("usage: poll BASE_URL DIRECTORY POLLS")
      exit(2)
    }
    let store = try ApplianceStore.open(
      dataDirectory: arguments[2], kek: SecretKey(Randomness.bytes(32)), signer: .generate(),
      origin: "acme.example/refpassport/1", logger: Logger(label: "poll", factory: { _ in SwiftLogNoOpLogHandler() }))
    let clock = SystemClock()
    let watcher = Watcher(
      client: BobClient(
        endpoint: endpoint, serviceUser: "SERVICE-1234", token: { "token" }, exchange: CurlExchange(), clock: clock),
      log: store, rules: WatchRules(leadDays: 5),
      marks: Marks(key: KeyedMarks(key: SecretKey(Randomness.bytes(32))), company: "acme"),
      clock: clock)
    var seconds: [Double] = []
    var people = 0
    for _ in 0...polls {
      let begun = ContinuousClock.now
      people = try await watcher.poll(at: clock.now()).people
      seconds.append((ContinuousClock.now - begun) / .seconds(1))
    }
    let figures: [String: Any] = [
      "first": seconds[0], "later": Array(seconds.dropFirst()), "people": people, "peak": peak(),
      "remembered": try store.departures().count,
    ]
    print(String(decoding: try JSONSerialization.data(withJSONObject: figures, options: .sortedKeys), as: UTF8.self))
  }

  /// The most memory that was resident, in bytes (`VmHWM`).
  private static func peak() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }
}

import Audit
import Cryptography
import Delivery
import Foundation
import Logging
import Mail
import SMTP
import Store

/// Fills a durable queue with mails and hands them to a relay on loopback: `drain PORT MAILS OCTETS SESSIONS DIRECTORY`.
///
/// Prints one line of JSON: mails, seconds of the draining alone, and mails a second. With `serial` as a sixth argument
/// the sessions do not pipeline; with `fill` it ends when the queue is full.
@main
enum Drain {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 6, let port = Int(arguments[1]), let mails = Int(arguments[2]),
      let octets = Int(arguments[3]), let sessions = Int(arguments[4])
    else {
      print("usage: drain PORT MAILS OCTETS SESSIONS DIRECTORY [serial|fill]")
      exit(2)
    }
    let quiet = Logger(label: "drain", factory: { _ in SwiftLogNoOpLogHandler() })
    let store = try ApplianceStore.open(
      dataDirectory: arguments[5], kek: SecretKey(Randomness.bytes(32)), signer: .generate(),
      origin: "acme.example/refpassport/1", logger: quiet)
    let clock = SystemClock()
    for number in 0..<mails { try queue(number, octets: octets, in: store, at: clock.now()) }
    if arguments.dropFirst(6).contains("fill") { return print(#"{"mails": \#(mails), "seconds": 0}"#) }

    let relay = try Relay(RelayEndpoint(parsing: "smtp://127.0.0.1:\(port)"), tls: .none)
    let pool = SMTPPool(relay, sessions: sessions, pipelining: !arguments.dropFirst(6).contains("serial"))
    let courier = Courier(
      store: store, transport: pool,
      returnPath: ReturnPath(
        bounceAddress: try Address(parsing: "bounces@acme.example"), style: .verp, key: SecretKey(Randomness.bytes(32))),
      policy: .standard, bell: AlarmBell(store, logger: quiet), logger: quiet)
    let start = ContinuousClock().now
    let round = try await courier.round(clock: clock)
    let time = ContinuousClock().now - start
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    await pool.close()
    guard round.accepted == mails else {
      print("only \(round.accepted) of \(mails) were accepted: \(round)")
      exit(1)
    }
    print(#"{"mails": \#(mails), "seconds": \#(seconds), "mails_a_second": \#(Double(mails) / seconds)}"#)
  }

  /// A case that is ready to go, with a mail of so many octets.
  private static func queue(_ number: Int, octets: Int, in store: ApplianceStore, at now: Timestamp) throws {
    let address = "sample\(number)@acme.example"
    let messageID = MessageID(random: Randomness.bytes(16), domain: "acme.example")
    let head =
      "From: <people@acme.example>\r\nTo: <\(address)>\r\nMessage-ID: \(messageID.text)\r\nSubject: Sample\r\n\r\n"
    let line = String(repeating: "0123456789abcdef", count: 4) + "\r\n"
    let body = String(repeating: line, count: max(1, (octets - head.utf8.count) / line.utf8.count))
    let facts = LeaverFacts(
      name: "Sample \(number)", title: nil, department: nil, start: nil, end: nil, workEmail: address)
    let mark = withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) }
    try store.open(
      NewCase(
        row: Case(id: .random(), stage: .queued, opened: now, since: now, queued: now),
        departure: Departure(
          person: PersonMark(bytes: mark), termination: ValueMark(bytes: mark), start: ValueMark(bytes: mark)),
        seal: [
          .mail: Array((head + body).utf8), .salt: Randomness.bytes(32), .facts: try CaseVault.encode(facts),
          .envelope: try CaseVault.encode(CaseVault.EnvelopePart(recipient: address, messageID: messageID)),
        ],
        entries: []), at: now)
  }
}

import Curl
import Delivery
import Foundation
import Mail
import SMTP
import Sandbox
import Synchronization

/// Plainly invented envelopes, mails and relays.
enum Samples {
  static func address(_ text: String = "robin.sample@acme.example") throws -> Address {
    try Address(parsing: text)
  }

  static func envelope(to recipient: String = "robin.sample@acme.example") throws -> Envelope {
    Envelope(
      sender: try address("bounces+abc@acme.example"), recipient: try address(recipient),
      dsn: DSNRequest(envid: "case-1"))
  }

  static let mail = Array("Subject: Sample\r\n\r\nHello.\r\n.leading dot\r\n".utf8)

  /// More than both sockets can hold, so that the sender must notice what happens amid the body.
  static let longMail = [UInt8](
    repeatElement(Array((String(repeating: "0123456789", count: 7) + "\r\n").utf8), count: 90_000).joined())

  /// Every time-out so long that only a hang that is meant meets one.
  static let patient = SMTPTimeouts(all: .seconds(60))

  /// Short at `phase` alone, so that a slow machine changes nothing but the duration.
  static func impatient(at phase: Phase) -> SMTPTimeouts {
    var timeouts = patient
    switch phase {
    case .mail: timeouts.mail = .milliseconds(200)
    case .rcpt: timeouts.rcpt = .milliseconds(200)
    case .data: timeouts.data = .milliseconds(200)
    case .body: timeouts.block = .milliseconds(200)
    case .dot: timeouts.dot = .milliseconds(200)
    case .quit: timeouts.quit = .milliseconds(200)
    default: timeouts.connect = .seconds(3)
    }
    return timeouts
  }

  /// A login as "sample".
  static func login(
    _ mechanisms: [Relay.Mechanism] = Relay.Mechanism.ofPassword, secret: String = "sample password"
  ) throws -> Relay.Login {
    try Relay.Login(username: "sample", mechanisms: mechanisms) { () throws(Relay.Login.Missing) in Curl.Secret(secret)
    }
  }

  static func relay(
    port: Int, scheme: String = "smtp", tls: Relay.TLS = .none, caFile: String? = nil,
    clientCertificate: WireTarget.ClientCertificate? = nil, tlsMinimum: WireTarget.TLSMinimum = .tls12,
    login: Relay.Login? = nil, timeouts: SMTPTimeouts = patient, idleLimit: Duration = .seconds(600)
  ) throws -> Relay {
    try Relay(
      RelayEndpoint(parsing: "\(scheme)://127.0.0.1:\(port)"), tls: tls, caFile: caFile,
      clientCertificate: clientCertificate, tlsMinimum: tlsMinimum, login: login,
      ehloName: "appliance.acme.example", timeouts: timeouts, idleLimit: idleLimit)
  }
}

/// Counts how often the intent was asked for.
final class Intents: Sendable {
  private let asked = Mutex(0)
  var count: Int { asked.withLock { $0 } }
  func keep() { asked.withLock { $0 += 1 } }
}

/// How a send ended, whether it returned or threw.
enum Sent: Hashable {
  case outcome(Outcome)
  case route(RouteTrouble.Kind, Phase, Int?)
  case intent
}

extension SMTPTransport {
  /// Sends one sample mail.
  func end(
    _ envelope: Envelope, message: [UInt8] = Samples.mail, intent: @escaping @Sendable () throws -> Void = {}
  ) async -> Sent {
    do throws(TransportFailure) {
      return .outcome(try await send(envelope, message: message, intent: intent))
    } catch {
      switch error {
      case .route(let trouble): return .route(trouble.kind, trouble.phase, trouble.code)
      case .intent, .cancelled: return .intent
      }
    }
  }
}

/// A stand-in relay for the length of one test.
func withSink<Result>(
  _ faults: [SMTPFault] = [], _ change: (inout SMTPSinkOptions) -> Void = { _ in },
  test: (SMTPSink, Int) async throws -> Result
) async throws -> Result {
  await Gate.sinks.enter()
  defer { Gate.sinks.leave() }
  var options = SMTPSinkOptions()
  change(&options)
  let sink = try SMTPSink(options, faults: faults)
  let port = try sink.start()
  do {
    let result = try await test(sink, port)
    await sink.stop()
    return result
  } catch {
    await sink.stop()
    throw error
  }
}

/// Lets so many in at once.
///
/// Each stand-in takes sockets on both sides: all at once, they can use up the descriptors of the process, and libcurl
/// then says that it cannot read the CA file.
final class Gate: Sendable {
  static let sinks = Gate(width: 16)

  private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

  init(width: Int) { state = Mutex((width, [])) }

  func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.free == 0 else {
          state.free -= 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free += 1
      return nil
    }
    next?.resume()
  }
}

/// A file that is gone after the test.
func withFile<Result>(_ text: String, test: (String) async throws -> Result) async throws -> Result {
  try await withFiles([text]) { try await test($0[0]) }
}

/// Files that are gone after the test.
func withFiles<Result>(_ texts: [String], test: ([String]) async throws -> Result) async throws -> Result {
  let base = NSTemporaryDirectory() + "/refpassport-\(UUID().uuidString)"
  let paths = texts.indices.map { "\(base)-\($0).pem" }
  defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
  for (path, text) in zip(paths, texts) { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
  return try await test(paths)
}

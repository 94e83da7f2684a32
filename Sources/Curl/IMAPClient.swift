import CCurl

/// One connection to an IMAP server (RFC 3501) on a thread of its own, opened when needed and kept for the next request.
///
/// Messages are fetched by libcurl's own request for one UID, which reads them by the length that the server announces.
/// A fetch written as a command of ours would be searched for the end of the answer instead, and a message can contain
/// that: such a command is never sent.
package actor IMAPClient {
  /// Where, and how to be let in; asked for anew when a connection opens, so that a token may change.
  package typealias Target = @Sendable () throws(IMAPFailure) -> WireTarget

  /// Its name, as commands quote it.
  package nonisolated let mailbox: String
  private let target: Target
  private let thread = CarrierThread()
  private var handle = EasyHandle()
  /// The target of the connection at hand.
  private var opened: WireTarget?

  /// For one request, connection included.
  private static let patience = Duration.seconds(120)
  /// The longest answer to a command.
  private static let longestAnswer = 4 << 20

  /// Nil if the mailbox cannot be named in a command: only printable ASCII without quotes and backslashes can.
  package init?(mailbox: String, target: @escaping Target) {
    guard !mailbox.isEmpty, mailbox.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) else {
      return nil
    }
    self.mailbox = mailbox
    self.target = target
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Sends a command and returns the untagged lines of its answer.
  ///
  /// - Parameters:
  ///   - command: one line of printable ASCII whose answer has no literals.
  ///   - selecting: true to have the mailbox selected before.
  package func command(_ command: String, selecting: Bool = true) throws(IMAPFailure) -> [UInt8] {
    guard command.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw .refused }
    return try perform(selecting ? folder : "/", command: command, limit: Self.longestAnswer)
  }

  /// The message with this UID as it is stored; the server marks it as seen.
  ///
  /// - Throws: `tooLarge` if it is longer than `limit` octets, `gone` if there is none.
  package func message(_ uid: UInt32, limit: Int) throws(IMAPFailure) -> [UInt8] {
    try perform("\(folder)/;UID=\(uid)", command: nil, limit: limit)
  }

  /// Closes the connection.
  package func close() {
    handle = EasyHandle()
    opened = nil
  }

  /// The path of the URL that selects the mailbox (RFC 5092 §4).
  private var folder: String {
    "/"
      + mailbox.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
          String(UnicodeScalar(byte))
        default: "%" + String(byte, radix: 16, uppercase: true)
        }
      }.joined()
  }

  private func perform(_ path: String, command: String?, limit: Int) throws(IMAPFailure) -> [UInt8] {
    let isNew = opened == nil
    let target: WireTarget
    if let opened { target = opened } else { target = try self.target() }
    do throws(IMAPFailure) {
      let octets = try exchange(path, command: command, limit: limit, with: target)
      opened = target
      return octets
    } catch {
      // libcurl tells a refused SELECT as a refused login; who has been let in before is not refused that.
      if !isNew, case .wire(let failure) = error, failure.kind == .login { throw .gone }
      guard isNew, case .wire(let failure) = error, failure.kind == .login, target.offersNone(in: failure.replies)
      else {
        throw error
      }
      // A server without the mechanism may still know the command LOGIN (RFC 3501 §6.2.3).
      var plain = target
      plain.login?.mechanisms = ["+LOGIN"]
      let octets = try exchange(path, command: command, limit: limit, with: plain)
      opened = plain
      return octets
    }
  }

  private func exchange(
    _ path: String, command: String?, limit: Int, with target: WireTarget
  ) throws(IMAPFailure) -> [UInt8] {
    let scheme = target.security == .implicit ? "imaps" : "imap"
    let answer = IMAPAnswerBody(limit: limit)
    let replies = ReplyLog()
    handle.reset()
    handle.prepare(target, protocols: scheme)
    handle.set(CURLOPT_URL, "\(scheme)://\(target.host):\(target.port)\(path)")
    if let command { handle.set(CURLOPT_CUSTOMREQUEST, command) }
    handle.set(CURLOPT_TIMEOUT_MS, Self.patience.milliseconds)
    handle.set(CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, IMAPAnswerBody.onBody, context: answer)
    handle.set(CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA, ReplyLog.onHeader, context: replies)
    handle.endWhenCancelled()
    let code = handle.perform()
    let hasConnected = handle.hasConnected
    // The options name the answer and the credential: neither outlives the call.
    handle.reset()
    switch code {
    case CURLE_OK where !answer.isTooLong: return answer.octets
    case CURLE_QUOTE_ERROR: throw .refused
    case CURLE_REMOTE_FILE_NOT_FOUND: throw .gone
    default:
      close()
      if answer.isTooLong { throw .tooLarge }
      throw .wire(
        WireFailure(
          kind: WireFailure.Kind(code), hasConnected: hasConnected, replies: replies.octets, code: Int(code.rawValue)))
    }
  }
}

extension WireTarget {
  /// True if CAPABILITY names none of the mechanisms of a password login.
  fileprivate func offersNone(in replies: [UInt8]) -> Bool {
    guard let login, case .password = login.credential else { return false }
    let text = String(decoding: replies, as: UTF8.self).uppercased()
    return !login.mechanisms.contains { text.contains("AUTH=\($0)") }
  }
}

/// Why an IMAP request failed.
package enum IMAPFailure: Error, Sendable {
  /// The connection could not be made, secured or kept, or the login was refused.
  case wire(WireFailure)
  /// The server said NO or BAD to a command.
  case refused
  /// There is no such message, or no such mailbox.
  case gone
  case tooLarge
  /// There is no secret to log in with; what to do, in one sentence.
  case noSecret(String)
}

/// The octets of an answer, bounded.
private final class IMAPAnswerBody {
  private let limit: Int
  private(set) var octets: [UInt8] = []
  private(set) var isTooLong = false

  init(limit: Int) { self.limit = limit }

  static let onBody: ccurl_io = { buffer, size, count, context in
    guard let context else { return 0 }
    let answer = Unmanaged<IMAPAnswerBody>.fromOpaque(context).takeUnretainedValue()
    let bytes = UnsafeRawBufferPointer(start: buffer, count: size * count)
    guard bytes.count <= answer.limit - answer.octets.count else {
      answer.isTooLong = true
      return 0
    }
    answer.octets += bytes
    return bytes.count
  }
}

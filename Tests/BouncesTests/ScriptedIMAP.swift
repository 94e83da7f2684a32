import Bounces
import Curl
import Delivery
import Sandbox
import Synchronization

/// A mailbox on loopback behind as much of IMAP as the appliance speaks, with faults to order.
final class ScriptedIMAP: Sendable {
  struct Stored: Sendable {
    var octets: [UInt8]
    var flags: Set<String> = []
  }

  /// What happens at a command instead of its answer.
  enum Fault: Sendable {
    case no
    case close
    /// Closes in the middle of a message.
    case cut
    /// Says this and then OK.
    case says(String)
  }

  private struct State {
    var messages: [UInt32: Stored] = [:]
    var moved: [String: [UInt32]] = [:]
    var commands: [String] = []
    var sessions = 0
  }

  private let listener = LoopbackListener()
  private let state: Mutex<State>
  private let offers: [String]
  private let keepsKeywords: Bool
  private let password: String
  private let fault: @Sendable (String) -> Fault?

  /// - Parameter fault: asked with each command, without its tag.
  init(
    _ messages: [UInt32: String], offers: [String] = ["UIDPLUS", "MOVE"], keepsKeywords: Bool = true,
    password: String = "secret", fault: @escaping @Sendable (String) -> Fault? = { _ in nil }
  ) {
    state = Mutex(State(messages: messages.mapValues { Stored(octets: Array($0.utf8)) }))
    self.offers = offers
    self.keepsKeywords = keepsKeywords
    self.password = password
    self.fault = fault
  }

  var uids: [UInt32] { state.withLock { $0.messages.keys.sorted() } }
  func flags(_ uid: UInt32) -> Set<String> { state.withLock { $0.messages[uid]?.flags ?? [] } }
  var moved: [String: [UInt32]] { state.withLock { $0.moved } }
  var commands: [String] { state.withLock { $0.commands } }
  var sessions: Int { state.withLock { $0.sessions } }

  /// A source that reads this mailbox.
  func source(_ after: IMAPMailbox.After = .delete, most: Int = 5000) throws -> IMAPMailbox {
    let port = try listener.start { [self] in serve($0) }
    return try reader(port, after, most)
  }

  private func reader(_ port: Int, _ after: IMAPMailbox.After, _ most: Int) throws -> IMAPMailbox {
    struct Unnameable: Error {}
    let client = IMAPClient(mailbox: "INBOX") { () throws(IMAPFailure) in
      WireTarget(
        host: "127.0.0.1", port: port, security: .none,
        login: .init(username: "reader", credential: .password(Secret("secret")), mechanisms: ["PLAIN", "LOGIN"]))
    }
    guard let client else { throw Unnameable() }
    return IMAPMailbox(client, after: after, most: most)
  }

  func stop() async { await listener.stop() }

  private func serve(_ stream: LoopbackStream) {
    state.withLock { $0.sessions += 1 }
    stream.write("* OK ready\r\n")
    while let line = stream.line() {
      let words = String(decoding: line.dropLast(), as: UTF8.self).split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2 else { return stream.close() }
      let (tag, command) = (words[0], words[1])
      state.withLock { $0.commands.append(command) }
      switch fault(command) {
      case .no:
        stream.write("\(tag) NO not now\r\n")
        continue
      case .close: return stream.close()
      case .cut:
        stream.write("* 1 FETCH (UID 1 BODY[] {5000}\r\nSubject: cut")
        return stream.close()
      case .says(let text):
        stream.write("\(text)\(tag) OK done\r\n")
        continue
      case nil: break
      }
      let (text, result) = answer(command, stream)
      stream.write(text + "\(tag) \(result)\r\n")
      if command == "LOGOUT" { return stream.close() }
    }
  }

  private func answer(_ command: String, _ stream: LoopbackStream) -> (String, String) {
    let words = command.split(separator: " ").map(String.init)
    switch words.prefix(2).joined(separator: " ") {
    case "CAPABILITY": return ("* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN \(offers.joined(separator: " "))\r\n", "OK")
    case let login where login.hasPrefix("AUTHENTICATE"):
      // base64 of NUL reader NUL secret
      return ("", words.last == "AHJlYWRlcgBzZWNyZXQ=" && password == "secret" ? "OK" : "NO wrong")
    case let status where status.hasPrefix("STATUS"):
      return ("* STATUS INBOX (MESSAGES \(uids.count) UIDVALIDITY 7)\r\n", "OK")
    case "UID SEARCH": return ("* SEARCH\(search(words.dropFirst(2)).map { " \($0)" }.joined())\r\n", "OK")
    case "UID FETCH": return (fetch(words[2], command), "OK")
    case "UID STORE": return store(UInt32(words[2]) ?? 0, words[3], command)
    case "UID EXPUNGE":
      state.withLock { state in
        if let uid = UInt32(words[2]), state.messages[uid]?.flags.contains("\\Deleted") == true {
          state.messages[uid] = nil
        }
      }
      return ("", "OK")
    case "UID MOVE":
      state.withLock { state in
        guard let uid = UInt32(words[2]), state.messages.removeValue(forKey: uid) != nil else { return }
        state.moved[words[3], default: []].append(uid)
      }
      return ("", "OK")
    case let select where select.hasPrefix("SELECT"):
      return ("* \(uids.count) EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n", "OK")
    default: return ("", "OK")
    }
  }

  private func search(_ criteria: ArraySlice<String>) -> [UInt32] {
    state.withLock { state in
      let numbers = Self.range(criteria.first)
      let all = state.messages.keys.sorted().enumerated().filter { numbers.contains($0.offset + 1) }.map(\.element)
      return all.filter { uid in
        guard let message = state.messages[uid] else { return false }
        var rest = criteria.dropFirst()
        while let word = rest.popFirst() {
          let fits =
            switch word {
            case "UNDELETED": !message.flags.contains("\\Deleted")
            case "UNSEEN": !message.flags.contains("\\Seen")
            case "KEYWORD": message.flags.contains(rest.popFirst() ?? "")
            case "UNKEYWORD": !message.flags.contains(rest.popFirst() ?? "")
            default: false
            }
          if !fits { return false }
        }
        return true
      }
    }
  }

  /// `3:8` or `1:*`.
  private static func range(_ text: String?) -> ClosedRange<Int> {
    let ends = (text ?? "").split(separator: ":").map { Int($0) ?? Int.max }
    return ends.count == 2 ? ends[0]...max(ends[0], ends[1]) : 1...0x7FFF_FFFF
  }

  private func fetch(_ list: String, _ command: String) -> String {
    state.withLock { state in
      let uids = list.split(separator: ",").compactMap { UInt32($0) }
      guard command.hasSuffix("BODY[]") else {
        return uids.enumerated().compactMap { number, uid in
          state.messages[uid].map { "* \(number + 1) FETCH (UID \(uid) RFC822.SIZE \($0.octets.count))\r\n" }
        }.joined()
      }
      guard let uid = uids.first, let message = state.messages[uid] else { return "" }
      state.messages[uid]?.flags.insert("\\Seen")
      return
        "* 1 FETCH (UID \(uid) BODY[] {\(message.octets.count)}\r\n\(String(decoding: message.octets, as: UTF8.self)))\r\n"
    }
  }

  private func store(_ uid: UInt32, _ way: String, _ command: String) -> (String, String) {
    guard let begin = command.firstIndex(of: "("), let end = command.lastIndex(of: ")") else { return ("", "BAD") }
    let flag = String(command[command.index(after: begin)..<end])
    guard keepsKeywords || flag.hasPrefix("\\") else { return ("", "NO no keywords here") }
    state.withLock { state in
      if way.hasPrefix("+") { state.messages[uid]?.flags.insert(flag) } else { state.messages[uid]?.flags.remove(flag) }
    }
    return ("", "OK")
  }
}

/// What was handed over, and what to say to it.
final class Taker: Sendable {
  private let taken = Mutex<[String]>([])
  private let disposition: @Sendable (String) throws -> Disposition

  init(_ disposition: @escaping @Sendable (String) throws -> Disposition = { _ in .remove }) {
    self.disposition = disposition
  }

  var messages: [String] { taken.withLock { $0 } }

  func take(_ message: ReceivedMessage) throws -> Disposition {
    let text = String(decoding: message.octets, as: UTF8.self)
    taken.withLock { $0.append(text) }
    return try disposition(text)
  }
}

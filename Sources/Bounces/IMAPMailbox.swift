package import Curl
package import Delivery

/// A mailbox on an IMAP server as a source of reports.
///
/// Keywords (RFC 3501 §2.3.2) tell what was done with a message: `$RefPassportTry1` and `…Try2` stand while it is in hand,
/// so that one on which the process ends is known the next time, and the third time set aside; `$RefPassportAside` and
/// `$RefPassportLeft` keep it from being taken again. Where a server keeps no keywords, the same is remembered until this
/// process ends, and a message that was left is taken once more after that, which moves nothing.
package actor IMAPMailbox: ReportSource {
  /// What becomes of a report that has done its work.
  package enum After: String, Sendable, Hashable, CaseIterable {
    /// Expunged, alone (UID EXPUNGE, RFC 4315); where the server cannot, moved.
    case delete
    /// To the mailbox `RefPassport-Done` (RFC 6851).
    case move
    /// Left where it is, marked.
    case keep
  }

  /// Messages that one search, and one question for sizes, is about: libcurl 7.88.1 gives up a line of more than 8 KB, and
  /// an answer of more than 4 KB in several lines.
  private static let range = 400
  private static let batch = 25

  private let client: IMAPClient
  private let after: After
  private let most: Int
  /// UIDs not to be taken again, under this UIDVALIDITY.
  private var done: Set<UInt32> = []
  private var validity: UInt32?

  /// - Parameter most: messages that one look reaches; the rest is for the next.
  package init(_ client: IMAPClient, after: After = .delete, most: Int = Collected.most) {
    self.client = client
    self.after = after
    self.most = most
  }

  package func collect(
    _ take: @Sendable (ReceivedMessage) async throws -> Disposition
  ) async throws(ReportSourceFailure) -> Collected {
    let result: Result<Collected, ReportSourceFailure>
    do throws(IMAPFailure) {
      result = try await look(take)
    } catch {
      result = .failure(.unreadable(error.advice))
    }
    await client.close()
    return try result.get()
  }

  private func look(
    _ take: @Sendable (ReceivedMessage) async throws -> Disposition
  ) async throws(IMAPFailure) -> Result<Collected, ReportSourceFailure> {
    let plan = try await plan()
    var collected = Collected(isComplete: plan.items.count <= most)
    for item in plan.items.prefix(most) {
      guard item.tries < 3, item.size <= ReceivedMessage.longest else {
        try await mark(item.uid, .aside)
        collected.setAside += 1
        continue
      }
      await keep(item.uid, item.tries == 0 ? .firstTry : .secondTry)
      let octets: [UInt8]
      do throws(IMAPFailure) {
        octets = try await client.message(item.uid, limit: ReceivedMessage.longest)
      } catch .gone {
        continue
      } catch .tooLarge {
        try await mark(item.uid, .aside)
        collected.setAside += 1
        continue
      }
      let disposition: Disposition
      do {
        disposition = try await take(ReceivedMessage(octets: octets))
      } catch {
        // Nothing is wrong with the message.
        await forget(item)
        return .failure(.notTaken(error))
      }
      collected.taken += 1
      switch disposition {
      case .remove: try await remove(item.uid, plan.offers)
      case .leave:
        try await mark(item.uid, .left)
        if item.isUnseen { await quietly("UID STORE \(item.uid) -FLAGS.SILENT (\\Seen)") }
      }
    }
    return .success(collected)
  }
}

extension IMAPMailbox {
  private enum Keyword: String {
    case firstTry = "$RefPassportTry1"
    case secondTry = "$RefPassportTry2"
    case aside = "$RefPassportAside"
    case left = "$RefPassportLeft"
  }

  private struct Plan {
    struct Item {
      let uid: UInt32
      let size: Int
      /// How often it was in hand when the process ended.
      let tries: Int
      let isUnseen: Bool
    }
    var offers: Set<String>
    var items: [Item] = []
  }

  /// What waits, oldest first, as far as one look goes; if more waits, at least one item more than that.
  private func plan() async throws(IMAPFailure) -> Plan {
    var plan = Plan(offers: try await client.offers())
    let status = try await state()
    if status.validity == nil || status.validity != validity { done = [] }
    validity = status.validity
    guard status.messages != 0 else { return plan }
    let count = Int(status.messages ?? 0)
    for first in stride(from: 1, through: max(count, 1), by: Self.range) where plan.items.count <= most {
      // A server that could not count is asked about all at once.
      let range = count == 0 ? "1:*" : "\(first):\(min(first + Self.range - 1, count))"
      plan.items += try await items(in: range)
    }
    return plan
  }

  /// What waits among the messages with these numbers.
  private func items(in range: String) async throws(IMAPFailure) -> [Plan.Item] {
    let untouched = "UNDELETED UNKEYWORD \(Keyword.aside.rawValue) UNKEYWORD \(Keyword.left.rawValue)"
    let uids = try await search("\(range) \(untouched)").filter { !done.contains($0) }
    guard !uids.isEmpty else { return [] }
    let once = Set(try await search("\(range) KEYWORD \(Keyword.firstTry.rawValue)"))
    let twice = Set(try await search("\(range) KEYWORD \(Keyword.secondTry.rawValue)"))
    let unseen = Set(try await search("\(range) UNSEEN"))
    var items: [Plan.Item] = []
    for begin in stride(from: 0, to: uids.count, by: Self.batch) {
      let some = uids[begin..<min(begin + Self.batch, uids.count)]
      let list = some.map(String.init).joined(separator: ",")
      let sizes = IMAPAnswer(try await client.command("UID FETCH \(list) (RFC822.SIZE)")).sizes
      // A message without a size is gone since, or the answer was not understood: the fetch is bounded in any case.
      items += some.map { uid in
        Plan.Item(
          uid: uid, size: sizes[uid] ?? 0, tries: twice.contains(uid) ? 3 : once.contains(uid) ? 1 : 0,
          isUnseen: unseen.contains(uid))
      }
    }
    return items
  }

  private func search(_ criteria: String) async throws(IMAPFailure) -> [UInt32] {
    IMAPAnswer(try await client.command("UID SEARCH \(criteria)")).found
  }

  /// A mailbox that cannot tell has numbers that are good for one look only.
  private func state() async throws(IMAPFailure) -> IMAPClient.Status {
    do throws(IMAPFailure) {
      return try await client.status()
    } catch {
      guard case .refused = error else { throw error }
      return IMAPClient.Status()
    }
  }

  private func remove(_ uid: UInt32, _ offers: Set<String>) async throws(IMAPFailure) {
    if after == .delete, offers.contains("UIDPLUS") {
      _ = try await client.command("UID STORE \(uid) +FLAGS.SILENT (\\Deleted)")
      // Plain EXPUNGE would take away what others have marked.
      _ = try await client.command("UID EXPUNGE \(uid)")
    } else if after != .keep, offers.contains("MOVE") {
      await quietly("CREATE RefPassport-Done")
      _ = try await client.command("UID MOVE \(uid) RefPassport-Done")
    } else {
      try await mark(uid, .left)
    }
  }

  /// Keeps a message from being taken again.
  private func mark(_ uid: UInt32, _ keyword: Keyword) async throws(IMAPFailure) {
    done.insert(uid)
    await keep(uid, keyword)
  }

  private func keep(_ uid: UInt32, _ keyword: Keyword) async {
    await quietly("UID STORE \(uid) +FLAGS.SILENT (\(keyword.rawValue))")
  }

  /// Takes back what stands for a message in hand.
  private func forget(_ item: Plan.Item) async {
    let keyword: Keyword = item.tries == 0 ? .firstTry : .secondTry
    await quietly("UID STORE \(item.uid) -FLAGS.SILENT (\(keyword.rawValue))")
  }

  /// A command that may fail without harm: a server without keywords, a mailbox that is there already. A connection that
  /// is lost shows with the next one.
  private func quietly(_ command: String) async { _ = try? await client.command(command) }
}

extension IMAPClient {
  /// What `check` shows of the mailbox.
  package struct Status: Sendable, Hashable {
    package var messages: UInt32?
    package var validity: UInt32?
  }

  package func status() throws(IMAPFailure) -> Status {
    let answer = IMAPAnswer(try command("STATUS \"\(mailbox)\" (MESSAGES UIDVALIDITY)", selecting: false))
    return Status(messages: answer.status("MESSAGES"), validity: answer.status("UIDVALIDITY"))
  }

  /// The words of CAPABILITY after the login, in upper case.
  package func offers() throws(IMAPFailure) -> Set<String> {
    IMAPAnswer(try command("CAPABILITY", selecting: false)).capabilities
  }
}

extension IMAPFailure {
  /// What to do, in one sentence without anything personal.
  package var advice: String {
    switch self {
    case .refused: "the server refuses a command; look at the mailbox in bounces.imap_url"
    case .gone: "there is no such mailbox; look at the path of bounces.imap_url"
    case .tooLarge: "the server's answer is longer than any mailbox needs"
    case .noSecret(let sentence): sentence
    case .wire(let failure):
      switch failure.kind {
      case .unresolvable: "the server's name cannot be resolved; look at bounces.imap_url and at DNS"
      case .unreachable: "nothing answers; look at bounces.imap_url and at the firewall"
      case .timedOut: "the server did not answer in time; look at bounces.imap_url, its port and the firewall"
      case .lost: "the server closed the connection; the next look tries again"
      case .tlsNotOffered: "the server offers no STARTTLS; use imaps:// in bounces.imap_url"
      case .handshake: "the server agrees to no TLS; imaps:// in bounces.imap_url is for TLS from the start (port 993)"
      case .untrusted:
        "the server's certificate is not trusted or names another host; look at bounces.ca_file and bounces.imap_url"
      case .caFile: "the certificates of bounces.ca_file cannot be read"
      case .clientCertificate: "the client certificate cannot be read"
      case .login, .refused:
        "the server refuses the login; look at bounces.username and at its password or token"
      case .unintelligible: "what answers does not speak IMAP; look at the port and at imap:// or imaps://"
      case .other: "the connection failed (libcurl code \(failure.code)); look at bounces.imap_url"
      }
    }
  }
}

import Bounces
import Curl
import Delivery
import Settings

// Whether the mailbox to which bounces come can be read; no message is opened.
extension CheckCommand {
  static func bounces(_ configuration: Settings.Configuration) async -> [Finding] {
    var findings: [Finding] = []
    if let imap = configuration.bounces.imap { findings += await mailbox(imap) }
    if let maildir = configuration.bounces.maildir { findings.append(Self.maildir(maildir)) }
    return findings
  }

  private static func maildir(_ path: String) -> Finding {
    do throws(ReportSourceFailure) {
      return Finding(.passed, "bounces", "the Maildir \(path) can be read; \(try Maildir(path).count()) messages wait")
    } catch {
      guard case .unreadable(let sentence) = error else { return Finding(.failed, "bounces", path) }
      return Finding(.failed, "bounces", "\(path): \(sentence)")
    }
  }

  private static func mailbox(_ imap: Settings.Configuration.Bounces.IMAP) async -> [Finding] {
    do {
      let client = try Wiring.client(imap)
      let offers = try await client.offers()
      let status = try await client.status()
      await client.close()
      var findings = [
        Finding(
          .passed, "bounces",
          "\(imap.endpoint) answers, \(imap.tls == .none ? "in clear" : "encrypted and verified"), "
            + "logged in with a \(imap.takesToken ? "token" : "password"); \(status.messages ?? 0) messages are there")
      ]
      findings.append(removal(imap.after, offers))
      return findings
    } catch let failure as IMAPFailure {
      return [Finding(.failed, "bounces", "\(imap.endpoint): \(failure.advice)")]
    } catch {
      return [Finding(.failed, "bounces", CommandFailure(error).sentence)]
    }
  }

  /// What will become of reports there, by what the server offers.
  static func removal(_ after: Settings.Configuration.Bounces.After, _ offers: Set<String>) -> Finding {
    let name = "bounces, afterwards"
    switch after {
    case .keep: return Finding(.passed, name, "reports are marked and stay in the mailbox")
    case .delete where offers.contains("UIDPLUS"):
      return Finding(.passed, name, "a report that has done its work is deleted, alone (UIDPLUS)")
    case .delete where offers.contains("MOVE"):
      return Finding(
        .warning, name,
        "the server cannot delete one message alone (no UIDPLUS), so reports are moved to RefPassport-Done: empty it "
          + "by a rule of the server")
    case .move where offers.contains("MOVE"):
      return Finding(.passed, name, "a report that has done its work is moved to RefPassport-Done")
    case .delete, .move:
      return Finding(
        .warning, name,
        "the server offers neither UIDPLUS nor MOVE, so reports are marked and stay: they hold addresses; empty the "
          + "mailbox by a rule of the server")
    }
  }
}

import Foundation
import Testing

@testable import Settings

@Suite struct WarningTests {
  /// The keys the warnings begin with.
  private func warned(_ yaml: String, _ environment: [String: String] = [:]) throws -> [String] {
    try Bench(yaml).load(environment).warnings.map { String($0.prefix { $0 != ":" }) }
  }

  private static let unwatched = minimal + "\nconfirm: {unwatched: true}"

  @Test("that silence confirms is always said, and is all there is to say of a careful configuration")
  func silence() throws {
    #expect(try warned(Self.unwatched) == ["confirm.unwatched"])
  }

  @Test(
    "where a person must confirm, that is said with the key to look at",
    arguments: [
      (["REFPASSPORT_CONFIRM_REQUIRES": "quiet"], "bounces: nobody reads them"),
      (["REFPASSPORT_CONFIRM_REQUIRES": "delivered"], "confirm.requires: nobody reads reports"),
      (["REFPASSPORT_CONFIRM_REQUIRES": "relayed"], "confirm.requires: nobody reads reports"),
      (
        ["REFPASSPORT_CONFIRM_REQUIRES": "delivered", "REFPASSPORT_BOUNCES_MAILDIR": "/srv/bounces"],
        "confirm.requires: many mail systems report no delivery"
      ),
      (
        ["REFPASSPORT_CONFIRM_REQUIRES": "relayed", "REFPASSPORT_BOUNCES_MAILDIR": "/srv/bounces"],
        "confirm.requires: a relay whose next hop"
      ),
    ])
  func operatorNeeded(_ environment: [String: String], _ sentence: String) throws {
    let warnings = try Bench().load(environment).warnings
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix(sentence) == true)
    #expect(warnings.first?.contains("waits for an operator") == true)
  }

  @Test("where bounces are read, a quiet period longer than the relay's queue needs no word, and unwatched is in vain")
  func watched() throws {
    let maildir = ["REFPASSPORT_BOUNCES_MAILDIR": "/srv/bounces"]
    #expect(try Bench().load(maildir).warnings.isEmpty)
    let inVain = try Bench(Self.unwatched).load(maildir).warnings
    #expect(inVain == ["confirm.unwatched: has no effect while bounces are read; leave it out"])
  }

  @Test(
    "what is unwise is said under its key",
    arguments: [
      ("REFPASSPORT_CONFIRM_QUIET_PERIOD", "119h", "confirm.quiet_period"),
      ("REFPASSPORT_CONFIRM_QUIET_PERIOD", "120h", "confirm.quiet_period"),
      ("REFPASSPORT_SMTP_TLS", "opportunistic", "smtp.tls"),
      ("REFPASSPORT_BOB_POLL_EVERY", "59s", "bob.poll_every"),
      ("REFPASSPORT_BOB_REREAD_AFTER", "19s", "bob.reread_after"),
      ("REFPASSPORT_PURGE_LATEST_AFTER", "20d", "purge.latest_after"),
      ("REFPASSPORT_CONSOLE_LISTEN", "0.0.0.0:8480", "console.listen"),
    ])
  func unwise(_ variable: String, _ value: String, _ key: String) throws {
    #expect(Set(try warned(Self.unwatched, [variable: value])) == [key, "confirm.unwatched"])
  }

  @Test("a case must not be closed before silence could confirm it")
  func closedTooSoon() throws {
    let yaml = Self.unwatched + "\npurge: {latest_after: 6d, held_after: 1d, undeliverable_after: 1d}"
    #expect(try warned(yaml) == ["confirm.unwatched", "purge.latest_after"])
  }
}

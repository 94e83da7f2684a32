import Foundation
import Testing

@testable import Settings

@Suite struct WarningTests {
  /// The keys the warnings begin with.
  private func warned(_ yaml: String, _ environment: [String: String] = [:]) throws -> [String] {
    try Bench(yaml).load(environment).warnings.map { String($0.prefix { $0 != ":" }) }
  }

  private static let watched = minimal + "\nbounces: {maildir: /srv/bounces}"

  @Test("a configuration that watches bounces and waits long enough is silent")
  func silent() throws {
    #expect(try warned(Self.watched).isEmpty)
  }

  @Test("without bounces and without a word on silence, cases wait for an operator")
  func operatorNeeded() throws {
    let warnings = try Bench().load().warnings
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("bounces: nobody reads bounces") == true)
    #expect(warnings.first?.contains("waits for an operator") == true)
    #expect(try warned(minimal, ["REFPASSPORT_CONFIRM_REQUIRES": "delivered"]).isEmpty)
  }

  @Test(
    "what is unwise is said under its key",
    arguments: [
      ("REFPASSPORT_CONFIRM_QUIET_PERIOD", "119h", "confirm.quiet_period"),
      ("REFPASSPORT_CONFIRM_UNWATCHED", "true", "confirm.unwatched"),
      ("REFPASSPORT_BOUNCES_IMAP_URL", "imaps://mail.acme.example", "bounces.username"),
      ("REFPASSPORT_SMTP_TLS", "opportunistic", "smtp.tls"),
      ("REFPASSPORT_BOB_POLL_EVERY", "59s", "bob.poll_every"),
      ("REFPASSPORT_BOB_REREAD_AFTER", "19s", "bob.reread_after"),
      ("REFPASSPORT_PURGE_LATEST_AFTER", "20d", "purge.latest_after"),
      ("REFPASSPORT_CONSOLE_LISTEN", "0.0.0.0:8480", "console.listen"),
    ])
  func unwise(_ variable: String, _ value: String, _ key: String) throws {
    #expect(try warned(Self.watched, [variable: value]) == [key])
  }

  @Test("a case must not be closed before silence could confirm it")
  func closedTooSoon() throws {
    let yaml = Self.watched + "\npurge: {latest_after: 6d, held_after: 1d, undeliverable_after: 1d}"
    #expect(try warned(yaml) == ["purge.latest_after"])
  }
}

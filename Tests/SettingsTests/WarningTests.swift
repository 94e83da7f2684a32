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
    "where nothing but a person can confirm, that is said",
    arguments: [
      ("REFPASSPORT_CONFIRM_REQUIRES", "quiet", "bounces: nobody reads them"),
      ("REFPASSPORT_BOUNCES_MAILDIR", "/srv/bounces", "bounces: this version does not read them"),
      (
        "REFPASSPORT_CONFIRM_REQUIRES", "delivered",
        "confirm.requires: this version reads no reports of delivery"
      ),
      (
        "REFPASSPORT_CONFIRM_REQUIRES", "relayed",
        "confirm.requires: this version reads no reports of delivery"
      ),
    ])
  func operatorNeeded(_ variable: String, _ value: String, _ sentence: String) throws {
    let warnings = try Bench().load([variable: value]).warnings
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix(sentence) == true)
    #expect(warnings.first?.contains("every case waits for an operator") == true)
  }

  @Test(
    "what is unwise is said under its key",
    arguments: [
      ("REFPASSPORT_CONFIRM_QUIET_PERIOD", "119h", "confirm.quiet_period"),
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

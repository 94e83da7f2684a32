import Delivery
import Foundation
import Testing

@testable import Settings

/// The files below `config/` say what the code does.
@Suite struct ShippedFilesTests {
  private static let config = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("config")

  private func shipped(_ name: String) throws -> String {
    try String(contentsOf: Self.config.appendingPathComponent(name), encoding: .utf8)
  }

  @Test("the shipped retry policy is the standard one")
  func retryPolicy() throws {
    let path = Self.config.appendingPathComponent("retry-policy.yaml").path
    #expect(try RetryPolicyFile.load(file: path) == .standard)
  }

  @Test("the shipped configuration loads, and its values are the defaults wherever there is one")
  func configuration() throws {
    let bench = try Bench(shipped("refpassport.yaml"))
    let shipped = try bench.load()
    let standard = try Bench().load()
    let chosen: Set<SettingKey> = [
      .organisationTimeZone, .smtpBounceAddress, .retryPolicy, .noticesHR, .noticesOps, .noticesOfficer,
    ]
    let defaults = Dictionary(uniqueKeysWithValues: standard.settings.map { ($0.key, $0.value) })
    for setting in shipped.settings where !chosen.contains(setting.key) {
      #expect(setting.value == defaults[setting.key], "\(setting.key.rawValue)")
    }
    #expect(shipped.warnings.map { $0.prefix { $0 != ":" } } == ["bounces"])
  }

  @Test("the shipped configuration explains every key")
  func everyKey() throws {
    let lines = try shipped("refpassport.yaml").components(separatedBy: "\n")
    for key in SettingKey.allCases {
      let word = key.rawValue.split(separator: ".").last.map(String.init) ?? ""
      let indices = lines.indices.filter {
        let line = lines[$0].trimmingCharacters(in: .whitespaces)
        return line.hasPrefix("\(word):") || line.hasPrefix("#\(word):")
      }
      #expect(!indices.isEmpty, "\(key.rawValue) is not there")
      for index in indices {
        #expect(
          lines[index - 1].trimmingCharacters(in: .whitespaces).hasPrefix("# "),
          "\(key.rawValue) has no comment")
      }
    }
  }

  @Test(
    "the unit keeps memory off the disk and the service in its box",
    arguments: [
      "LimitCORE=0", "MemorySwapMax=0", "UMask=0077", "NoNewPrivileges=yes", "PrivateTmp=yes",
      "ProtectSystem=strict",
      "StateDirectory=refpassport", "CapabilityBoundingSet=", "SystemCallFilter=@system-service",
      "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
      "ExecStart=/usr/bin/refpassport run --config /etc/refpassport/refpassport.yaml",
    ])
  func unit(_ line: String) throws {
    #expect(try shipped("refpassport.service").components(separatedBy: "\n").contains(line))
  }

  @Test("the unit of one of several companies is the same, but for its user and its places")
  func template() throws {
    var told = try shipped("refpassport@.service")
    for (own, common) in [
      (" of %i:", ":"), ("/etc/refpassport/%i/", "/etc/refpassport/"), ("refpassport-%i", "refpassport"),
      ("Directory=refpassport/%i", "Directory=refpassport"), ("encrypted/%i-", "encrypted/"),
    ] {
      #expect(told.contains(own))
      told = told.replacing(own, with: common)
    }
    func body(_ unit: String) -> Substring { unit[(unit.range(of: "[Unit]")?.lowerBound ?? unit.endIndex)...] }
    #expect(body(told) == body(try shipped("refpassport.service")))
    #expect(!body(told).isEmpty)
  }

  @Test("no crash report of the service shows registers")
  func backtrace() throws {
    let line = try #require(
      try shipped("refpassport.service").components(separatedBy: "\n").first {
        $0.contains("SWIFT_BACKTRACE")
      })
    for setting in ["registers=none", "images=none", "sanitize=yes"] { #expect(line.contains(setting)) }
  }
}

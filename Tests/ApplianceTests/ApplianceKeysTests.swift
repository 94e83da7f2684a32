import Audit
import Cryptography
import Foundation
import Mail
import Reference
import Testing

@testable import refpassport

@Suite("Keys: made once, as a whole set, for the owner only")
struct ApplianceKeysTests {
  static let now = Timestamp(seconds: 1_790_000_000)

  /// A data directory that is gone afterwards.
  private func inDirectory(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test("the first start makes them, the second reads the same")
  func madeOnce() throws {
    try inDirectory { directory in
      let made = try ApplianceKeys.open(dataDirectory: directory, organisation: "Acme Ltd", at: Self.now)
      let read = try ApplianceKeys.open(dataDirectory: directory, organisation: "Acme Ltd", at: Self.now)
      #expect(made.ledger.publicKey == read.ledger.publicKey)
      #expect(try made.issuer.root.pem == read.issuer.root.pem)
      #expect(Wiring.origin(of: made, domain: "acme.example") == Wiring.origin(of: read, domain: "acme.example"))
      let files = FileManager.default
      for name in try #require(files.subpaths(atPath: directory + "/keys")) {
        let attributes = try files.attributesOfItem(atPath: directory + "/keys/" + name)
        let mode = try #require(attributes[.posixPermissions] as? Int)
        #expect(mode & 0o077 == 0, "\(name) is for its owner only")
      }
    }
  }

  @Test("an appliance that has run and lost its keys does not start over with new ones")
  func lost() throws {
    try inDirectory { directory in
      _ = try ApplianceKeys.open(dataDirectory: directory, organisation: "Acme Ltd", at: Self.now)
      try Data().write(to: URL(filePath: directory + "/refpassport.db"))
      try FileManager.default.removeItem(atPath: directory + "/keys")
      #expect {
        try ApplianceKeys.open(dataDirectory: directory, organisation: "Acme Ltd", at: Self.now)
      } throws: { error in
        CommandFailure(error).exit == .usage && CommandFailure(error).sentence.contains("restore")
      }
    }
  }

  @Test("a backup takes all but the ledger's key; restored, all are as they were, and the ledger's is another")
  func backedUp() throws {
    try inDirectory { directory in
      let made = try ApplianceKeys.open(dataDirectory: directory, organisation: "Acme Ltd", at: Self.now)
      let files = try ApplianceKeys.backupFiles(in: directory + "/keys")
      #expect(
        files.map(\.path).sorted() == [
          "issuer/record.key.pem", "issuer/root.key.pem", "issuer/root.pem", "issuer/sealing.key.pem",
          "issuer/sealing.pem", "mark.key", "return-path.key",
        ])
      let secret = try made.ledger.pem
      for (path, bytes) in files {
        #expect(bytes.withBytes { String(decoding: $0, as: UTF8.self) } != secret, "\(path)")
      }
      let set = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.bytes) })

      let again = try ApplianceKeys.restore(set, to: directory + "/new", current: directory + "/keys")
      #expect(try again.issuer.root.pem == made.issuer.root.pem)
      #expect(again.issuer.record.publicKey == made.issuer.record.publicKey)
      #expect(again.mark.withBytes { Array($0) } == made.mark.withBytes { Array($0) })
      #expect(again.ledger.publicKey != made.ledger.publicKey)
      #expect(Wiring.origin(of: again, domain: "acme.example") != Wiring.origin(of: made, domain: "acme.example"))

      // A file that no backup of ours has is not written, and another appliance's keys are not replaced.
      var foreign = set
      foreign["../escaped"] = SecretKey([UInt8](repeating: 1, count: 40))
      foreign["mark.key"] = SecretKey([UInt8](repeating: 2, count: 32))
      #expect(throws: ApplianceKeys.Failure.self) {
        try ApplianceKeys.restore(foreign, to: directory + "/third", current: directory + "/keys")
      }
      _ = try ApplianceKeys.restore(foreign, to: directory + "/fourth", current: directory + "/none")
      #expect(!FileManager.default.fileExists(atPath: directory + "/escaped"))
      foreign["mark.key"] = nil
      #expect(throws: ApplianceKeys.Failure.self) {
        try ApplianceKeys.restore(foreign, to: directory + "/fifth", current: directory + "/none")
      }
    }
  }

  @Test("what a crash left half made is made anew")
  func halfMade() throws {
    try inDirectory { directory in
      try FileManager.default.createDirectory(atPath: directory + "/keys.new/issuer", withIntermediateDirectories: true)
      _ = try ApplianceKeys.open(dataDirectory: directory, organisation: "Acme Ltd", at: Self.now)
      #expect(!FileManager.default.fileExists(atPath: directory + "/keys.new"))
    }
  }

  @Test("a key that others can read is refused")
  func readable() throws {
    try inDirectory { directory in
      _ = try ApplianceKeys.open(dataDirectory: directory, organisation: "Acme Ltd", at: Self.now)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o644], ofItemAtPath: directory + "/keys/mark.key")
      #expect {
        try ApplianceKeys.load(from: directory + "/keys")
      } throws: { CommandFailure($0).sentence.contains("chmod 600") }
    }
  }
}

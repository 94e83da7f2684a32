import Cryptography
import Foundation
import Testing

@testable import Reference

/// Keys are saved whole or not at all, and loaded only if nobody else can read them.
@Suite struct IssuerKeysTests {
  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }

  @Test func whatWasSavedIsLoaded() throws {
    let scratch = try ScratchDirectory()
    let directory = "\(scratch.path)/keys"
    let keys = try Employer().keys
    try keys.save(to: directory)
    #expect(try mode(directory) == 0o700)
    for file in IssuerKeys.File.allCases { #expect(try mode("\(directory)/\(file.rawValue)") == 0o600) }
    let loaded = try IssuerKeys.load(from: directory)
    #expect(loaded.record.publicKey == keys.record.publicKey)
    #expect(loaded.leaf.der == keys.leaf.der)
    #expect(loaded.root.der == keys.root.der)
    #expect(loaded.rootKey != nil)
    // Nothing else is left beside them.
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["keys"])
  }

  @Test func keysThatAreThereAreNotOverwritten() throws {
    let scratch = try ScratchDirectory()
    let directory = "\(scratch.path)/keys"
    let first = try Employer().keys
    try first.save(to: directory)
    #expect(throws: ReferenceError.keysExist) { try Employer().keys.save(to: directory) }
    #expect(try IssuerKeys.load(from: directory).record.publicKey == first.record.publicKey)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["keys"])
  }

  @Test func aDirectoryThatCannotBeMadeIsAnError() throws {
    #expect(throws: ReferenceError.keysNotSaved(errno: ENOENT)) {
      try Employer().keys.save(to: "/nowhere/else/keys")
    }
  }

  @Test(arguments: IssuerKeys.File.allCases, [0o640, 0o604, 0o660, 0o601])
  func aFileThatOthersCanReachIsRefused(file: IssuerKeys.File, mode: Int) throws {
    let scratch = try ScratchDirectory()
    let directory = "\(scratch.path)/keys"
    try Employer().keys.save(to: directory)
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: "\(directory)/\(file.rawValue)")
    #expect(throws: ReferenceError.keysReadable(file: file.rawValue)) { try IssuerKeys.load(from: directory) }
  }

  @Test(arguments: IssuerKeys.File.allCases)
  func aMissingFileIsNamed(file: IssuerKeys.File) throws {
    let scratch = try ScratchDirectory()
    let directory = "\(scratch.path)/keys"
    try Employer().keys.save(to: directory)
    try FileManager.default.removeItem(atPath: "\(directory)/\(file.rawValue)")
    if file == .rootKey {
      // The root key may be kept elsewhere.
      #expect(try IssuerKeys.load(from: directory).rootKey == nil)
    } else {
      #expect(throws: ReferenceError.keysUnusable(file: file.rawValue, reason: "missing")) {
        try IssuerKeys.load(from: directory)
      }
    }
  }

  @Test(arguments: IssuerKeys.File.allCases)
  func aFileOfAnotherSetOrOfNothingIsRefused(file: IssuerKeys.File) throws {
    let scratch = try ScratchDirectory()
    try Employer().keys.save(to: "\(scratch.path)/keys")
    try Employer().keys.save(to: "\(scratch.path)/other")
    let path = "\(scratch.path)/keys/\(file.rawValue)"
    func replace(_ bytes: Data) throws {
      try bytes.write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
    try replace(Data("no key\n".utf8))
    #expect(throws: ReferenceError.keysUnusable(file: file.rawValue, reason: "does not hold what it should")) {
      try IssuerKeys.load(from: "\(scratch.path)/keys")
    }
    try replace(Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/other/\(file.rawValue)")))
    if file == .record {
      // Any record key is as good as another: DNS says which one is meant.
      #expect(throws: Never.self) { try IssuerKeys.load(from: "\(scratch.path)/keys") }
    } else {
      #expect(throws: ReferenceError.self) { try IssuerKeys.load(from: "\(scratch.path)/keys") }
    }
  }

  @Test func rotationKeepsTheRootAndNeedsItsKey() async throws {
    let employer = try Employer()
    let rotated = try employer.keys.rotated(organisation: "Acme Ltd", at: Employer.issued)
    #expect(rotated.root.der == employer.keys.root.der)
    #expect(rotated.leaf.der != employer.keys.leaf.der)
    #expect(rotated.record.publicKey != employer.keys.record.publicKey)
    let offline = IssuerKeys(
      record: rotated.record, sealing: rotated.sealing, leaf: rotated.leaf, root: rotated.root, rootKey: nil)
    #expect(throws: ReferenceError.keysUnusable(file: "root.key.pem", reason: "needed to make a new leaf")) {
      try offline.rotated(organisation: "Acme Ltd", at: Employer.issued)
    }
  }

  @Test func theDNSRecordIsWhatAVerifierReads() throws {
    let employer = try Employer()
    let record = employer.keys.dnsRecord(selector: employer.selector, domain: "acme.example")
    #expect(record.name == "REF1._refpassport.acme.example")
    #expect(record.value.hasPrefix("v=refpassport1; k=ed25519; p="))
    #expect(PublishedKey(record.value, version: "refpassport1")?.key == employer.keys.record.publicKey)
  }

  @Test(arguments: [
    ("REF1", true), ("2025Q1", true), ("a", true), ("", false), ("REF-1", false), ("réf", false),
  ])
  func aSelectorIsLettersAndDigits(text: String, isSelector: Bool) {
    #expect((KeySelector(text) != nil) == isSelector)
    #expect(KeySelector(String(repeating: "a", count: 63)) != nil)
    #expect(KeySelector(String(repeating: "a", count: 64)) == nil)
  }

  @Test(arguments: [
    "", "v=refpassport1", "v=refpassport2; k=ed25519; p=AAAA", "v=refpassport1; k=rsa; p=AAAA",
    "v=refpassport1; k=ed25519; p=AAAA", "v=refpassport1; k=ed25519; p=!", "k=ed25519",
    "v=refpassport1; v=refpassport1; k=ed25519; p=AAAA", "v=refpassport1 k=ed25519",
  ])
  func aTextThatIsNoKeyIsPassedOver(text: String) {
    #expect(PublishedKey(text, version: "refpassport1") == nil)
  }

  @Test func aLongNameOfAnOrganisationStillMakesCertificates() throws {
    let name = String(repeating: "Gesellschaft für Beispiele ", count: 9)
    #expect(throws: Never.self) { try IssuerKeys.generate(organisation: name, at: Employer.issued) }
  }

  @Test func keysDoNotPrintThemselves() throws {
    let keys = try Employer().keys
    #expect("\(keys.sealing)" == "SealingKey(redacted)")
    #expect(!String(reflecting: keys).contains("PRIVATE"))
  }
}

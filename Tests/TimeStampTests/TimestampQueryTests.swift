import Foundation
import Testing

@testable import TimeStamp

@Suite("A query holds a digest and a random number, and nothing else")
struct TimestampQueryTests {
  @Test("whatever it asks about, it is as long and differs in digest and nonce alone")
  func nothingElse() throws {
    let canary = Array("Zephyrine Quillfeather z.quillfeather@acme.example".utf8)
    let questions = [[], canary, canary + canary, [UInt8](repeating: 7, count: 100_000)]
    for bytes in questions {
      let query = TimestampQuery(over: bytes)
      let nonce = try #require(query.nonce)
      // TimeStampReq { 1, { { sha256, NULL }, digest }, nonce, TRUE } (RFC 3161 §2.4.1), octet for octet.
      let sha256: [UInt8] = [0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00]
      let imprint = [0x30, 0x31] + sha256 + [0x04, 0x20] + query.digest
      let content = [0x02, 0x01, 0x01] + imprint + [0x02, 0x09] + nonce + [0x01, 0x01, 0xFF]
      #expect(try query.der() == [0x30, UInt8(content.count)] + content)
    }
  }

  @Test("another program reads it as it is meant")
  func foreign() throws {
    let authority = try TestAuthority.shared.get()
    let text = try authority.text(of: try TimestampQuery(over: Array("checkpoint".utf8)).der())
    for line in [
      "Version: 1", "Hash Algorithm: sha256", "Policy OID: unspecified", "Certificate required: yes", "Nonce: 0x01",
    ] {
      #expect(text.contains(line), "\(text)")
    }
    #expect(!text.contains("Extensions:\n  "))
  }

  @Test("no two queries share a nonce")
  func nonces() {
    let nonces = (0..<1000).map { _ in TimestampQuery(over: []).nonce }
    #expect(Set(nonces).count == 1000)
    #expect(nonces.allSatisfy { $0?.count == 9 && $0?.first == 1 })
  }
}

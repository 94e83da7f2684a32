import Cryptography
import Testing

@Suite("Keys from passphrases")
struct PassphraseKeyTests {
  @Test("the vector of RFC 7914, section 12, at N = 2^14")
  func vector() throws {
    let key = try PassphraseKey.derive(
      from: SecretKey(Array("pleaseletmein".utf8)), salt: Array("SodiumChloride".utf8), cost: 14)
    #expect(
      key.withBytes { Hex.encode(Array($0)) } == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
  }

  @Test("no empty passphrase, none too cheap, none too dear", arguments: [0, 13, 21, 255] as [UInt8])
  func bounds(cost: UInt8) {
    #expect(throws: CryptographyError.self) {
      try PassphraseKey.derive(from: SecretKey([1, 2, 3]), salt: [1], cost: cost)
    }
    #expect(throws: CryptographyError.self) { try PassphraseKey.derive(from: SecretKey([]), salt: [1], cost: 14) }
  }
}

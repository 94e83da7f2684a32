import Testing

@testable import Cryptography

@Suite("a sealed text opens only under its key and context, unchanged")
struct SealingTests {
  let key = SecretKey(Array(0..<32))
  let text = Array("Head of Lighthouse Keeping".utf8)
  let context = Array("leaver:7".utf8)

  struct Vector: Sendable {
    let key, nonce, plaintext, context, ciphertext, tag: String
  }

  @Test(
    "AES-256-GCM vectors of the GCM submission to NIST (cases 13, 14, 16)",
    arguments: [
      Vector(
        key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), plaintext: "",
        context: "", ciphertext: "", tag: "530f8afbc74536b9a963b4f1c4cb738b"),
      Vector(
        key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12),
        plaintext: String(repeating: "00", count: 16), context: "",
        ciphertext: "cea7403d4d606b6e074ec5d3baf39d18", tag: "d0d1c8a799996bf0265b98b5d48ab919"),
      Vector(
        key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        nonce: "cafebabefacedbaddecaf888",
        plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        context: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        ciphertext: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ])
  func knownTexts(vector: Vector) throws {
    let key = SecretKey(try #require(Hex.decode(vector.key)))
    let plaintext = try #require(Hex.decode(vector.plaintext))
    let context = try #require(Hex.decode(vector.context))
    let sealed = try AES256GCM.seal(
      plaintext, key: key, authenticating: context, nonce: try #require(Hex.decode(vector.nonce)))
    #expect(Hex.encode(sealed) == vector.nonce + vector.ciphertext + vector.tag)
    #expect(try AES256GCM.open(sealed, key: key, authenticating: context) == plaintext)
  }

  @Test("any length opens again", arguments: [0, 1, 15, 16, 17, 4096, 65_537])
  func roundTrip(length: Int) throws {
    let text = Randomness.bytes(length)
    let sealed = try AES256GCM.seal(text, key: key, authenticating: context)
    #expect(sealed.count == length + AES256GCM.overhead)
    #expect(try AES256GCM.open(sealed, key: key, authenticating: context) == text)
  }

  @Test("every flipped bit, in nonce, ciphertext or tag, is noticed")
  func everyBitCounts() throws {
    let sealed = try AES256GCM.seal(text, key: key, authenticating: context)
    for bit in 0..<(sealed.count * 8) {
      var changed = sealed
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: CryptographyError.authenticationFailed) {
        try AES256GCM.open(changed, key: key, authenticating: context)
      }
    }
  }

  @Test("another key, another context, or a part of the text opens nothing")
  func foreignOpenings() throws {
    let sealed = try AES256GCM.seal(text, key: key, authenticating: context)
    #expect(throws: CryptographyError.authenticationFailed) {
      try AES256GCM.open(sealed, key: SecretKey(randomOfSize: 32), authenticating: context)
    }
    for other in [[], Array("leaver:8".utf8)] {
      #expect(throws: CryptographyError.authenticationFailed) {
        try AES256GCM.open(sealed, key: key, authenticating: other)
      }
    }
    for length in 0..<sealed.count {
      #expect(throws: CryptographyError.authenticationFailed) {
        try AES256GCM.open(Array(sealed[..<length]), key: key, authenticating: context)
      }
    }
  }

  @Test("a key of another length is refused", arguments: [0, 16, 31, 33])
  func wrongKeyLength(length: Int) {
    let reason = CryptographyError.unusableKey(reason: "an AES-256 key has 32 bytes")
    let short = SecretKey(Array(repeating: 7, count: length))
    #expect(throws: reason) { try AES256GCM.seal(text, key: short, authenticating: context) }
    let anything = [UInt8](repeating: 0, count: 40)
    #expect(throws: reason) { try AES256GCM.open(anything, key: short, authenticating: context) }
  }

  @Test("the same text is never sealed twice into the same bytes")
  func noncesDiffer() throws {
    let sealed = try (0..<64).map { _ in try AES256GCM.seal(text, key: key, authenticating: context) }
    #expect(Set(sealed.map { Array($0[..<12]) }).count == 64)
  }

  @Test("a secret key lends its bytes, and prints none of them")
  func secretKeyIsRedacted() {
    let key = SecretKey(Array("sesame-sesame-12".utf8))
    #expect(key.count == 16)
    #expect(key.withBytes { Array($0) } == Array("sesame-sesame-12".utf8))
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), String(describing: [key]), dumped] {
      #expect(text.contains("redacted") && !text.contains("sesame") && !text.contains("115"))
    }
  }

  @Test("random keys and bytes have the length asked for, and differ")
  func randomness() {
    #expect(Randomness.bytes(0) == [])
    #expect(Set((0..<100).map { _ in Randomness.bytes(16) }).count == 100)
    #expect(Randomness.bytes(33).count == 33)
    #expect(SecretKey().count == 32)
    #expect(SecretKey().withBytes { Array($0) } != SecretKey().withBytes { Array($0) })
  }
}

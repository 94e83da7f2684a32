import Cryptography
import Testing

@Suite("SHA-256 and HMAC follow the published vectors")
struct DigestTests {
  @Test(
    "SHA-256 of the FIPS 180-4 examples",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func knownDigests(text: String, digest: String) {
    #expect(Hex.encode(SHA256.hash(Array(text.utf8))) == digest)
    #expect(Hex.encode(SHA256.hash(text.utf8)) == digest)
  }

  @Test("a million letters, in pieces of uneven size")
  func longMessage() {
    let stream = SHA256Stream()
    var left = 1_000_000
    var piece = 1
    while left > 0 {
      let size = min(piece, left)
      stream.update([UInt8](repeating: UInt8(ascii: "a"), count: size))
      left -= size
      piece = piece * 3 % 4099 + 1
    }
    #expect(
      Hex.encode(stream.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("a finished stream starts afresh, and takes bytes, arrays and slices alike")
  func streamIsReusable() {
    let stream = SHA256Stream()
    stream.update([1, 2, 3])
    _ = stream.finish()
    stream.update(byte: UInt8(ascii: "a"))
    stream.update(Array("xbcx".utf8)[1...2])
    #expect(stream.finish() == SHA256.hash("abc".utf8))
    #expect(stream.finish() == SHA256.hash([]))
  }

  struct Code: Sendable {
    let key: [UInt8]
    let data: [UInt8]
    let code: String
  }

  @Test(
    "HMAC-SHA-256 of RFC 4231 §4",
    arguments: [
      Code(
        key: Array(repeating: 0x0b, count: 20), data: Array("Hi There".utf8),
        code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
      Code(
        key: Array("Jefe".utf8), data: Array("what do ya want for nothing?".utf8),
        code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
      Code(
        key: Array(repeating: 0xaa, count: 20), data: Array(repeating: 0xdd, count: 50),
        code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
      Code(
        key: Array(1...25), data: Array(repeating: 0xcd, count: 50),
        code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
      Code(
        key: Array(repeating: 0xaa, count: 131),
        data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
      Code(
        key: Array(repeating: 0xaa, count: 131),
        data: Array(
          ("This is a test using a larger than block-size key and a larger than block-size data. "
            + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
        code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ])
  func knownCodes(vector: Code) {
    #expect(Hex.encode(HMACSHA256.code(key: vector.key, vector.data)) == vector.code)
    let middle = vector.data.count / 3
    let inParts = HMACSHA256.code(
      key: SecretKey(vector.key), Array(vector.data[..<middle]), [], Array(vector.data[middle...]))
    #expect(Hex.encode(inParts) == vector.code)
  }

  @Test("an empty key and an empty message have a code too")
  func emptyKey() {
    let code = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    #expect(Hex.encode(HMACSHA256.code(key: [])) == code)
    #expect(Hex.encode(HMACSHA256.code(key: SecretKey([]), [])) == code)
  }

  @Test("comparison sees every difference, length included")
  func comparison() {
    let bytes: [UInt8] = [1, 2, 3, 4]
    #expect(HMACSHA256.constantTimeEquals(bytes, [1, 2, 3, 4]))
    #expect(HMACSHA256.constantTimeEquals([], []))
    for position in bytes.indices {
      var other = bytes
      other[position] ^= 0x80
      #expect(!HMACSHA256.constantTimeEquals(bytes, other))
    }
    #expect(!HMACSHA256.constantTimeEquals(bytes, [1, 2, 3]))
    #expect(!HMACSHA256.constantTimeEquals(bytes, [1, 2, 3, 4, 0]))
  }
}

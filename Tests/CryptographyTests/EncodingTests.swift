import Cryptography
import Testing

@Suite("hex and base64 have one form for each byte string")
struct EncodingTests {
  @Test(
    "base64 of RFC 4648 §10",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ])
  func base64(text: String, encoded: String) {
    #expect(Base64Standard.encode(Array(text.utf8)) == encoded)
    #expect(Base64Standard.decode(encoded) == Array(text.utf8))
    let bare = String(encoded.prefix { $0 != "=" })
    #expect(Base64URL.encode(Array(text.utf8)) == bare)
    #expect(Base64URL.decode(bare) == Array(text.utf8))
  }

  @Test("the two alphabets differ in their last two characters")
  func alphabets() {
    let bytes: [UInt8] = [0xfb, 0xff, 0xfe]
    #expect(Base64Standard.encode(bytes) == "+//+")
    #expect(Base64URL.encode(bytes) == "-__-")
    #expect(Base64Standard.decode("-__-") == nil)
    #expect(Base64URL.decode("+//+") == nil)
  }

  @Test(
    "standard base64 in any looser form is refused",
    arguments: [
      "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "=", "Zg==Zg==", "Zm 9v", "Zm9v\n", "Zm9\u{e9}",
      "Zg=A",
    ])
  func looseBase64(text: String) {
    #expect(Base64Standard.decode(text) == nil)
  }

  @Test(
    "base64url in any looser form is refused",
    arguments: ["Z", "Zg==", "Zh", "Zm9", "Zm9vY", "Zm9v ", "Zm.v"])
  func looseBase64URL(text: String) {
    #expect(Base64URL.decode(text) == nil)
  }

  @Test("hex is written in lower case and read in both")
  func hex() {
    #expect(Hex.encode([0x00, 0x7f, 0xa0, 0xff]) == "007fa0ff")
    #expect(Hex.decode("007FA0ff") == [0x00, 0x7f, 0xa0, 0xff])
    #expect(Hex.decode("") == [])
    for text in ["0", "0g", "00 ", "\u{ff10}0", "0x00"] { #expect(Hex.decode(text) == nil) }
  }

  @Test("every length comes back", arguments: 0...70)
  func roundTrip(length: Int) {
    let bytes = Randomness.bytes(length)
    #expect(Base64Standard.decode(Base64Standard.encode(bytes)) == bytes)
    #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
    #expect(Hex.decode(Hex.encode(bytes)) == bytes)
  }
}

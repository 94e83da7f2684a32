import Cryptography
import Testing

@Suite("Ed25519 signs and verifies as RFC 8032 says")
struct Ed25519Tests {
  struct Vector: Sendable {
    let seed, key, message, signature: String
  }

  @Test(
    "the vectors of RFC 8032 §7.1",
    arguments: [
      Vector(
        seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
        signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
          + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
      Vector(
        seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
        signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
      Vector(
        seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
        signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
          + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ])
  func knownSignatures(vector: Vector) throws {
    let key = try Ed25519.PrivateKey(seed: SecretKey(try #require(Hex.decode(vector.seed))))
    let message = try #require(Hex.decode(vector.message))
    #expect(Hex.encode(key.publicKey.raw) == vector.key)
    #expect(Hex.encode(try key.sign(message)) == vector.signature)
    let publicKey = try Ed25519.PublicKey(raw: try #require(Hex.decode(vector.key)))
    let signature = try #require(Hex.decode(vector.signature))
    #expect(publicKey.isValid(signature: signature, for: message))
    #expect(!publicKey.isValid(signature: signature, for: message + [0]))
    #expect(!publicKey.isValid(signature: Array(signature.dropLast()), for: message))
    #expect(!publicKey.isValid(signature: signature + [0], for: message))
    for position in signature.indices {
      var changed = signature
      changed[position] ^= 1
      #expect(!publicKey.isValid(signature: changed, for: message))
    }
  }

  @Test("S + L in place of S is no second signature for the same text (RFC 8032 §5.1.7)")
  func signaturesAreNotMalleable() throws {
    let key = try Ed25519.PrivateKey.generate()
    var signature = try key.sign([1, 2, 3])
    let order = try #require(Hex.decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"))
    var carry = 0
    for position in 0..<32 {
      carry += Int(signature[32 + position]) + Int(order[position])
      signature[32 + position] = UInt8(carry & 255)
      carry >>= 8
    }
    #expect(!key.publicKey.isValid(signature: signature, for: [1, 2, 3]))
  }

  @Test("a key survives the way through PEM")
  func pemRoundTrip() throws {
    let key = try Ed25519.PrivateKey.generate()
    let pem = try key.pem
    #expect(pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    let again = try Ed25519.PrivateKey(pem: pem)
    #expect(again.publicKey == key.publicKey)
    #expect(try again.sign([4, 2]) == key.sign([4, 2]))
  }

  @Test("the PEM key of RFC 8410 §10.3 is read")
  func knownPEM() throws {
    let pem = """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
      -----END PRIVATE KEY-----

      """
    let key = try Ed25519.PrivateKey(pem: pem)
    #expect(Base64Standard.encode(key.publicKey.raw) == "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")
    #expect(try key.pem == pem)
  }

  static let notEd25519 = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VuBCIEIHgI9AhZsnz2ZZaJNTZ4CsMMWPOVlbOWbkFYsFSeqxJl
    -----END PRIVATE KEY-----

    """

  @Test(
    "what is no Ed25519 private key is refused, and nothing asks for a pass phrase",
    arguments: [
      "", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", notEd25519,
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg=\n"
        + "-----END ENCRYPTED PRIVATE KEY-----\n",
    ])
  func foreignPEM(text: String) {
    #expect {
      try Ed25519.PrivateKey(pem: text)
    } throws: { error in
      if case CryptographyError.unusableKey = error { true } else { false }
    }
  }

  @Test("a public key has 32 bytes", arguments: [0, 31, 33, 64])
  func publicKeyLength(count: Int) {
    #expect(throws: CryptographyError.self) {
      try Ed25519.PublicKey(raw: Array(repeating: 1, count: count))
    }
  }

  @Test("the signature of another key does not count, and no key prints its bytes")
  func otherKey() throws {
    let key = try Ed25519.PrivateKey.generate()
    let other = try Ed25519.PrivateKey.generate()
    #expect(key.publicKey != other.publicKey)
    #expect(!other.publicKey.isValid(signature: try key.sign([7]), for: [7]))
    #expect("\(key)" == "Ed25519.PrivateKey(redacted)")
  }
}

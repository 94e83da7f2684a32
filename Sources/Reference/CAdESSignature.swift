import Cryptography
import SwiftASN1

/// The CMS signature of a PDF: CAdES baseline B, detached, ECDSA P-256 with SHA-256 (ETSI EN 319 122-1, RFC
/// 5652).
///
/// Signed attributes are content-type, message-digest and signing-certificate-v2; signing-time is left out,
/// because PAdES takes the time from the PDF (EN 319 142-1 §6.3). Everything but the signature value follows
/// from the certificates and the digest, so a verifier can build the same bytes again and compare.
struct CAdESSignature: Sendable {
  let leaf: Certificate
  /// Certificates above the leaf, in the order in which they are written.
  let chain: [Certificate]
  /// SHA-256 of what is signed.
  let digest: [UInt8]

  private static let data: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 7, 1]
  private static let signedData: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 7, 2]
  private static let contentType: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 3]
  private static let messageDigest: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 4]
  private static let signingCertificateV2: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 16, 2, 47]
  private static let sha256: ASN1ObjectIdentifier = [2, 16, 840, 1, 101, 3, 4, 2, 1]
  private static let ecdsaWithSHA256: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]

  /// Signs with the key of the leaf; DER bytes of a ContentInfo.
  func signed(by key: SealingKey) throws -> [UInt8] { try assembled(signature: key.sign(signedAttributes())) }

  /// The bytes that are signed: the attributes as a SET OF (RFC 5652 §5.4).
  func signedAttributes() throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serializeSetOf([
      try attribute(Self.contentType) { try $0.serialize(Self.data) },
      try attribute(Self.messageDigest) { try $0.serialize(ASN1OctetString(contentBytes: digest[...])) },
      try attribute(Self.signingCertificateV2) { serializer in
        // SigningCertificateV2 { certs { ESSCertIDv2 { certHash } } }; SHA-256 is the default (RFC 5035 §3).
        try serializer.appendConstructedNode(identifier: .sequence) { serializer in
          try serializer.appendConstructedNode(identifier: .sequence) { serializer in
            try serializer.appendConstructedNode(identifier: .sequence) { serializer in
              try serializer.serialize(ASN1OctetString(contentBytes: SHA256.hash(leaf.der)[...]))
            }
          }
        }
      },
    ])
    return serializer.serializedBytes
  }

  /// The ContentInfo around a signature value.
  func assembled(signature: [UInt8]) throws -> [UInt8] {
    let signer = try signerInfo(signature: signature)
    var serializer = DER.Serializer()
    try serializer.appendConstructedNode(identifier: .sequence) { serializer in
      try serializer.serialize(Self.signedData)
      try serializer.appendConstructedNode(identifier: .contextTag(0)) { serializer in
        try serializer.appendConstructedNode(identifier: .sequence) { serializer in
          try serializer.serialize(1)
          try serializer.appendConstructedNode(identifier: .set) { try Self.digestAlgorithm(&$0) }
          try serializer.appendConstructedNode(identifier: .sequence) { try $0.serialize(Self.data) }
          serializer.appendConstructedNode(identifier: .contextTag(0)) { serializer in
            for certificate in [leaf] + chain { serializer.serializeRawBytes(certificate.der) }
          }
          serializer.appendConstructedNode(identifier: .set) { $0.serializeRawBytes(signer) }
        }
      }
    }
    return serializer.serializedBytes
  }

  private func signerInfo(signature: [UInt8]) throws -> [UInt8] {
    // In the message the attributes are tagged [0] instead of SET (RFC 5652 §5.4).
    let attributes = [UInt8(0xA0)] + (try signedAttributes()).dropFirst()
    let identifier = try leaf.issuerDER + leaf.serialDER
    var serializer = DER.Serializer()
    try serializer.appendConstructedNode(identifier: .sequence) { serializer in
      try serializer.serialize(1)
      serializer.appendConstructedNode(identifier: .sequence) { $0.serializeRawBytes(identifier) }
      try Self.digestAlgorithm(&serializer)
      serializer.serializeRawBytes(attributes)
      try serializer.appendConstructedNode(identifier: .sequence) { try $0.serialize(Self.ecdsaWithSHA256) }
      try serializer.serialize(ASN1OctetString(contentBytes: signature[...]))
    }
    return serializer.serializedBytes
  }

  private static func digestAlgorithm(_ serializer: inout DER.Serializer) throws {
    try serializer.appendConstructedNode(identifier: .sequence) { try $0.serialize(sha256) }
  }

  private func attribute(
    _ type: ASN1ObjectIdentifier, value: (inout DER.Serializer) throws -> Void
  ) throws -> WrittenNode {
    var serializer = DER.Serializer()
    try serializer.appendConstructedNode(identifier: .sequence) { serializer in
      try serializer.serialize(type)
      try serializer.appendConstructedNode(identifier: .set) { try value(&$0) }
    }
    return WrittenNode(bytes: serializer.serializedBytes)
  }
}

/// DER that is already written.
private struct WrittenNode: DERSerializable {
  let bytes: [UInt8]
  func serialize(into serializer: inout DER.Serializer) throws { serializer.serializeRawBytes(bytes) }
}

extension ASN1Identifier {
  fileprivate static func contextTag(_ number: UInt) -> ASN1Identifier {
    ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
  }
}

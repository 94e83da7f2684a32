package import Cryptography
package import Mail

/// The keys by which an organisation signs references.
package struct IssuerKeys: Sendable {
  /// Signs records, credentials and bindings; its public half stands in DNS.
  package let record: Ed25519.PrivateKey
  /// Seals PDFs.
  package let sealing: SealingKey
  /// The certificate of `sealing`.
  package let leaf: Certificate
  /// The root above `leaf`; readers may pin it.
  package let root: Certificate
  /// Signs new leaves; nil if it was taken off this machine, which daily work does not miss.
  package let rootKey: SealingKey?

  /// A fresh set for `organisation` (its legal name), with certificates that live about 40 years from `now`.
  package static func generate(organisation: String, at now: Timestamp) throws -> IssuerKeys {
    let rootKey = try SealingKey.generate(curve: "P-384")
    let root = try CertificateMaker.root(organisation: organisation, key: rootKey, at: now)
    let sealing = try SealingKey.generate(curve: "P-256")
    let leaf = try CertificateMaker.leaf(
      organisation: organisation, key: sealing, root: root, rootKey: rootKey, at: now)
    return IssuerKeys(record: try .generate(), sealing: sealing, leaf: leaf, root: root, rootKey: rootKey)
  }

  /// The same root with a fresh record key, sealing key and leaf: what `keys rotate` writes.
  ///
  /// Throws `.keysUnusable` if the root key is not on this machine.
  package func rotated(organisation: String, at now: Timestamp) throws -> IssuerKeys {
    guard let rootKey else {
      throw ReferenceError.keysUnusable(
        file: IssuerKeys.File.rootKey.rawValue, reason: "needed to make a new leaf")
    }
    let sealing = try SealingKey.generate(curve: "P-256")
    let leaf = try CertificateMaker.leaf(
      organisation: organisation, key: sealing, root: root, rootKey: rootKey, at: now)
    return IssuerKeys(record: try .generate(), sealing: sealing, leaf: leaf, root: root, rootKey: rootKey)
  }

  /// What `keys dns` prints: the TXT record to publish.
  package func dnsRecord(selector: KeySelector, domain: String) -> (name: String, value: String) {
    (
      name: selector.dnsName(below: domain),
      value: "v=refpassport1; k=ed25519; p=\(Base64Standard.encode(record.publicKey.raw))"
    )
  }
}

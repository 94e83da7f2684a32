package import Cryptography

/// Asks DNS for TXT records.
///
/// Implemented by `DNS`; by a table in tests.
package protocol TXTLookup: Sendable {
  /// The texts at `name`, the strings of each record joined; empty if the name or the type does not exist.
  ///
  /// Throws if no answer could be had, which proves nothing.
  func texts(at name: String) async throws -> [String]
}

/// A record key as it is published in DNS: `v=refpassport1; k=ed25519; p=BASE64`.
package struct PublishedKey: Hashable, Sendable {
  package let key: Ed25519.PublicKey

  /// The two labels under which keys are published, each with its version tag.
  static let places = [
    (label: "_refpassport", version: "refpassport1"), (label: "_workreferences", version: "workreferences1"),
  ]

  /// Reads a TXT record of `version`; nil if it is anything else.
  ///
  /// Unknown tags are passed over, as in DKIM (RFC 6376 §3.6.1).
  package init?(_ text: String, version: String) {
    var tags: [String: String] = [:]
    guard text.utf8.count <= 4096 else { return nil }
    for part in text.split(separator: ";") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2 else { return nil }
      let name = pair[0].filter { !$0.isWhitespace }
      guard tags.updateValue(pair[1].filter { !$0.isWhitespace }, forKey: name) == nil else { return nil }
    }
    guard
      tags["v"] == version, tags["k"] == "ed25519",
      let bytes = tags["p"].flatMap({ Base64Standard.decode($0) }),
      let key = try? Ed25519.PublicKey(raw: bytes)
    else { return nil }
    self.key = key
  }
}

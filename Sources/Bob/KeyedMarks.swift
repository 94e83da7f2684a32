package import Cryptography

/// Marks by HMAC-SHA-256; every part goes in with its length, so that no two lists of parts look alike.
package struct KeyedMarks: MarkKey {
  private let key: SecretKey

  package init(key: SecretKey) { self.key = key }

  package func mark(_ label: String, _ parts: [String]) -> [UInt8] {
    var framed: [UInt8] = []
    framed.reserveCapacity(128)
    for part in [label] + parts {
      withUnsafeBytes(of: UInt32(part.utf8.count).bigEndian) { framed.append(contentsOf: $0) }
      framed.append(contentsOf: part.utf8)
    }
    return HMACSHA256.code(key: key, framed)
  }
}

/// Encoded words (RFC 2047): text beyond ASCII in headers, in words of at most 75 characters that never split a character.
package enum EncodedWord {
  /// One word, or several with a space between, which readers drop again (§6.2). UTF-8, B encoding.
  package static func encode(_ text: String) -> String {
    // A word may have 75 characters, a line with one 76 (§2): 36 octets make 60, which leaves room for a field's name.
    var words: [String] = []
    var chunk: [UInt8] = []
    for scalar in text.unicodeScalars {
      let octets = Array(String(scalar).utf8)
      if chunk.count + octets.count > 36 {
        words.append(word(chunk))
        chunk = []
      }
      chunk += octets
    }
    if !chunk.isEmpty || words.isEmpty { words.append(word(chunk)) }
    return words.joined(separator: " ")
  }

  private static func word(_ octets: [UInt8]) -> String { "=?utf-8?b?\(Base64.encode(octets))?=" }
}

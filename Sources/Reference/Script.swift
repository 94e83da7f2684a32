/// Which language's shapes a text wants where Chinese, Japanese and Korean share characters.
enum Script {
  /// Kana says Japanese and Hangul says Korean, whatever the organisation's language is; Han alone says
  /// nothing.
  static func language(of text: String, default language: String) -> String {
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x3040...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D: return "ja"
      case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7AF: return "ko"
      default: continue
      }
    }
    return language
  }
}

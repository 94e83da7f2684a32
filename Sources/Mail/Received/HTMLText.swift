/// The words of an HTML text, without its tags (HTML 4 and whatever mail programs make of it).
enum HTMLText {
  /// Tags that end a line.
  private static let breaks: Set<String> = [
    "br", "p", "/p", "div", "/div", "tr", "/tr", "li", "h1", "h2", "h3", "pre", "td", "hr",
  ]

  private static let entities: [String: UInt8] = [
    "lt": 0x3C, "gt": 0x3E, "amp": 0x26, "quot": 0x22, "nbsp": 0x20, "#64": 0x40, "#039": 0x27, "#39": 0x27,
    "#60": 0x3C, "#62": 0x3E,
  ]

  static func plain(_ html: ArraySlice<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(html.count)
    var index = html.startIndex
    while index < html.endIndex {
      switch html[index] {
      case UInt8(ascii: "<"):
        let end = html[index...].prefix(2048).firstIndex(of: UInt8(ascii: ">"))
        guard let end else {
          text.append(html[index])
          index += 1
          continue
        }
        let tag = html[(index + 1)..<end]
        if tag.contains(UInt8(ascii: "@")), !tag.contains(0x20) {
          // No tag: an address in brackets that nobody has escaped.
          text += html[index...end]
        } else {
          let name = tag.prefix { $0 > 0x20 }.prefix(8)
          text.append(breaks.contains(String(decoding: name, as: UTF8.self).lowercased()) ? 0x0A : 0x20)
        }
        index = end + 1
      case UInt8(ascii: "&"):
        let name = html[(index + 1)...].prefix(8).prefix { $0 != UInt8(ascii: ";") }
        let end = name.endIndex
        if end < html.endIndex, html[end] == UInt8(ascii: ";"),
          let octet = entities[String(decoding: name, as: UTF8.self).lowercased()]
        {
          text.append(octet)
          index = end + 1
        } else {
          text.append(html[index])
          index += 1
        }
      case 0x0A, 0x0D:
        text.append(0x20)
        index += 1
      default:
        text.append(html[index])
        index += 1
      }
    }
    return text
  }
}

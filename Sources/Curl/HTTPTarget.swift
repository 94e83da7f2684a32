import CCurl

/// Where a request goes, read by libcurl's own parser, so that what is checked and what is used cannot
/// differ.
struct HTTPTarget: Sendable, Hashable {
  let isSecure: Bool
  /// The host alone: all that an error may name.
  let host: String

  init(url: String) throws(HTTPFailure) {
    guard !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
      throw .unusable("the URL has spaces or controls")
    }
    guard let handle = curl_url() else { throw .other(code: Int(CURLE_OUT_OF_MEMORY.rawValue)) }
    defer { curl_url_cleanup(handle) }
    guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK else {
      throw .unusable("the URL cannot be read")
    }
    func part(_ part: CURLUPart) -> String? {
      var text: UnsafeMutablePointer<CChar>?
      guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
      defer { curl_free(text) }
      return String(cString: text)
    }
    guard let scheme = part(CURLUPART_SCHEME), scheme == "http" || scheme == "https" else {
      throw .unusable("the URL is neither http nor https")
    }
    guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else {
      throw .unusable("the URL has a user or password in it")
    }
    guard let host = part(CURLUPART_HOST), !host.isEmpty else { throw .unusable("the URL has no host") }
    isSecure = scheme == "https"
    self.host = host.lowercased()
  }

  var isLoopback: Bool { Loopback.contains(host) }
}

/// The names and addresses of this machine itself.
package enum Loopback {
  /// True for `localhost`, 127.0.0.0/8 and ::1, the latter with or without brackets.
  package static func contains(_ host: String) -> Bool {
    if host.lowercased() == "localhost" || host == "::1" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

/// What a scan looks for when it is about no case: things that may lie in no file of ours at any time.
package struct ScanShapes: Sendable, Hashable {
  /// The organisation's mail domain: an address in it has no business in `data_dir`.
  ///
  /// Nil to leave it out.
  package var domain: String?

  package init(domain: String?) { self.domain = domain }

  /// The needles, in every encoding: addresses, documents, mails.
  var needles: [Needle] {
    var texts = ["%PDF-1.", "%PDF-2.", "Content-Transfer-Encoding:", "Content-Disposition:"]
    if let domain, domain.utf8.count >= 5 { texts.append("@\(domain)") }
    var seen: Set<BytePattern> = []
    return texts.flatMap { text in
      TextEncoding.allCases.flatMap { encoding in
        encoding.patterns(of: text).compactMap { pattern in
          guard pattern.bytes.count >= ByteMatcher.shortest, seen.insert(pattern).inserted else { return nil }
          return Needle("shape", encoding.rawValue, pattern, of: nil, strong: true)
        }
      }
    }
  }
}

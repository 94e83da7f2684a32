import CIDN2
import Mail

/// Internationalised domains by libidn2: IDNA 2008 without transitional spellings (RFC 5891, UTS #46).
package struct IDN2Domains: DomainEncoder {
  package init() {}

  /// Why a domain was refused; libidn2's number says more and holds nothing of the domain.
  package struct Refusal: Error, Hashable, Sendable {
    package let code: Int32
  }

  /// The domain in A-labels, lower case; throws `Refusal`.
  package func asciiDomain(_ domain: String) throws -> String {
    // A NUL would end the C string early and another domain would be encoded.
    guard !domain.utf8.contains(0) else { throw Refusal(code: Int32(IDN2_DISALLOWED.rawValue)) }
    var output: UnsafeMutablePointer<CChar>?
    let flags = Int32(IDN2_NFC_INPUT.rawValue) | Int32(IDN2_NONTRANSITIONAL.rawValue)
    let code = idn2_to_ascii_8z(domain, &output, flags)
    guard code == Int32(IDN2_OK.rawValue), let output else { throw Refusal(code: code) }
    defer { idn2_free(output) }
    return String(cString: output)
  }
}

/// The employer on whose behalf the appliance speaks: what is printed, signed and used as the ledger's origin.
package struct Organisation: Sendable, Hashable {
  /// The legal name, as printed on the reference.
  package var name: String
  /// The DNS domain (A-label form) under which the record key is published.
  package var domain: String
  /// The BCP 47 locale of texts, such as `en-GB`; names a directory below `mail-templates/`.
  package var locale: String
  /// The IANA time zone in which a date begins and ends.
  package var timeZone: String
  /// A PNG file drawn at the head of the reference; nil for none.
  package var logo: String?

  package init(name: String, domain: String, locale: String = "en-GB", timeZone: String = "UTC", logo: String? = nil) {
    self.name = name
    self.domain = domain
    self.locale = locale
    self.timeZone = timeZone
    self.logo = logo
  }
}

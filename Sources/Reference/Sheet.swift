import Audit
import Cryptography
package import Mail

/// Everything that is drawn on a reference: the whole input of the drawing, so that a child process can do
/// it.
package struct Sheet: Hashable, Sendable {
  /// One line of the table of facts.
  package struct Row: Hashable, Sendable {
    /// Which fact it is, as `IssueFailure.unprintable` names it.
    package let field: String
    package let label: String
    package let value: String
    /// Larger, for the person's name.
    package let isProminent: Bool

    package init(field: String, label: String, value: String, isProminent: Bool = false) {
      self.field = field
      self.label = label
      self.value = value
      self.isProminent = isProminent
    }
  }

  /// A line of small print at the foot, such as a fingerprint.
  package struct Note: Hashable, Sendable {
    package let label: String
    package let value: String

    package init(label: String, value: String) {
      self.label = label
      self.value = value
    }
  }

  /// BCP 47; chooses between Chinese, Japanese and Korean shapes of shared characters.
  package var language: String
  package var organisation: String
  /// A PNG file's bytes; nil for none.
  package var logo: [UInt8]?
  package var heading: String
  package var subheading: String
  package var rows: [Row]
  package var statement: String
  package var verifyHeading: String
  package var verifySteps: [String]
  /// What the QR code holds.
  package var link: String
  package var notes: [Note]
  /// The document's creation time.
  package var created: Timestamp

  package init(
    language: String, organisation: String, logo: [UInt8]?, heading: String, subheading: String, rows: [Row],
    statement: String, verifyHeading: String, verifySteps: [String], link: String, notes: [Note],
    created: Timestamp
  ) {
    self.language = language
    self.organisation = organisation
    self.logo = logo
    self.heading = heading
    self.subheading = subheading
    self.rows = rows
    self.statement = statement
    self.verifyHeading = verifyHeading
    self.verifySteps = verifySteps
    self.link = link
    self.notes = notes
    self.created = created
  }
}

extension Sheet: CustomStringConvertible, CustomReflectable {
  package var description: String { "<sheet>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

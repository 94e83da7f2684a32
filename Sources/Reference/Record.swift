import Audit
import Cryptography

/// What the RefPassport Standard says of a person: `{name, role, dates, text, nonce}`, all of them text.
package struct Record: Hashable, Sendable {
  package let name: String
  /// The job title; empty if the employer holds none.
  package let role: String
  /// Free text such as `4 March 2019 – 30 September 2026`.
  package let dates: String
  /// One or two sentences that name the employer and the department.
  package let text: String
  /// 16 random bytes, base64url: makes the digest of a record unguessable.
  package let nonce: String

  package init(
    name: String, role: String, dates: String, text: String,
    nonce: String = Base64URL.encode(Randomness.bytes(16))
  ) {
    self.name = name
    self.role = role
    self.dates = dates
    self.text = text
    self.nonce = nonce
  }

  /// The bytes that are signed: RFC 8785, because the public draft names no canonical form.
  package func signedBytes() throws -> [UInt8] { try json.bytes() }

  var json: CanonicalJSON {
    .object([
      "name": .string(name), "role": .string(role), "dates": .string(dates), "text": .string(text),
      "nonce": .string(nonce),
    ])
  }

  /// Reads a record that has exactly the five members; nil otherwise.
  init?(_ json: CanonicalJSON) {
    guard
      let members = json.object, members.count == 5, let name = members["name"]?.string,
      let role = members["role"]?.string, let dates = members["dates"]?.string,
      let text = members["text"]?.string,
      let nonce = members["nonce"]?.string
    else { return nil }
    self.init(name: name, role: role, dates: dates, text: text, nonce: nonce)
  }
}

extension Record: CustomStringConvertible, CustomReflectable {
  package var description: String { "<record>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

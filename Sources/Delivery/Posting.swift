import Audit
import Cryptography
import Mail

/// Writes the mail of a case to one address around its document: the first time, and again when HR gives another address.
package struct Posting: Sendable {
  private let composer: any Composer
  private let organisation: Organisation
  private let origin: String

  /// - Parameter origin: the ledger's checkpoint origin, printed in the receipt.
  package init(composer: any Composer, organisation: Organisation, origin: String) {
    self.composer = composer
    self.organisation = organisation
    self.origin = origin
  }

  /// What a case needs to be mailed; personal throughout.
  struct Contents: Sendable {
    var facts: LeaverFacts
    var recipient: Address
    var document: [UInt8]
    var salt: [UInt8]
    /// 1 for the first mail of the case.
    var delivery: Int
  }

  /// The mail could not be made; the cause may quote a value, so only its type is told.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// The parts to seal: the mail with a Message-ID and a date of its own, and what its envelope needs.
  func parts(_ contents: Contents, case id: CaseID, at now: Timestamp) throws -> [SealedPart: [UInt8]] {
    let messageID = MessageID(random: Randomness.bytes(16), domain: organisation.domain)
    do {
      let receipt = try Receipt(
        case: id.description, origin: origin, salt: contents.salt, address: contents.recipient.normalised)
      let mail = try composer.compose(
        LeaverMail(
          facts: contents.facts, recipient: contents.recipient, caseID: id, messageID: messageID, date: now,
          document: contents.document, receipt: try receipt.bytes()))
      let envelope = CaseVault.EnvelopePart(
        recipient: contents.recipient.text, messageID: messageID, delivery: contents.delivery)
      return [.mail: mail, .envelope: try CaseVault.encode(envelope)]
    } catch {
      throw Failure(description: "the mail could not be composed (\(type(of: error)))")
    }
  }
}

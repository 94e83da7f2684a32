import Audit
import Cryptography
import Foundation
package import Mail

/// Reads and writes the sealed parts of one case as values, so that no other file knows their encoding.
package struct CaseVault: Sendable {
  private let store: any CaseStore

  package init(_ store: any CaseStore) { self.store = store }

  /// A part that must be there is missing or cannot be read; holds the part's name only.
  package struct Missing: Error, CustomStringConvertible {
    package let part: SealedPart
    package var description: String { "the sealed part \"\(part.rawValue)\" of the case is missing or unreadable" }
  }

  /// What goes on the wire besides the mail itself.
  package struct EnvelopePart: Codable, Sendable {
    /// local@domain, as parsed.
    package var recipient: String
    package var messageID: MessageID
    /// 1 for the first mail of the case; each redelivery to another address counts on.
    package var delivery: Int

    package init(recipient: String, messageID: MessageID, delivery: Int = 1) {
      self.recipient = recipient
      self.messageID = messageID
      self.delivery = delivery
    }
  }

  package func facts(of id: CaseID) throws -> LeaverFacts { try value(.facts, of: id) }
  package func credential(of id: CaseID) throws -> Credential { try value(.credential, of: id) }
  package func envelope(of id: CaseID) throws -> EnvelopePart { try value(.envelope, of: id) }
  package func mail(of id: CaseID) throws -> [UInt8] { try bytes(.mail, of: id) }
  package func document(of id: CaseID) throws -> [UInt8] { try bytes(.document, of: id) }
  /// What the relay has said of the case so far; empty if it has not spoken yet.
  package func replies(of id: CaseID) throws -> ReplyHistory {
    guard try store.unseal(.reply, of: id) != nil else { return ReplyHistory() }
    return try value(.reply, of: id)
  }
  package func salt(of id: CaseID) throws -> [UInt8] { try bytes(.salt, of: id) }
  package func employee(of id: CaseID) throws -> String {
    String(decoding: try bytes(.employee, of: id), as: UTF8.self)
  }

  /// What `read` gives; nil if it was never sealed, or nobody can open or read it any more: a case with a damaged part
  /// must not be one that nobody can close or purge.
  package static func readable<Value>(_ read: @autoclosure () throws -> Value) throws -> Value? {
    do {
      return try read()
    } catch CaseStoreError.keyGone {
      return nil
    } catch is Missing {
      return nil
    }
  }

  /// The sealed form of a value.
  package static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(value))
  }

  private func bytes(_ part: SealedPart, of id: CaseID) throws -> [UInt8] {
    guard let bytes = try store.unseal(part, of: id) else { throw Missing(part: part) }
    return bytes
  }

  private func value<Value: Decodable>(_ part: SealedPart, of id: CaseID) throws -> Value {
    let bytes = try bytes(part, of: id)
    // The decoder's own error may quote the text it could not read: it is dropped.
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(bytes)) else { throw Missing(part: part) }
    return value
  }
}

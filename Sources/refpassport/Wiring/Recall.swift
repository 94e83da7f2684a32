import Audit
import Cryptography
import Delivery
import Foundation
import Settings
import Store

/// Puts an appliance together from its backup and its configuration.
struct Recall {
  private let configuration: Settings.Configuration

  init(_ configuration: Settings.Configuration) { self.configuration = configuration }

  struct Result {
    var succession: Succession
    var ledger: NoteVerifier
    var cases: Recovery.Result
  }

  /// - Parameters:
  ///   - known: the newest checkpoint that anybody holds, a signed note.
  ///   - progress: bytes of the database done, of how many.
  func bring(
    _ directory: String, passphrase: SecretKey, known: String?, progress: (Int, Int) -> Void
  ) throws -> Result {
    let now = SystemClock().now()
    let data = configuration.dataDirectory
    let restoration = try Restoration(dataDirectory: data)
    let files = try restoration.unpack(directory, passphrase: passphrase, progress: progress)
    let keys = try ApplianceKeys.restore(files, to: restoration.keys, current: data + "/keys")
    if let file = configuration.kek.file, !FileManager.default.fileExists(atPath: file),
      !FileManager.default.fileExists(atPath: data + "/keys.slots")
    {
      // Another machine, and no case will open: a new key is as good as the old one.
      try KEKFile.create(at: file)
    }
    let origin = Wiring.origin(of: keys, domain: configuration.organisation.domain)
    let (store, succession) = try restoration.open(
      kek: try Wiring.kek(configuration), signer: keys.ledger, origin: origin,
      lookupRetention: configuration.lookupRetention, known: known, logger: Log.standard, at: now)
    let cases = try Recovery(store: store, policy: try configuration.retryPolicy(), logger: Log.standard).settle(
      at: now)
    _ = try store.checkpoint(at: now)
    try restoration.commit(store)
    return Result(
      succession: succession, ledger: try NoteVerifier(name: origin, key: keys.ledger.publicKey), cases: cases)
  }
}

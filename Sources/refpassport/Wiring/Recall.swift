import Audit
import Cryptography
import Delivery
import Foundation
import Mail
import Settings
import Store

/// Puts an appliance together from its backup and its configuration.
struct Recall {
  private let configuration: Settings.Configuration

  init(_ configuration: Settings.Configuration) { self.configuration = configuration }

  private static let withoutKEK =
    "Put the right key back: the cases that were open need it. If it is lost for good, remove keys.slots from data_dir; "
    + "those cases are then closed as lost."

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
    // What could fail for other reasons than the backup comes first.
    let policy = try configuration.retryPolicy()
    let restoration = try Restoration(dataDirectory: configuration.dataDirectory)
    do {
      let files = try restoration.unpack(directory, passphrase: passphrase, progress: progress)
      return try finish(restoration, files, known: known, policy: policy, at: SystemClock().now())
    } catch {
      restoration.abandon()
      throw error
    }
  }

  private func finish(
    _ restoration: Restoration, _ files: [String: SecretKey], known: String?, policy: RetryPolicy, at now: Timestamp
  ) throws -> Result {
    let keys = try ApplianceKeys.restore(
      files, to: restoration.keys, current: configuration.dataDirectory + "/keys")
    let origin = Wiring.origin(of: keys, domain: configuration.organisation.domain)
    let kek = try keyEncryptionKey()
    let (store, succession): (ApplianceStore, Succession)
    do {
      (store, succession) = try restoration.open(
        kek: kek, signer: keys.ledger, origin: origin, lookupRetention: configuration.lookupRetention, known: known,
        logger: Log.standard, at: now)
    } catch StoreError.wrongKEK {
      throw CommandFailure(.usage, "keys.kek_file is not the key of keys.slots. \(Self.withoutKEK)")
    }
    let cases = try Recovery(store: store, policy: policy, logger: Log.standard).settle(at: now)
    _ = try store.checkpoint(at: now)
    try restoration.commit(store)
    return Result(
      succession: succession, ledger: try NoteVerifier(name: origin, key: keys.ledger.publicKey), cases: cases)
  }

  /// The key of the slots that are there; without any, no case will open, and a new one is as good as the old one.
  private func keyEncryptionKey() throws -> SecretKey {
    let files = FileManager.default
    if let file = configuration.kek.file, !files.fileExists(atPath: file) {
      guard !files.fileExists(atPath: configuration.dataDirectory + "/keys.slots") else {
        throw CommandFailure(.usage, "keys.kek_file (\(file)) is missing. \(Self.withoutKEK)")
      }
      try KEKFile.create(at: file)
    }
    return try Wiring.kek(configuration)
  }
}

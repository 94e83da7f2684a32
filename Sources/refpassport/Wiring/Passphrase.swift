import Cryptography
import Settings

/// What seals backups: from the configuration, or from a person.
enum Passphrase {
  /// - Parameter isNew: true if something is about to be sealed with it; then it must not be short.
  static func of(_ configuration: Settings.Configuration, isNew: Bool) throws -> SecretKey {
    let secret =
      try configuration.backupPassphrase.map { SecretKey(try $0.load().bytes) }
      ?? Terminal.askSecret("Passphrase of the backup", twice: isNew)
    guard !isNew || secret.count >= shortest else {
      throw CommandFailure(.usage, "The passphrase has fewer than \(shortest) bytes: take a longer one.")
    }
    return secret
  }

  private static let shortest = 12
}

package import Delivery
import Foundation
package import Mail

/// Everything an operator decides, read from `refpassport.yaml` into values that can only be right.
///
/// The rules of reading:
/// * The keys are a closed list (`SettingKey`). An unknown one is an error that names file, line and the nearest known
///   key: a mistyped key must not leave its default in force unseen.
/// * Every problem of a file is collected before any is reported. No report holds a value, as a value in the wrong
///   place may be a secret.
/// * A variable of the environment wins over the file: `smtp.url` is `REFPASSPORT_SMTP_URL`. A variable that begins so and
///   belongs to no key is an error as well.
/// * Relative paths begin at the directory of the configuration file, wherever the value was written.
/// * Secrets are never in the file. They come by variable, by systemd credential or from a file that only its owner can
///   read, in this order; `SecretSource` says which, and loads it when it is needed.
/// * A combination that cannot be meant is an error; one that is merely unwise is a warning (`warnings`).
///
/// Spans of time are counted in seconds.
package struct Configuration: Sendable {
  package let organisation: Organisation
  /// `data_dir`: the database and the key slots; one process owns it.
  package let dataDirectory: String
  /// `templates`: the directory whose subdirectories are named by locale.
  package let templates: String
  /// Where the key-encryption key comes from; `KEKFile.load` reads it.
  package let kek: SecretSource
  package let bob: Bob
  package let relay: Relay
  /// `retry_policy`: its file; nil if none is written and none lies beside the configuration, which means the standard.
  package let retryPolicyFile: String?
  package let confirm: ConfirmRule
  package let bounces: Bounces
  package let retention: Retention
  /// `purge.scan_paths`: what a purge searches besides `data_dir`; absolute.
  package let scanPaths: [String]
  package let notices: Notices
  /// `audit.lookup_retention`: how long lookup tags can be opened.
  package let lookupRetention: Int64
  /// `audit.entry_retention`: how long the entries of purged cases are kept, in seconds; 0: for good.
  package let entryRetention: Int64
  /// `backup.passphrase_file`: what seals backups; nil asks a person.
  package let backupPassphrase: SecretSource?
  /// `audit.timestamp_…`: who timestamps checkpoints; nil if nobody does.
  package let timestamps: Timestamps?
  package let verify: Verify
  /// `console.listen`; nil turns the console off.
  package let listen: ListenAddress?

  /// Sentences on what is allowed but unwise; each begins with its key.
  package let warnings: [String]
  /// Every setting in force with where it was written, in the order of `SettingKey`.
  package let settings: [Setting]

  /// `notices.*`: who is told what.
  package struct Notices: Sendable, Hashable {
    /// Held and undeliverable cases; by default the address of `smtp.from`.
    package let hr: Address
    /// Alarms; by default `hr`.
    package let ops: Address
    /// Checkpoints of the ledger; by default `hr`.
    package let officer: Address
    /// Another way for alarms than the relay they speak of; nil for none.
    package let relay: Endpoint?
  }

  /// `audit.timestamp_…`: an authority (RFC 3161).
  package struct Timestamps: Sendable, Hashable {
    package let url: Endpoint
    /// PEM certificates that must have issued the authority's.
    package let caFile: String
  }

  /// `verify.*`: how a stranger verifies.
  package struct Verify: Sendable, Hashable {
    /// The public page; https, or http on loopback.
    package let url: Endpoint
    /// The DNS label below which the record key is published.
    package let selector: String
  }

  /// The retry policy in force: its file, or the standard where there is none.
  package func retryPolicy() throws(ConfigurationError) -> RetryPolicy {
    guard let retryPolicyFile else { return .standard }
    return try RetryPolicyFile.load(
      file: retryPolicyFile, timeZone: TimeZone(identifier: organisation.timeZone) ?? .gmt)
  }
}

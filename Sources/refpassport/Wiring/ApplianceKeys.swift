import Cryptography
import Delivery
import Foundation
import Glibc
import Mail
import Reference
import Settings

/// All keys of one appliance, below `data_dir/keys`: made once, at the first start, as one whole set or not at all.
struct ApplianceKeys {
  /// Signs references.
  let issuer: IssuerKeys
  /// Signs the ledger's checkpoints.
  let ledger: Ed25519.PrivateKey
  /// Keys the marks of persons and departures.
  let mark: SecretKey
  /// Keys the tokens of tagged return paths.
  let returnPath: SecretKey

  private enum File: String, CaseIterable {
    case ledger = "ledger.pem"
    case mark = "mark.key"
    case returnPath = "return-path.key"
  }

  /// Why there are no keys.
  enum Failure: Error {
    /// The appliance has run before, and its keys are gone.
    case lost(directory: String)
    case unusable(file: String)
    case readable(file: String)
    case notWritten(directory: String)
    /// A backup of one appliance does not go where the keys of another are.
    case ofAnother(directory: String)
  }

  /// Reads the keys, or makes them if this appliance has never run.
  static func open(dataDirectory: String, organisation: String, at now: Timestamp) throws -> ApplianceKeys {
    let directory = dataDirectory + "/keys"
    let files = FileManager.default
    if !files.fileExists(atPath: directory) {
      guard !files.fileExists(atPath: dataDirectory + "/refpassport.db") else {
        throw Failure.lost(directory: directory)
      }
      try make(in: dataDirectory, organisation: organisation, at: now)
    }
    return try load(from: directory)
  }

  /// Reads the keys of an appliance that has run before.
  static func load(from directory: String) throws -> ApplianceKeys {
    guard
      let ledger = try? Ed25519.PrivateKey(
        pem: String(decoding: read(File.ledger.rawValue, in: directory), as: UTF8.self))
    else {
      throw Failure.unusable(file: File.ledger.rawValue)
    }
    return ApplianceKeys(
      issuer: try IssuerKeys.load(from: directory + "/issuer"), ledger: ledger,
      mark: SecretKey(try read(File.mark.rawValue, in: directory)),
      returnPath: SecretKey(try read(File.returnPath.rawValue, in: directory)))
  }

  /// The files that a backup takes, by their path below `keys/`: all but the ledger's key, since a ledger that comes back
  /// goes on under another, and no copy of a key may go on with the old one.
  static func backupFiles(in directory: String) throws -> [(path: String, bytes: SecretKey)] {
    // Read as keys first: what cannot be used is no backup.
    _ = try load(from: directory)
    return try backedUp.compactMap { path in
      guard FileManager.default.fileExists(atPath: "\(directory)/\(path)") else { return nil }
      return (path, SecretKey(try read(path, in: directory)))
    }
  }

  /// Writes the files of a backup, and a fresh key for the ledger, as a new set, and reads it.
  ///
  /// - Parameter current: the directory of the present set, if there is one; it must be of the same appliance.
  static func restore(_ files: [String: SecretKey], to directory: String, current: String) throws -> ApplianceKeys {
    if FileManager.default.fileExists(atPath: current) {
      let mark = try? SecretKey(read(File.mark.rawValue, in: current))
      guard let mark, mark.bytes == files[File.mark.rawValue]?.bytes else {
        throw Failure.ofAnother(directory: current)
      }
    }
    guard mkdir(directory, 0o700) == 0, mkdir("\(directory)/issuer", 0o700) == 0 else {
      throw Failure.notWritten(directory: directory)
    }
    for (path, bytes) in files where backedUp.contains(path) { try write(bytes.bytes, path, in: directory) }
    try write(Array(try Ed25519.PrivateKey.generate().pem.utf8), File.ledger.rawValue, in: directory)
    guard synchronise("\(directory)/issuer"), synchronise(directory) else {
      throw Failure.notWritten(directory: directory)
    }
    return try load(from: directory)
  }

  private static let backedUp =
    [File.mark.rawValue, File.returnPath.rawValue] + IssuerKeys.File.allCases.map { "issuer/\($0.rawValue)" }

  /// The whole set is written beside and renamed: a crash leaves no half of it.
  private static func make(in dataDirectory: String, organisation: String, at now: Timestamp) throws {
    let fresh = dataDirectory + "/keys.new"
    try? FileManager.default.removeItem(atPath: fresh)
    guard mkdir(fresh, 0o700) == 0 else { throw Failure.notWritten(directory: dataDirectory) }
    try IssuerKeys.generate(organisation: organisation, at: now).save(to: fresh + "/issuer")
    try write(Array(try Ed25519.PrivateKey.generate().pem.utf8), File.ledger.rawValue, in: fresh)
    try write(Randomness.bytes(32), File.mark.rawValue, in: fresh)
    try write(Randomness.bytes(32), File.returnPath.rawValue, in: fresh)
    guard synchronise(fresh), rename(fresh, dataDirectory + "/keys") == 0, synchronise(dataDirectory) else {
      throw Failure.notWritten(directory: dataDirectory)
    }
  }

  private static func write(_ bytes: [UInt8], _ file: String, in directory: String) throws {
    let descriptor = Glibc.open(directory + "/" + file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure.notWritten(directory: directory) }
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      throw Failure.notWritten(directory: directory)
    }
  }

  private static func read(_ file: String, in directory: String) throws -> [UInt8] {
    let path = directory + "/" + file
    let mode = try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    guard let mode, let data = FileManager.default.contents(atPath: path), data.count >= 32 else {
      throw Failure.unusable(file: file)
    }
    guard mode & 0o077 == 0 else { throw Failure.readable(file: file) }
    return [UInt8](data)
  }

  private static func synchronise(_ directory: String) -> Bool {
    let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }
}

extension SecretKey {
  fileprivate var bytes: [UInt8] { withBytes { Array($0) } }
}

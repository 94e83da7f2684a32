/// What went wrong around references, named for what the caller does next.
///
/// No case holds anything personal.
package enum ReferenceError: Error, Hashable, Sendable {
  /// A key file may be read by others: mend its mode. Names the file within the key directory.
  case keysReadable(file: String)
  /// There are keys already: nothing was written.
  case keysExist
  /// A key file is missing, or does not hold what it should: restore it. `reason` is a fixed text.
  case keysUnusable(file: String, reason: String)
  /// The directory of keys could not be written: look at the system's error number.
  case keysNotSaved(errno: Int32)
  /// Bytes that should be a reference, or a part of one, are not: refuse them. `reason` is a fixed text.
  case malformed(part: String, reason: String)
  /// OpenSSL refused an operation that cannot fail on good input: stop and look at the installation.
  case libraryFailed(operation: String)
}

extension ReferenceError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .keysReadable(let file): "key file \(file) can be read by other users: set its mode to 0600"
    case .keysExist: "there are keys already; they were left as they are"
    case .keysUnusable(let file, let reason): "key file \(file): \(reason)"
    case .keysNotSaved(let errno): "the keys could not be written (errno \(errno))"
    case .malformed(let part, let reason): "\(part): \(reason)"
    case .libraryFailed(let operation): "OpenSSL failed at \(operation)"
    }
  }
}

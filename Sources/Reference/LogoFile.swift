import Glibc

/// The organisation's logo, read once at start.
enum LogoFile {
  static let maximumSize = 1_048_576

  /// The bytes of a PNG file of at most 1 MiB; throws `.malformed`.
  static func read(_ path: String) throws(ReferenceError) -> [UInt8] {
    guard let file = fopen(path, "rbe") else {
      throw .malformed(part: "logo", reason: "the file cannot be opened")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: maximumSize + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard count <= maximumSize else { throw .malformed(part: "logo", reason: "larger than 1 MiB") }
    guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else {
      throw .malformed(part: "logo", reason: "no PNG file")
    }
    return Array(bytes.prefix(count))
  }
}

/// Formats whose bytes tell nothing about their content, by how a file in them begins.
enum OpaqueFormat {
  static let longest = 22
  private static let beginnings: [[UInt8]] = [
    [0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], [0xFD] + Array("7zXZ".utf8), Array("BZh".utf8), Array("PK\u{3}\u{4}".utf8),
    Array("7z".utf8) + [0xBC, 0xAF], Array("LUKS".utf8) + [0xBA, 0xBE], Array("age-encryption.org/v1".utf8),
    Array("-----BEGIN PGP MESSAGE".utf8), Array("Salted__".utf8), [0x04, 0x22, 0x4D, 0x18],
    BackupArchive.magic,
  ]

  static func begins(_ head: [UInt8]) -> Bool { beginnings.contains { head.starts(with: $0) } }
}

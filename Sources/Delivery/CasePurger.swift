package import Mail

/// Destroys everything personal of closed cases. Implemented by `Store`, in the order of its own documentation.
package protocol CasePurger: Sendable {
  /// Purges a batch with one scan; resumes cases left at `purging` by a crash. A case whose scan is not clean stays at
  /// `purging` and is told in the result; its `purge` entry is written only after a clean scan.
  func purge(_ batch: [Case], at now: Timestamp) throws -> [PurgeResult]
}

/// What a purge of one case came to.
package struct PurgeResult: Sendable, Hashable {
  package var caseID: CaseID
  package var purged: Bool
  /// Files scanned.
  package var files: Int
  /// What was found: kind of needle, encoding and file name relative to its root; never the needle itself.
  package var residue: [Residue]

  package init(caseID: CaseID, purged: Bool, files: Int, residue: [Residue]) {
    self.caseID = caseID
    self.purged = purged
    self.files = files
    self.residue = residue
  }
}

/// One finding of a scan: what kind of thing lies where.
package struct Residue: Sendable, Hashable, CustomStringConvertible {
  /// What was looked for: `address`, `name`, `title`, `department`, `ciphertext`, `slot`, `shape`.
  package var needle: String
  /// How it was written: `utf8`, `utf16le`, `base64`, `hex`, …; `raw` for ciphertext and slots.
  package var encoding: String
  package var file: String
  package var offset: Int

  package init(needle: String, encoding: String, file: String, offset: Int) {
    self.needle = needle
    self.encoding = encoding
    self.file = file
    self.offset = offset
  }

  package var description: String { "\(needle) (\(encoding)) in \(file) at \(offset)" }
}

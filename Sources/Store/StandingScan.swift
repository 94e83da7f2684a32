package import Delivery
import GRDB
import Logging
package import Mail

/// The scan of everything for one organisation, whose newest result is remembered.
package struct StandingScan: ResidueScanner {
  private let store: ApplianceStore
  private let shapes: ScanShapes

  package init(_ store: ApplianceStore, shapes: ScanShapes) {
    self.store = store
    self.shapes = shapes
  }

  package func scan(at now: Timestamp) throws -> PastScan { try full(at: now).past }

  /// The same, with the findings.
  package func full(at now: Timestamp) throws -> (past: PastScan, report: ScanReport) {
    let report = try store.scan(shapes)
    let past = PastScan(at: now, files: report.files, bytes: report.bytes, hits: report.residue.count)
    try store.remember(past)
    for residue in report.residue {
      // Without the file, whose name is not ours to tell.
      store.logger.error(
        "residue", metadata: ["needle": "\(residue.needle)", "encoding": "\(residue.encoding)"])
    }
    return (past, report)
  }

  /// Searches what somebody names, such as a backup; nothing is remembered.
  package func search(_ paths: [String]) throws -> ScanReport { try store.scan(shapes, in: paths) }

  package func lastScan() throws -> PastScan? { try store.lastScan() }
}

extension ApplianceStore {
  /// The newest scan of everything; nil if there was none.
  package func lastScan() throws -> PastScan? {
    try look { database in
      try database.first("SELECT at, files, bytes, hits FROM scan").map { row in
        PastScan(at: Timestamp(seconds: row["at"]), files: row["files"], bytes: row["bytes"], hits: row["hits"])
      }
    }
  }

  func remember(_ scan: PastScan) throws {
    try owned().book.transaction { database, _ in
      try database.run(
        "INSERT OR REPLACE INTO scan (one, at, files, bytes, hits) VALUES (1, ?, ?, ?, ?)",
        [scan.at.seconds, scan.files, scan.bytes, scan.hits])
    }
  }
}

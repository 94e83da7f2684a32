import Delivery
import Foundation
import GRDB
import Mail

extension ApplianceStore {
  /// Goes through every byte of `data_dir` for what must never be there (`shapes`), and looks for remains of purges:
  /// sealed parts without their case, and keys that belong to no case.
  ///
  /// - Parameter progress: told after every file.
  package func scan(_ shapes: ScanShapes, progress: (ScanProgress) -> Void = { _ in }) throws -> ScanReport {
    var report = withoutActuallyEscaping(progress) { progress in
      FileScan(shapes.needles, progress: progress).run(over: [ownRoot]).report
    }
    report.residue += try orphans()
    return report
  }

  private func orphans() throws -> [Residue] {
    var orphans = try strayRows()
    // A case that is being opened has its slot a moment before its row: only what stays is an orphan.
    var slots = try straySlots()
    if !slots.isEmpty {
      usleep(200_000)
      slots.formIntersection(try straySlots())
    }
    orphans += slots.sorted().map { slot in
      Residue(needle: "slot", encoding: "raw", file: "keys.slots", offset: (slot + 1) * SlotFile.slotSize)
    }
    return orphans
  }

  private func strayRows() throws -> [Residue] {
    let count: Int = try look { database in
      try database.first(
        """
        SELECT count(*) AS number FROM sealed LEFT JOIN "case" ON id = caseID
        WHERE id IS NULL OR stage = 'purged'
        """)?["number"] ?? 0
    }
    return count == 0
      ? [] : [Residue(needle: "ciphertext", encoding: "raw", file: "refpassport.db", offset: 0)]
  }

  func straySlots() throws -> Set<Int> {
    let used = try SlotFile.occupied(directory)
    return used.subtracting(try look { try Self.claimedSlots(in: $0) })
  }
}

import Delivery
import Foundation
import GRDB
import Mail

extension ApplianceStore {
  /// Goes through every byte of `data_dir` for what must never be there (`shapes`, the key-encryption key, and what is
  /// sealed of the open cases), and looks for remains of purges: sealed parts without their case, and keys that belong
  /// to no case. Directories for temporary files and logs are searched for the open cases too.
  ///
  /// A reader, who has no keys, looks for shapes and remains only.
  ///
  /// - Parameter progress: told after every file.
  package func scan(_ shapes: ScanShapes, progress: (ScanProgress) -> Void = { _ in }) throws -> ScanReport {
    let people = try people()
    var report = withoutActuallyEscaping(progress) { progress in
      var report = FileScan(shapes.needles + people.needles, progress: progress).run(over: [ownRoot]).report
      guard let since = people.since else { return report }
      report.add(FileScan(people.needles).run(over: sharedRoots(since: since)).report)
      return report
    }
    report.residue += try orphans()
    return report
  }

  /// Goes through every byte of files and directories that somebody names, such as backups: for all that `scan` looks
  /// for, and for copies of the key slots, with which a purged case could be read again.
  ///
  /// - Parameter paths: absolute; `data_dir` below one of them is left out.
  package func scan(
    _ shapes: ScanShapes, in paths: [String], progress: @escaping (ScanProgress) -> Void = { _ in }
  ) throws -> ScanReport {
    let own = DirectoryPath.real(directory.path) ?? directory.path
    let roots = try paths.map { path in
      guard path.hasPrefix("/"), let real = DirectoryPath.real(path) else { throw ScanPathFailure.missing(path) }
      if real == own || real.hasPrefix(own + "/") { throw ScanPathFailure.own(path) }
      return ScanRoot(path: real, kind: .pointed(besides: own))
    }
    let needles = try shapes.needles + people().needles + SlotFile.needles(in: directory)
    return FileScan(needles, progress: progress).run(over: roots).report
  }

  /// The needles of all open cases and of the key-encryption key, and when the oldest case was opened.
  private func people() throws -> (needles: [Needle], since: Int64?) {
    guard let owner = try? owned() else { return ([], nil) }
    let open = try cases(at: Set(Stage.allCases).filter(\.holdsPersonalData))
    let needles = try open.flatMap { try self.needles(of: $0.id) } + owner.slots.kekNeedles
    return (needles, open.map(\.opened.seconds).min())
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

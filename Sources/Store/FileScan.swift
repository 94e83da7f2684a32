package import Delivery
import Glibc

/// How far a scan is.
package struct ScanProgress: Sendable, Hashable {
  package var files = 0
  /// Bytes read.
  package var bytes = 0
}

/// What a scan came to.
package struct ScanReport: Sendable, Hashable {
  package var files = 0
  /// Bytes read.
  package var bytes = 0
  /// One finding for each needle, encoding and file.
  package var residue: [Residue] = []
  /// Files in shared directories that could not be looked at, or were too large.
  package var unreadable = 0
  /// Files in directories that somebody named which are compressed or encrypted, so that nothing could be found in them.
  package var opaque = 0

  package init() {}

  /// Takes in what another scan came to.
  mutating func add(_ other: ScanReport) {
    files += other.files
    bytes += other.bytes
    residue += other.residue
    unreadable += other.unreadable
    opaque += other.opaque
  }
}

/// Looks for needles in every byte of every file below some roots, in memory that does not grow with the files.
struct FileScan {
  private let matcher: ByteMatcher
  private let needles: [Needle]
  private let chunk: Int
  private let progress: (ScanProgress) -> Void

  /// - Parameter chunk: bytes read at a time.
  init(_ needles: [Needle], chunk: Int = 1 << 20, progress: @escaping (ScanProgress) -> Void = { _ in }) {
    self.needles = needles
    self.chunk = chunk
    self.progress = progress
    matcher = ByteMatcher(needles.map(\.pattern))
  }

  /// What was found, by case; `report.residue` holds all of it once.
  struct Outcome {
    var report = ScanReport()
    var byCase: [CaseID: [Residue]] = [:]
    /// Findings that belong to no case: shapes, and files of ours that could not be read.
    var common: [Residue] = []
  }

  func run(over roots: [ScanRoot]) -> Outcome {
    var outcome = Outcome()
    for root in roots {
      let (files, unreadable) = root.files()
      if root.isWhole, unreadable > 0 {
        outcome.take(Self.unreadable("a directory"), of: nil)
      } else {
        outcome.report.unreadable += unreadable
      }
      for file in files {
        scan(file, of: root, into: &outcome)
        outcome.report.files += 1
        progress(ScanProgress(files: outcome.report.files, bytes: outcome.report.bytes))
      }
    }
    return outcome
  }

  private func scan(_ file: ScanRoot.File, of root: ScanRoot, into outcome: inout Outcome) {
    var seen: Set<Finding> = []
    var shown = root.shown(file)
    func note(_ index: Int, at offset: Int) {
      let needle = needles[index]
      guard needle.strong || root.isWhole, offset.isMultiple(of: needle.alignment) else { return }
      guard seen.insert(Finding(kind: needle.kind, encoding: needle.encoding, caseID: needle.caseID)).inserted
      else {
        return
      }
      outcome.take(
        Residue(needle: needle.kind, encoding: needle.encoding, file: shown, offset: offset),
        of: needle.caseID)
    }
    // A file may be named for a leaver: then its name is a finding, and is not repeated in one.
    Array(file.name.utf8).withUnsafeBufferPointer { bytes in
      var position = ByteMatcher.Position()
      var named: [Int] = []
      matcher.search(bytes, from: 0, until: bytes.count, position: &position) { index, _ in
        named.append(index)
      }
      guard !named.isEmpty else { return }
      shown = "(a file whose name holds a needle)"
      for index in named { note(index, at: 0) }
      seen.removeAll()
    }
    do throws(StoreError) {
      let read = try read(file, found: note)
      outcome.report.bytes += read.bytes
      if case .pointed = root.kind, OpaqueFormat.begins(read.head) { outcome.report.opaque += 1 }
    } catch {
      if case .unusable(_, _, ENOENT) = error { return }
      if root.isWhole {
        outcome.take(Self.unreadable(shown), of: nil)
      } else {
        outcome.report.unreadable += 1
      }
    }
  }

  /// Searches one file chunk by chunk; returns how many bytes it had, and the first of them.
  private func read(
    _ file: ScanRoot.File, found: (Int, Int) -> Void
  ) throws(StoreError) -> (bytes: Int, head: [UInt8]) {
    // The files SQLite has locks on must not be opened and closed beside it.
    let isLocked = file.name.hasSuffix("refpassport.db") || file.name.hasSuffix("refpassport.db-shm")
    let descriptor =
      isLocked
      ? try LockedFiles.descriptor(file.path)
      : try Descriptor(file.path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    var buffer: [UInt8] = []
    var head: [UInt8] = []
    var base = 0
    var from = 0
    var position = ByteMatcher.Position()
    while true {
      let fresh = try descriptor.read(chunk, at: base + buffer.count)
      buffer += fresh
      let ended = fresh.count < chunk
      let until = ended ? buffer.count : max(from, buffer.count - matcher.reach)
      buffer.withUnsafeBufferPointer { bytes in
        matcher.search(bytes, from: from, until: until, position: &position) { found($0, base + $1) }
      }
      if base == 0, head.isEmpty { head = Array(buffer.prefix(OpaqueFormat.longest)) }
      if ended { return (base + buffer.count, head) }
      // Enough is kept to walk back over one window, line ends included.
      let drop = max(0, until - 64)
      buffer.removeFirst(drop)
      base += drop
      from = until - drop
    }
  }

  private struct Finding: Hashable {
    let kind: String
    let encoding: String
    let caseID: CaseID?
  }

  private static func unreadable(_ name: String) -> Residue {
    Residue(needle: "unreadable", encoding: "raw", file: name, offset: 0)
  }
}

extension FileScan.Outcome {
  mutating func take(_ residue: Residue, of id: CaseID?) {
    if !report.residue.contains(residue) { report.residue.append(residue) }
    if let id { byCase[id, default: []].append(residue) } else { common.append(residue) }
  }

  /// What keeps this case from being purged.
  func residue(of id: CaseID) -> [Residue] { byCase[id, default: []] + common }
}

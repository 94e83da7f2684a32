package import Foundation
package import Mail

/// What a scan of everything came to, as it is remembered.
package struct PastScan: Sendable, Hashable {
  package var at: Timestamp
  package var files: Int
  package var bytes: Int
  package var hits: Int

  package init(at: Timestamp, files: Int, bytes: Int, hits: Int) {
    self.at = at
    self.files = files
    self.bytes = bytes
    self.hits = hits
  }
}

/// Looks for personal data where none may be, and for remains of purges. Implemented by the program over `Store`.
package protocol ResidueScanner: Sendable {
  /// Scans everything, and remembers the result as that of the newest scan.
  func scan(at now: Timestamp) throws -> PastScan
  /// The newest scan; nil if there was none.
  func lastScan() throws -> PastScan?
}

/// The scan that runs by itself on every day, in the first pass after midnight; an alarm stands while the newest scan
/// found something.
package struct NightlyScan: Sendable {
  private let scanner: any ResidueScanner
  private let bell: AlarmBell
  private let timeZone: TimeZone

  /// - Parameter timeZone: where the day begins.
  package init(_ scanner: any ResidueScanner, bell: AlarmBell, timeZone: TimeZone) {
    self.scanner = scanner
    self.bell = bell
    self.timeZone = timeZone
  }

  /// Scans if there was no scan on this day yet; true if there was none.
  package func round(at now: Timestamp) throws -> Bool {
    let today = CalendarDate(of: now, in: timeZone)
    if let last = try scanner.lastScan(), CalendarDate(of: last.at, in: timeZone) >= today { return false }
    judge(try scanner.scan(at: now))
    return true
  }

  /// Rings or ends the alarm, as a scan that a person asked for does too.
  package func judge(_ scan: PastScan) {
    guard scan.hits > 0 else { return bell.silence(.residue, at: scan.at) }
    bell.ring(
      .residue, "a scan found \(scan.hits) remains of personal data; see `refpassport purge scan`", at: scan.at)
  }
}

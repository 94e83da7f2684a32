import Foundation

/// What lies under `data_dir`, and whether overwriting a key slot in place destroys it there.
enum DataMedium: Hashable, Sendable {
  /// Overwrites in place, as ext4 and XFS do.
  case inPlace(String)
  /// Writes every change elsewhere, and keeps the old block for a while.
  case copying(String)
  /// Writes file contents through a journal, which keeps a copy for a while.
  case journaling(String)
  /// Another machine, or another program, decides what becomes of the old block.
  case remote(String)
  /// Lost with the machine's next start.
  case volatile(String)
  /// Not known to this program.
  case other(String)

  /// Of the file system on which a directory lies, as the kernel lists it for this process; nil if it does not tell.
  static func under(_ directory: String) -> DataMedium? {
    guard let table = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return nil }
    return DataMedium(under: directory, in: table)
  }

  /// - Parameter table: lines of `/proc/PID/mountinfo` (proc_pid_mountinfo(5)).
  init?(under directory: String, in table: String) {
    var best: (length: Int, type: Substring, options: Substring)?
    for line in table.split(separator: "\n") {
      let halves = line.split(separator: " - ", maxSplits: 1)
      guard halves.count == 2 else { continue }
      let (left, right) = (halves[0].split(separator: " "), halves[1].split(separator: " "))
      guard left.count >= 6, right.count >= 3 else { continue }
      let point = Self.unescaped(left[4])
      let holds = point == "/" || directory == point || directory.hasPrefix(point + "/")
      // Of two mounts on one point, the later hides the earlier.
      if holds, point.utf8.count >= best?.length ?? 0 { best = (point.utf8.count, right[0], right[2]) }
    }
    guard let best else { return nil }
    self.init(type: String(best.type), options: best.options.split(separator: ",").map(String.init))
  }

  private init(type: String, options: [String]) {
    switch type {
    case "ext2", "ext3", "ext4": self = options.contains("data=journal") ? .journaling(type) : .inPlace(type)
    case "xfs", "vfat": self = .inPlace(type)
    case "btrfs", "zfs", "bcachefs", "overlay", "f2fs", "nilfs2", "aufs": self = .copying(type)
    case "nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "glusterfs": self = .remote(type)
    case "tmpfs", "ramfs": self = .volatile(type)
    default: self = type.hasPrefix("fuse") ? .remote(type) : .other(type)
    }
  }

  /// Space, tabulator, line feed and backslash stand as octal numbers.
  private static func unescaped(_ text: Substring) -> String {
    var text = String(text)
    for (code, plain) in [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")] {
      text = text.replacingOccurrences(of: code, with: plain)
    }
    return text
  }

  /// What is wrong with it, in plain words; nil if nothing is.
  var warning: String? {
    switch self {
    case .inPlace: nil
    case .copying(let name):
      "data_dir lies on \(name), which copies on write: an overwritten key may survive in an old block or a snapshot. "
        + "Use ext4 or XFS"
    case .journaling(let name):
      "data_dir lies on \(name) with data=journal: an overwritten key may survive in the journal. Mount it with "
        + "data=ordered"
    case .remote(let name):
      "data_dir lies on \(name): whether an overwritten key is destroyed is up to another machine or program. Use a "
        + "local ext4 or XFS"
    case .volatile(let name):
      "data_dir lies on \(name): ledger and keys are lost when the machine stops. Use ext4 or XFS"
    case .other(let name):
      "data_dir lies on \(name), of which it is not known whether it overwrites in place. Use ext4 or XFS"
    }
  }
}

import CProcess
import CWipe
import Foundation
import Synchronization

/// What the process does so that memory does not reach the disk: no core file, not dumpable, files for the owner only.
enum ProcessHygiene {
  static func apply() {
    umask(0o077)
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    _ = cprocess_forbid_dump()
  }

  /// Wipes what finished work left on the stacks of the threads that run tasks: short words, such as a job title, are
  /// held there and nowhere else.
  ///
  /// There are as many such threads as processors. Each task keeps its thread until all have come, so that none is
  /// passed over; a thread that is busy otherwise is waited for only briefly.
  static func wipeStacks() async {
    let threads = ProcessInfo.processInfo.activeProcessorCount
    let arrived = Arrivals()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<threads {
        group.addTask {
          cwipe_stack()
          arrived.count.withLock { $0 += 1 }
          for _ in 0..<20 where arrived.count.withLock({ $0 }) < threads { usleep(1000) }
        }
      }
    }
  }
}

private final class Arrivals: Sendable {
  let count = Mutex(0)
}

/// How a process stands in this, as it tells by itself.
struct ProcessState: Codable, Sendable, Hashable {
  /// What a crash report shows.
  enum CrashReport: String, Codable, Sendable {
    /// There is none.
    case off
    /// Addresses of code and names of functions.
    case withoutMemory
    /// Registers, and the memory they point to.
    case withMemory
  }

  var pid: Int32
  /// True if the kernel may write the memory into a core file, or let another process of this user read it.
  var dumpable: Bool
  /// The longest core file, in bytes.
  var coreLimit: UInt64
  var umask: UInt32
  var crashReport: CrashReport
  /// True if freed memory is wiped.
  var wipesFreedMemory: Bool
  /// How much of it lies in swap now, in kB; nil if the kernel does not tell.
  var swapped: Int?

  /// Of this process.
  static func now() -> ProcessState {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    let mask = Glibc.umask(0o077)
    Glibc.umask(mask)
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    return ProcessState(
      pid: getpid(), dumpable: cprocess_is_dumpable() != 0, coreLimit: UInt64(limit.rlim_cur), umask: mask,
      crashReport: CrashReport(
        setting: ProcessInfo.processInfo.environment["SWIFT_BACKTRACE"], atTerminal: isatty(STDERR_FILENO) == 1),
      wipesFreedMemory: cwipe_is_at_work(),
      swapped: Self.swapped(in: status))
  }

  /// - Parameter status: the text of `/proc/PID/status`.
  static func swapped(in status: String) -> Int? {
    status.split(separator: "\n").first { $0.hasPrefix("VmSwap:") }?
      .split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
  }
}

extension ProcessState.CrashReport {
  /// - Parameters:
  ///   - setting: what `SWIFT_BACKTRACE` says: settings with commas between; left out, a report only at a terminal.
  ///   - atTerminal: whether standard error is one.
  init(setting: String?, atTerminal: Bool) {
    var values: [Substring: Substring] = [:]
    for pair in (setting ?? "").split(separator: ",") {
      let sides = pair.split(separator: "=", maxSplits: 1)
      if sides.count == 2 { values[sides[0]] = sides[1] }
    }
    let isOn =
      switch values["enable"] {
      case "yes", "on", "true", "y", "t", "1": true
      case "no", "off", "false", "n", "f", "0": false
      default: atTerminal
      }
    self = !isOn ? .off : values["registers"] == "none" ? .withoutMemory : .withMemory
  }
}

/// Whether memory of a process can be written to a disk as swap.
enum SwapExposure: Hashable, Sendable {
  case none
  /// Compressed memory only.
  case memoryOnly
  /// The process may not be swapped out, by its control group.
  case forbidden
  case exposed
  /// The kernel does not tell.
  case unknown

  /// On this machine, of a process.
  static func of(_ pid: Int32) -> SwapExposure {
    guard let table = try? String(contentsOfFile: "/proc/swaps", encoding: .utf8) else { return .unknown }
    let groups = (try? String(contentsOfFile: "/proc/\(pid)/cgroup", encoding: .utf8)) ?? ""
    let group = groups.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3) ?? "/"
    let limit = try? String(contentsOfFile: "/sys/fs/cgroup\(group)/memory.swap.max", encoding: .utf8)
    return SwapExposure(table: table, limit: limit)
  }

  /// - Parameters:
  ///   - table: `/proc/swaps`: a head, then a line for each device.
  ///   - limit: `memory.swap.max` of the control group; nil if it has none.
  init(table: String, limit: String?) {
    let devices = table.split(separator: "\n").dropFirst().compactMap { $0.split(whereSeparator: \.isWhitespace).first }
    if devices.isEmpty {
      self = .none
    } else if devices.allSatisfy({ $0.hasPrefix("/dev/zram") }) {
      self = .memoryOnly
    } else {
      self = limit?.trimmingCharacters(in: .whitespacesAndNewlines) == "0" ? .forbidden : .exposed
    }
  }
}

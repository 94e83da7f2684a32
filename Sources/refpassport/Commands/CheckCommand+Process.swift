// Whether memory can reach a disk: of the daemon if one runs, else of this process, which starts in the same way.
extension CheckCommand {
  static func process(_ options: ConfigOptions) -> [Finding] {
    let daemon = try? ActDispatch.askDaemon(.process, options)?.process
    let state = daemon ?? ProcessState.now()
    let who = daemon == nil ? "this process" : "the daemon"
    return [memory(state, of: who), freed(state, of: who), crashReport(state, of: who), swap(state, of: who)]
  }

  static func memory(_ state: ProcessState, of who: String) -> Finding {
    if state.dumpable {
      return Finding(.failed, "core dumps", "the memory of \(who) can be dumped: something has undone prctl(2)")
    }
    if state.coreLimit > 0 {
      return Finding(.failed, "core dumps", "the limit for core files of \(who) is not 0")
    }
    if state.umask & 0o077 != 0o077 {
      return Finding(.failed, "core dumps", "new files of \(who) may be read by others: its umask is not 077")
    }
    return Finding(.passed, "core dumps", "\(who) cannot be dumped, and its files are for their owner only")
  }

  static func freed(_ state: ProcessState, of who: String) -> Finding {
    state.wipesFreedMemory
      ? Finding(.passed, "freed memory", "\(who) wipes memory when it is freed, that of its libraries too")
      : Finding(.failed, "freed memory", "\(who) does not wipe freed memory: another allocator has taken its place")
  }

  static func crashReport(_ state: ProcessState, of who: String) -> Finding {
    switch state.crashReport {
    case .off: Finding(.passed, "crash reports", "\(who) writes none")
    case .withoutMemory: Finding(.passed, "crash reports", "those of \(who) show no registers and no memory")
    case .withMemory:
      Finding(
        .warning, "crash reports",
        "those of \(who) show registers and memory: set SWIFT_BACKTRACE=enable=no, or registers=none,images=none")
    }
  }

  static func swap(_ state: ProcessState, of who: String) -> Finding {
    let name = "swap"
    if let swapped = state.swapped, swapped > 0 {
      return Finding(
        .warning, name,
        "\(swapped) kB of \(who) lie in swap now: set MemorySwapMax=0 for the service, or encrypt the swap")
    }
    return switch SwapExposure.of(state.pid) {
    case .none: Finding(.passed, name, "this machine has none")
    case .memoryOnly: Finding(.passed, name, "this machine swaps to compressed memory only")
    case .forbidden: Finding(.passed, name, "\(who) may not be swapped out")
    case .unknown: Finding(.unproven, name, "the kernel does not tell whether this machine swaps")
    case .exposed:
      Finding(
        .warning, name,
        "memory of \(who) may be written to swap: set MemorySwapMax=0 for the service, or encrypt the swap")
    }
  }
}

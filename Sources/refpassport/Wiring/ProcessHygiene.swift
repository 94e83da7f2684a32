import CProcess
import Glibc

/// What the process does so that memory does not reach the disk: no core file, not dumpable, files for the owner only.
enum ProcessHygiene {
  static func apply() {
    umask(0o077)
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    _ = cprocess_forbid_dump()
  }
}

import Testing

@testable import refpassport

@Suite("What lies around the process")
struct SurroundingsTests {
  private static let mounts = #"""
    22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
    40 22 0:35 / /srv rw shared:2 - btrfs /dev/vdb rw,space_cache=v2,subvol=/
    41 40 254:2 / /srv/plain rw - xfs /dev/vdc rw,attr2
    42 22 254:3 / /jour\040nal rw - ext4 /dev/vdd rw,data=journal
    43 22 0:50 / /net rw master:4 - nfs4 server:/export rw,vers=4.2
    44 22 0:51 / /run rw - tmpfs tmpfs rw,size=1024k
    45 22 0:52 / /merged rw - overlay overlay rw,lowerdir=/a,upperdir=/b
    46 22 0:53 / /fuse rw - fuse.sshfs host: rw
    47 22 0:54 / /odd rw - hpfs /dev/vde rw
    48 22 0:55 / /twice rw - ext4 /dev/vdf rw
    49 48 0:56 / /twice rw - zfs pool/data rw
    """#

  @Test(
    "the file system under data_dir is the innermost mount that holds it",
    arguments: [
      ("/var/lib/refpassport", .inPlace("ext4")), ("/srv/refpassport", .copying("btrfs")), ("/srv", .copying("btrfs")),
      ("/srvant", .inPlace("ext4")), ("/srv/plain/refpassport", .inPlace("xfs")), ("/jour nal/x", .journaling("ext4")),
      ("/net/x", .remote("nfs4")), ("/run/x", .volatile("tmpfs")), ("/merged/x", .copying("overlay")),
      ("/fuse/x", .remote("fuse.sshfs")), ("/odd/x", .other("hpfs")), ("/twice/x", .copying("zfs")),
    ] as [(String, DataMedium)])
  func medium(directory: String, medium: DataMedium) {
    #expect(DataMedium(under: directory, in: Self.mounts) == medium)
  }

  @Test("a file system that may keep an overwritten key is warned of in plain words, naming it")
  func warnings() throws {
    for medium: DataMedium in [
      .copying("btrfs"), .journaling("ext4"), .remote("nfs4"), .volatile("tmpfs"), .other("hpfs"),
    ] {
      #expect(try #require(medium.warning).hasPrefix("data_dir lies on "))
    }
    #expect(DataMedium.inPlace("ext4").warning == nil)
    #expect(try #require(DataMedium.copying("btrfs").warning).contains("btrfs"))
  }

  @Test("a table of mounts that cannot be read says nothing", arguments: ["", "x", "1 2 3 - ext4", " - \n - "])
  func noTable(table: String) { #expect(DataMedium(under: "/var", in: table) == nil) }

  @Test(
    "what a crash report shows",
    arguments: [
      (nil, false, .off), (nil, true, .withMemory), ("enable=no", true, .off), ("enable=yes", false, .withMemory),
      ("enable=yes,registers=none,images=none", false, .withoutMemory), ("registers=none", false, .off),
      ("registers=none", true, .withoutMemory), ("enable=tty", false, .off), ("nonsense", false, .off),
    ] as [(String?, Bool, ProcessState.CrashReport)])
  func crashReport(setting: String?, atTerminal: Bool, shows: ProcessState.CrashReport) {
    #expect(ProcessState.CrashReport(setting: setting, atTerminal: atTerminal) == shows)
  }

  @Test(
    "whether memory can reach a disk as swap",
    arguments: [
      ("", nil, .none), ("Filename Type Size Used Priority\n", nil, .none),
      ("Filename Type\n/dev/zram0 partition 1 0 100\n", nil, .memoryOnly),
      ("Filename Type\n/dev/sda2 partition 1 0 -2\n", nil, .exposed),
      ("Filename Type\n/dev/sda2 partition 1 0 -2\n", "max\n", .exposed),
      ("Filename Type\n/dev/sda2 partition 1 0 -2\n", "0\n", .forbidden),
      ("Filename Type\n/dev/zram0 partition 1 0 100\n/swap\\040file file 1 0 -3\n", nil, .exposed),
    ] as [(String, String?, SwapExposure)])
  func swap(table: String, limit: String?, exposure: SwapExposure) {
    #expect(SwapExposure(table: table, limit: limit) == exposure)
  }

  @Test("how much lies in swap is read from the kernel's words")
  func swapped() {
    #expect(ProcessState.swapped(in: "VmRSS:\t 9 kB\nVmSwap:\t     128 kB\n") == 128)
    #expect(ProcessState.swapped(in: "VmRSS:\t 9 kB\n") == nil)
  }

  @Test("a process that can be dumped, or whose files others may read, fails the check")
  func findings() {
    let good = ProcessState(
      pid: 1, dumpable: false, coreLimit: 0, umask: 0o077, crashReport: .off, wipesFreedMemory: true, swapped: 0)
    #expect(CheckCommand.memory(good, of: "the daemon").verdict == .passed)
    for change: (inout ProcessState) -> Void in [
      { $0.dumpable = true }, { $0.coreLimit = 1 }, { $0.umask = 0o022 },
    ] {
      var bad = good
      change(&bad)
      #expect(CheckCommand.memory(bad, of: "the daemon").verdict == .failed)
    }
    #expect(CheckCommand.crashReport(good, of: "the daemon").verdict == .passed)
    var unwiped = good
    unwiped.wipesFreedMemory = false
    #expect(CheckCommand.freed(unwiped, of: "the daemon").verdict == .failed)
    var swapped = good
    swapped.swapped = 4
    #expect(CheckCommand.swap(swapped, of: "the daemon").verdict == .warning)
  }
}

import CProcess
import DNS
import Delivery
import Foundation
import Reference
import Settings

// What lies around the appliance: the published key, and the file system under the key slots.
extension CheckCommand {
  /// Whether the record key is published where verifiers will look for it.
  static func publishedKey(_ configuration: Settings.Configuration) async -> Finding {
    let directory = configuration.dataDirectory + "/keys"
    guard FileManager.default.fileExists(atPath: directory), let keys = try? ApplianceKeys.load(from: directory),
      let selector = KeySelector(configuration.verify.selector)
    else { return Finding(.unproven, "dns", "there are no keys yet; after the first run `keys dns` prints the record") }
    let record = keys.issuer.dnsRecord(selector: selector, domain: configuration.organisation.domain)
    let way = "publish what `refpassport keys dns` prints; until then references are silver"
    do {
      let texts = try await Resolver().texts(at: record.name)
      if texts.contains(record.value) { return Finding(.passed, "dns", "\(record.name) holds the record key") }
      return Finding(.warning, "dns", "\(record.name) does not hold the record key: \(way)")
    } catch {
      return Finding(.unproven, "dns", "no name server answered for \(record.name): \(way)")
    }
  }

  /// Whether overwriting a key slot in place destroys it there: copy-on-write file systems keep the old block.
  static func fileSystem(_ configuration: Settings.Configuration) -> Finding {
    let directory = configuration.dataDirectory
    let exists = FileManager.default.fileExists(atPath: directory)
    let kind = cprocess_file_system(exists ? directory : (directory as NSString).deletingLastPathComponent)
    guard kind >= 0 else {
      return Finding(.unproven, "file system", "the file system of data_dir could not be asked for its kind")
    }
    // The magic numbers of statfs(2).
    let copying: [Int: String] = [
      0x9123_683E: "btrfs", 0x2FC1_2FC1: "ZFS", 0x794C_7630: "overlayfs", 0xCA45_1A4E: "bcachefs",
    ]
    guard let name = copying[kind] else {
      return Finding(.passed, "file system", "data_dir lies on a file system that overwrites in place")
    }
    return Finding(
      .warning, "file system",
      "data_dir lies on \(name), which copies on write: an overwritten key may survive in an old block. Use ext4 or XFS"
    )
  }
}

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

  /// Whether overwriting a key slot in place destroys it there.
  static func medium(_ configuration: Settings.Configuration) -> Finding {
    let name = "file system"
    guard let medium = DataMedium.under(configuration.dataDirectory) else {
      return Finding(.unproven, name, "the kernel does not tell on which file system data_dir lies")
    }
    if let warning = medium.warning { return Finding(.warning, name, warning) }
    return Finding(
      .passed, name,
      "data_dir lies on a file system that overwrites in place; whether snapshots are taken below it cannot be seen from here"
    )
  }
}

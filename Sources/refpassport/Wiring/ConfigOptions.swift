import ArgumentParser
import Foundation
import Settings

/// Where the configuration lies: the one option all commands share that need one.
struct ConfigOptions: ParsableArguments {
  @Option(name: .long, help: "The configuration file.")
  var config = "/etc/refpassport/refpassport.yaml"

  /// Reads and checks the configuration.
  func load() throws -> Settings.Configuration {
    try Settings.Configuration.load(file: config, environment: ProcessInfo.processInfo.environment)
  }
}

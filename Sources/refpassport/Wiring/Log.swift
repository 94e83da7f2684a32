import Logging

/// The log: one line an event to standard error, which systemd puts into its journal.
enum Log {
  static let standard: Logger = {
    var logger = Logger(label: "refpassport", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = .info
    return logger
  }()

  /// For the demo, whose own display is all a newcomer shall see.
  static let quiet = Logger(label: "refpassport", factory: { _ in SwiftLogNoOpLogHandler() })
}

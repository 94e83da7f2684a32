import Delivery

/// Draws sheets, in this process or in another one.
package protocol DrawingService: Sendable {
  /// The drawn page as PDF bytes; throws `IssueFailure`.
  func pdf(_ sheet: Sheet) async throws -> [UInt8]
}

/// Draws in this process: for tests, and for commands that end soon.
package struct InProcessDrawing: DrawingService {
  package init() {}
  package func pdf(_ sheet: Sheet) async throws -> [UInt8] { try Drawing.pdf(for: sheet) }
}

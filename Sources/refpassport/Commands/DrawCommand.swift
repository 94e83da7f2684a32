import ArgumentParser
import Reference

/// `draw`: the short-lived child that draws one sheet, so that fonts and names leave memory with it. Not for people.
struct DrawCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Draws one sheet from standard input to standard output.", shouldDisplay: false)

  func run() async throws {
    let status = Drawing.serveStandardInput()
    if status != 0 { throw CommandFailure(.no) }
  }
}

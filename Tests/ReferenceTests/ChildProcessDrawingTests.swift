import Delivery
import Testing

@testable import Reference

/// How the parent copes with a drawing process that behaves well, badly, or not at all.
@Suite struct ChildProcessDrawingTests {
  /// A shell in the place of the drawing process.
  private func drawing(_ script: String, seconds: Int = 20) -> ChildProcessDrawing {
    ChildProcessDrawing(executable: "/bin/sh", arguments: ["-c", script], seconds: seconds)
  }

  @Test func theDocumentIsWhatTheProcessWrites() async throws {
    let page = try await drawing("cat > /dev/null; printf '%%PDF-1.5 drawn'").pdf(.showing("Ada Example"))
    #expect(page == Array("%PDF-1.5 drawn".utf8))
  }

  @Test func theProcessGetsTheSheetOnStandardInput() async throws {
    let sheet = Sheet.showing("Ada Example")
    let echoed = try await drawing("printf '%%PDF-1.'; cat").pdf(sheet)
    #expect(try Sheet(parsing: Array(echoed.dropFirst("%PDF-1.".utf8.count))) == sheet)
  }

  @Test func nothingOfTheParentIsInTheEnvironment() async throws {
    let page = try await drawing("cat > /dev/null; printf '%%PDF-1.'; env").pdf(.showing("Ada Example"))
    let lines = String(decoding: page.dropFirst("%PDF-1.".utf8.count), as: UTF8.self).split(separator: "\n")
    // The shell adds PWD and its like itself.
    let names = Set(lines.compactMap { $0.split(separator: "=").first.map(String.init) })
    #expect(names.subtracting(["PWD", "OLDPWD", "SHLVL", "_"]) == ["LC_ALL", "SWIFT_BACKTRACE"])
  }

  /// A large logo both ways: neither side may wait for the other for ever.
  @Test func aLargeSheetDoesNotBlock() async throws {
    var sheet = Sheet.showing("Ada Example")
    sheet.logo = [UInt8](repeating: 7, count: 900_000)
    let page = try await drawing("printf '%%PDF-1.'; cat").pdf(sheet)
    #expect(page.count > 1_200_000)
  }

  @Test(arguments: [
    IssueFailure.incomplete, .unprintable(field: "title"), .failed("the fonts cannot be opened"),
  ])
  func aFailureOfTheProcessIsItsParents(failure: IssueFailure) async throws {
    let told = String(decoding: failure.bytes, as: UTF8.self)
    await #expect(throws: failure) {
      try await drawing("cat > /dev/null; printf '%s' '\(told)'; exit 1").pdf(.showing("Ada Example"))
    }
  }

  @Test(arguments: [
    ("exit 1", "the drawing process failed without a reason"),
    ("exit 0", "the drawing process drew nothing"),
    ("cat > /dev/null; echo hello", "the drawing process drew nothing"),
    ("exit 3", "the drawing process crashed"),
    ("cat > /dev/null; kill -9 $$", "the drawing process crashed"),
    ("yes", "the drawing process wrote too much"),
  ])
  func aBadProcessIsAFailure(script: String, reason: String) async {
    await #expect(throws: IssueFailure.failed(reason)) {
      try await drawing(script).pdf(.showing("Ada Example"))
    }
  }

  @Test func aProcessThatHangsIsKilled() async {
    await #expect(throws: IssueFailure.failed("the drawing process took too long")) {
      try await drawing("exec sleep 600", seconds: 1).pdf(.showing("Ada Example"))
    }
  }

  @Test func aProgramThatIsNotThereIsAFailure() async {
    await #expect(throws: IssueFailure.failed("the drawing process cannot be started")) {
      try await ChildProcessDrawing(executable: "/nowhere/refpassport").pdf(.showing("Ada Example"))
    }
  }
}

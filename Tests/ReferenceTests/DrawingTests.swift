import Delivery
import Mail
import Testing

@testable import Reference

/// What can be drawn, what is refused, and that it is always drawn the same.
@Suite struct DrawingTests {
  @Test(arguments: [
    "Zoë Ångström-Łukasiewicz", "Nguyễn Thị Ví Dụ", "Παράδειγμα Ευάγγελος", "Щёголева Пример",
    "ליאור דוגמה-לוי",
    "ليلى المثال", "یلدا نمونه\u{200C}ای", "例示 花子 サンプル", "髙例 𠮷子", "예시 햇살", "示例骞", "示例龘",
    "उदाहरण क्षेत्र", "ตัวอย่าง", "მაგალითი", "Օրինակ", "ምሳሌ", "உதாரணம்",
  ])
  func everyScriptInDailyUseIsDrawn(name: String) throws {
    let page = try Drawing.pdf(for: .showing(name))
    #expect(page.starts(with: Array("%PDF-1.5".utf8)))
    #expect(throws: Never.self) { try PDFFile(page) }
  }

  @Test(arguments: ["Ada 😀", "Ada \u{E000}", "Ada \u{F8FF}", "Ada 🏳️‍🌈", "Ada \u{10FFFD}", "Ada \u{0378}"])
  func whatNoFontHasIsRefusedByTheNameOfTheFact(value: String) {
    #expect(throws: IssueFailure.unprintable(field: "name")) { try Drawing.pdf(for: .showing(value)) }
  }

  @Test func theSameSheetGivesTheSameBytes() throws {
    let sheet = Sheet.showing("例示 花子 ليلى Ada")
    let first = try Drawing.pdf(for: sheet)
    #expect(try Drawing.pdf(for: sheet) == first)
    var later = sheet
    later.created.seconds += 1
    #expect(try Drawing.pdf(for: later) != first)
  }

  /// A font that other tests have loaded must not change the choice of the next document's fonts.
  @Test func bytesDoNotDependOnWhatWasDrawnBefore() throws {
    let first = try Drawing.pdf(for: .showing("Ada Example"))
    _ = try Drawing.pdf(for: .showing("示例骞 ตัวอย่าง ליאור"))
    #expect(try Drawing.pdf(for: .showing("Ada Example")) == first)
  }

  @Test func longFactsWrapShrinkAndAreAtLastRefused() throws {
    let long = String(repeating: "Wilhelmina Alexandrina ", count: 12)
    #expect(throws: Never.self) { try Drawing.pdf(for: .showing(long)) }
    #expect(throws: Never.self) { try Drawing.pdf(for: .showing(String(repeating: "W", count: 300))) }
    #expect(throws: IssueFailure.failed("the facts do not fit on one page")) {
      try Drawing.pdf(for: .showing(String(repeating: "Wilhelmina ", count: 900)))
    }
  }

  @Test func aLinkTooLongForACodeIsRefused() {
    var sheet = Sheet.showing("Ada Example")
    sheet.link += String(repeating: "x", count: 3000)
    #expect(throws: IssueFailure.failed("the facts do not fit into a QR code")) {
      try Drawing.pdf(for: sheet)
    }
  }

  /// 40 mm for a usual link, and never less than 0.47 mm a module until the page sets an end to it.
  @Test(arguments: [(85, 113.9), (60, 113.4), (109, 146.06), (177, 190.0)])
  func theCodeGrowsWithWhatItHolds(modules: Int, points: Double) {
    #expect(abs(PageLayout.codeSize(modules: modules) - points) < 0.01)
  }

  @Test func aLogoIsDrawnAndABrokenOneIsRefused() throws {
    var sheet = Sheet.showing("Ada Example")
    let plain = try Drawing.pdf(for: sheet)
    sheet.logo = Self.redPixel
    #expect(try Drawing.pdf(for: sheet).count > plain.count)
    sheet.logo = Array(Self.redPixel.prefix(40))
    #expect(throws: IssueFailure.failed("the logo is no readable PNG file")) { try Drawing.pdf(for: sheet) }
  }

  @Test func aSheetSurvivesTheWayToAnotherProcess() throws {
    var sheet = Sheet.showing("ליאור “Ada” 😀\u{200D}")
    sheet.logo = Self.redPixel
    #expect(try Sheet(parsing: sheet.bytes()) == sheet)
    #expect(throws: ReferenceError.self) { try Sheet(parsing: Array(sheet.bytes().dropLast())) }
  }

  @Test func aSheetShowsNothingOfItselfInALog() {
    #expect("\(Sheet.showing("Ada Example"))" == "<sheet>")
    #expect(String(reflecting: Sheet.showing("Ada Example")).contains("Ada") == false)
  }

  /// One red pixel, 8 bits a channel, RGB.
  static let redPixel: [UInt8] = [
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53, 0xDE, 0x00,
    0x00, 0x00, 0x0C, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0xF8, 0xCF, 0xC0, 0x00, 0x00, 0x03, 0x01,
    0x01, 0x00, 0xC9, 0xFE, 0x92, 0xEF, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60,
    0x82,
  ]
}

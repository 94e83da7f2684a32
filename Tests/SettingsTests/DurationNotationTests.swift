import Testing

@testable import Settings

@Suite struct DurationNotationTests {
  @Test(
    "a whole number and one unit",
    arguments: [
      ("20s", 20), ("5m", 300), ("72h", 259_200), ("14d", 1_209_600), ("0s", 0), ("0d", 0),
      ("3650d", 315_360_000),
    ]
      as [(String, Int64)])
  func read(_ text: String, _ seconds: Int64) {
    #expect(DurationNotation.seconds(of: text) == seconds)
  }

  @Test(
    "nothing else",
    arguments: [
      "", "s", "5", "5 m", "-5m", "+5m", "1.5h", "1h30m", "5M", "5w", "3651d", "9999999999s", "٥m", "0x5m",
    ])
  func refused(_ text: String) {
    #expect(DurationNotation.seconds(of: text) == nil)
  }

  @Test(
    "what is written is read back the same",
    arguments: [0, 1, 59, 60, 90, 3600, 86_400, 172_800, 90_000, 518_400, 31_536_000] as [Int64])
  func roundTrip(_ seconds: Int64) {
    #expect(DurationNotation.seconds(of: DurationNotation.text(seconds)) == seconds)
  }

  @Test("the largest unit that divides it is taken, and a day is 24h")
  func written() {
    #expect(
      [0, 90, 120, 7200, 86_400, 172_800].map { DurationNotation.text($0) } == [
        "0s", "90s", "2m", "2h", "24h", "2d",
      ])
  }
}

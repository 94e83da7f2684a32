import Delivery
import Mail
import Testing

@Suite("Epoch")
struct EpochTests {
  @Test(
    "is the quarter of a time, in UTC",
    arguments: [
      (0, "1970Q1"), (7_775_999, "1970Q1"), (7_776_000, "1970Q2"), (1_798_761_599, "2026Q4"), (1_798_761_600, "2027Q1"),
    ] as [(Int64, String)])
  func quarter(seconds: Int64, text: String) {
    let epoch = Epoch(of: Timestamp(seconds: seconds))
    #expect(epoch.description == text && Epoch(text) == epoch)
  }

  @Test("ends where the next begins")
  func end() {
    let epoch = Epoch(of: Timestamp(seconds: 1_793_610_000))
    #expect(epoch.end == Timestamp(seconds: 1_798_761_600))
    #expect(Epoch(of: epoch.end) > epoch)
    #expect(Epoch(of: Timestamp(seconds: epoch.end.seconds - 1)) == epoch)
  }

  @Test(
    "is read in one form only",
    arguments: ["", "2026", "2026Q0", "2026Q5", "26Q1", "2026q1", "2026Q01", "+026Q1", "2026Q1Q1"])
  func bad(text: String) { #expect(Epoch(text) == nil) }
}

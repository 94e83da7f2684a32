import Delivery
import Mail
import Testing

@Suite("The relay is never given more mails than its rate")
struct RelayRateTests {
  /// Takes as often as the meter lets it from `start` on, asked every second, and gives the moments back.
  private func taken(_ meter: inout RateMeter, from start: Timestamp, seconds: Int64) -> [Int64] {
    var moments: [Int64] = []
    for second in 0..<seconds {
      while meter.take(at: start + second) == nil { moments.append(second) }
    }
    return moments
  }

  @Test(
    "however long they queue, no stretch of `per` seconds holds more than `mails`, and nearly as many leave",
    arguments: [(60, 60), (1, 60), (90, 60), (7, 60), (600, 60), (1000, 86_400), (3, 1), (1, 1), (59, 61)]
      as [(Int64, Int64)])
  func strict(mails: Int64, per: Int64) throws {
    var meter = RateMeter(try #require(RelayRate(mails: mails, per: per)))
    let span = per * 3
    let moments = taken(&meter, from: Sample.now, seconds: span)
    var oldest = 0
    for newest in moments.indices {
      while moments[newest] - moments[oldest] >= per { oldest += 1 }
      #expect(newest - oldest + 1 <= mails)
    }
    #expect(Int64(moments.count) >= 3 * mails - 1)
    #expect(Int64(moments.count) <= 3 * mails)
  }

  @Test("who comes back when told goes on, and one second earlier would not have")
  func comeBack() throws {
    for (mails, per) in [(60, 60), (1, 60), (7, 60), (600, 60), (59, 61)] as [(Int64, Int64)] {
      var meter = RateMeter(try #require(RelayRate(mails: mails, per: per)))
      var now = Sample.now
      for _ in 0..<50 {
        while let later = meter.take(at: now) {
          #expect(later > now)
          var early = meter
          if later - now > 1 { #expect(early.take(at: later + -1) == later) }
          now = later
        }
      }
    }
  }

  @Test("a long rest saves up no burst, and a clock set back gives nothing away")
  func rest() throws {
    var meter = RateMeter(try #require(RelayRate(mails: 60, per: 60)))
    #expect(meter.take(at: Sample.now) == nil)
    #expect(taken(&meter, from: Sample.now + 1_000_000_000_000, seconds: 1).count == 1)
    #expect(meter.take(at: Sample.now) != nil)
    #expect(meter.take(at: Sample.now + 1) == nil)
  }

  @Test("what is refused is not counted")
  func refused() throws {
    var meter = RateMeter(try #require(RelayRate(mails: 1, per: 60)))
    #expect(meter.take(at: Sample.now) == nil)
    for second in 1..<60 { #expect(meter.take(at: Sample.now + Int64(second)) == Sample.now + 60) }
    #expect(meter.take(at: Sample.now + 60) == nil)
  }

  @Test(
    "a rate has mails and seconds",
    arguments: [(0, 60), (60, 0), (-1, 60), (1_000_001, 60), (1, 3651 * 86_400)] as [(Int64, Int64)])
  func none(mails: Int64, per: Int64) { #expect(RelayRate(mails: mails, per: per) == nil) }
}

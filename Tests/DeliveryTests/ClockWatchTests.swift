import Delivery
import Mail
import Testing

@Suite("The clock watch: the wall clock must run as far as a clock that nobody can set")
struct ClockWatchTests {
  let watch = ClockWatch(wall: Sample.now, steady: 1000)

  @Test(
    "a jump of more than five minutes is told, with its size; less is not",
    arguments: [
      (0, 0, nil), (3600, 3600, nil), (300, 0, nil), (-300, 0, nil), (301, 0, 301), (-301, 0, -301),
      (86_400, 3600, 82_800), (3600, 86_400, -82_800),
    ] as [(Int64, Int64, Int64?)])
  func jumps(wall: Int64, steady: Int64, jump: Int64?) {
    #expect(watch.jump(wall: Sample.now + wall, steady: 1000 + steady) == jump)
  }

  @Test("a clock that is set right again ends it")
  func back() {
    #expect(watch.jump(wall: Sample.now + 9999, steady: 1010) != nil)
    #expect(watch.jump(wall: Sample.now + 20, steady: 1020) == nil)
  }

  @Test("a jump does not show in the time by which cases are stamped, and a clock set right is believed again")
  func watched() {
    let manual = ManualClock(Sample.now)
    let clock = WatchedClock(manual)
    manual.advance(by: 1000)
    #expect(clock.now() == Sample.now + 1000 && clock.jump == nil)
    manual.jump(by: 400 * 86_400)
    manual.advance(by: 10)
    #expect(clock.now() == Sample.now + 1010 && clock.jump == 400 * 86_400)
    manual.jump(by: -410 * 86_400)
    #expect(clock.now() == Sample.now + 1010 && clock.jump == -10 * 86_400)
    manual.jump(by: 10 * 86_400)
    #expect(clock.now() == Sample.now + 1010 && clock.jump == nil)
    // What a time server corrects in small steps is the time.
    manual.jump(by: 200)
    #expect(clock.now() == Sample.now + 1210)
  }
}

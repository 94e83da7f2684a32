import Testing

@testable import refpassport

@Suite("The daemon's sleep")
struct WakeTests {
  let wake = Wake()

  @Test("each sleep lasts its time, however many there were before")
  func lasts() async {
    for _ in 0..<3 {
      let begun = ContinuousClock().now
      await wake.wait(atMost: .milliseconds(50))
      #expect(ContinuousClock().now - begun >= .milliseconds(50))
    }
  }

  @Test("a ring ends it, before it begins or while it lasts, also after sleeps that lasted")
  func rings() async {
    await wake.wait(atMost: .milliseconds(1))
    wake.ring()
    await wake.wait(atMost: .seconds(3600))
    let sleep = Task { await wake.wait(atMost: .seconds(3600)) }
    wake.ring()
    await sleep.value
    let begun = ContinuousClock().now
    await wake.wait(atMost: .milliseconds(50))
    #expect(ContinuousClock().now - begun >= .milliseconds(50), "a ring ends one sleep")
  }

  @Test("a loop that is cancelled does not sleep on")
  func cancelled() async {
    let sleep = Task { await wake.wait(atMost: .seconds(3600)) }
    sleep.cancel()
    await sleep.value
  }
}

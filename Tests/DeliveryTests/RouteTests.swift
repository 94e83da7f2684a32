import Delivery
import Mail
import Testing

@Suite("The route: paused by trouble, opened by a probe, and blamed on a case only when it is the case")
struct RouteTests {
  static let down = RouteTrouble(kind: .unreachable, phase: .connect, advice: "look at smtp.url")
  static let busy = RouteTrouble(kind: .busy, phase: .rcpt, code: 421, advice: "busy")
  let first = CaseID.random()
  let second = CaseID.random()
  let now = Sample.now

  @Test("trouble closes it for the policy's pause; then one probe may go; what passes opens it")
  func breaker() {
    var route = Route()
    #expect(route.width(4, at: now) == 4)
    #expect(route.troubled(by: first, Self.down, policy: .standard, at: now) == .route)
    #expect(route.width(4, at: now + 29) == 0)
    #expect(route.width(4, at: now + 30) == 1)
    #expect(route.pause?.since == now && route.pause?.until == now + 30)
    #expect(route.troubled(by: second, Self.down, policy: .standard, at: now + 30) == .route)
    #expect(route.pause?.since == now && route.pause?.until == now + 90 && route.pause?.troubles == 2)
    #expect(route.passed(first)?.since == now)
    #expect(route.width(4, at: now + 31) == 4)
    #expect(route.pause == nil)
  }

  @Test("what several sessions meet at the same time is one trouble")
  func together() {
    var route = Route()
    for id in [first, second] { _ = route.troubled(by: id, Self.down, policy: .standard, at: now) }
    #expect(route.pause?.troubles == 1 && route.pause?.until == now + 30)
  }

  @Test("the case that met the trouble goes last, so the probe is another")
  func order() {
    var route = Route()
    let cases = [first, second].map { Case(id: $0, stage: .queued, opened: now, since: now) }
    #expect(route.order(cases).map(\.id) == [first, second])
    _ = route.troubled(by: first, Self.down, policy: .standard, at: now)
    #expect(route.order(cases).map(\.id) == [second, first])
    _ = route.passed(second)
    // It was only the first in line when the relay was down: nothing is remembered against it.
    #expect(route.order(cases).map(\.id) == [first, second])
  }

  @Test("a case over which the relay ends the session twice, while it takes another between, is to blame itself")
  func blame() {
    var route = Route()
    #expect(route.troubled(by: first, Self.busy, policy: .standard, at: now) == .route)
    _ = route.passed(second)
    #expect(
      route.order([first, second].map { Case(id: $0, stage: .queued, opened: now, since: now) }).last?.id == first)
    #expect(route.troubled(by: first, Self.busy, policy: .standard, at: now + 60) == .case)
    #expect(route.pause == nil)
  }

  @Test("a relay at its limit that turns several cases away blames none of them, however often")
  func limit() {
    var route = Route()
    for step in 0..<6 {
      let time = now + Int64(step) * 3600
      for id in [first, second] { #expect(route.troubled(by: id, Self.busy, policy: .standard, at: time) == .route) }
      _ = route.passed(.random())
    }
  }

  @Test("others must have passed since the case was last turned away, not only at some time")
  func passedSince() {
    var route = Route()
    _ = route.troubled(by: first, Self.busy, policy: .standard, at: now)
    _ = route.troubled(by: first, Self.busy, policy: .standard, at: now + 3600)
    _ = route.passed(second)
    #expect(route.troubled(by: first, Self.busy, policy: .standard, at: now + 7200) == .case)
  }

  @Test("while nothing passes, no case is to blame, however often it is tried")
  func noBlame() {
    var route = Route()
    for step in 0..<10 {
      #expect(route.troubled(by: first, Self.busy, policy: .standard, at: now + Int64(step)) == .route)
    }
  }

  @Test("trouble before the relay has heard of a case blames none, whoever passes")
  func connectNeverBlames() {
    var route = Route()
    for step in 0..<5 {
      #expect(route.troubled(by: first, Self.down, policy: .standard, at: now + Int64(step)) == .route)
      _ = route.passed(second)
    }
  }
}

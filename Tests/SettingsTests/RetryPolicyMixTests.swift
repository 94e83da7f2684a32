import Delivery
import Testing

@testable import Settings

@Suite struct RetryPolicyMixTests {
  private func load(_ yaml: String) throws -> OutcomeMix {
    let bench = try Bench(yaml)
    return try OutcomeMixFile.load(file: bench.file)
  }

  @Test("the example of the help text is the built-in mix")
  func example() throws { #expect(try load(OutcomeMixFile.example) == .standard) }

  @Test("what is left out has its default")
  func least() throws {
    let mix = try load("accepted: 0.9\nclasses: {network: {share: 0.1, clears_after: 5m}}")
    #expect(
      mix
        == OutcomeMix(
          accepted: 0.9, refused: 0, troubles: [.network: .init(share: 0.1, clearsAfter: 300, spread: 2, never: 0)],
          arrivals: OutcomeMix.standard.arrivals))
  }

  @Test(
    "a bad mix is refused with line, key and way out",
    arguments: [
      ("refused: 0.1", "m.yaml: accepted: is missing: write the share taken at the first attempt"),
      ("accepted: 0.9", "m.yaml:1: accepted: must make 1 together with refused and every share; now they make 0.9"),
      ("accepted: 93", "m.yaml:1: accepted: must be a number from 0 to 1"),
      (
        "accepted: 0.9\nclasses: {network: {share: 0.1}}",
        "m.yaml:2: classes.network.clears_after: is missing: write when half of it has passed"
      ),
      (
        "accepted: 0.9\nclasses: {network: {share: 0.1, clears_after: 0s}}",
        "m.yaml:2: classes.network.clears_after: must be at least 1s"
      ),
      (
        "accepted: 0.9\nclasses: {network: {share: 0.1, clears_after: 5m, spread: 0.5}}",
        "m.yaml:2: classes.network.spread: must be a number from 1 to 1000"
      ),
      ("accepted: 1\nclasses: {grey: {share: 0}}", "m.yaml:2: classes.grey: unknown key"),
      ("accepted: 1\narrivals: {for: 25h}", "m.yaml:2: arrivals.for: must be at least 1s and at most 24h"),
      ("accepted: 1\narrivals: {from: \"24:00\"}", "m.yaml:2: arrivals.from: must be a time of day"),
      ("accepted: 1\narrivals: {mails_a_day: 0}", "m.yaml:2: arrivals.mails_a_day: must be a whole number"),
    ])
  func refused(_ yaml: String, _ sentence: String) throws {
    let bench = try Bench()
    let path = try bench.write(yaml, to: "m.yaml")
    let error = try #require(throws: ConfigurationError.self) { try OutcomeMixFile.load(file: path) }
    #expect(bench.brief(error).hasPrefix(sentence))
  }
}

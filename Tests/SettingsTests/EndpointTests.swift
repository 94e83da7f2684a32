import Testing

@testable import Settings

@Suite struct EndpointTests {
  private func endpoint(_ text: String) throws -> Endpoint {
    try Endpoint(text, ports: ["smtp": 25, "smtps": 465])
  }

  @Test(
    "scheme, host and port are read; a port left out is the scheme's",
    arguments: [
      ("smtp://relay.acme.example", "relay.acme.example", 25, false),
      ("SMTPS://Relay.Acme.Example", "relay.acme.example", 465, false),
      ("smtp://relay.acme.example:2525/", "relay.acme.example", 2525, false),
      ("smtp://10.0.0.1:65535", "10.0.0.1", 65_535, false),
      ("smtp://[2001:DB8::1]:25", "2001:db8::1", 25, false),
      ("smtp://localhost", "localhost", 25, true),
      ("smtp://127.0.0.53", "127.0.0.53", 25, true),
      ("smtp://[::1]", "::1", 25, true),
      ("smtp://127.0.0.1.evil.example", "127.0.0.1.evil.example", 25, false),
      ("smtp://localhost.evil.example", "localhost.evil.example", 25, false),
    ] as [(String, String, UInt16, Bool)])
  func read(_ text: String, _ host: String, _ port: UInt16, _ isLoopback: Bool) throws {
    let endpoint = try endpoint(text)
    #expect(endpoint.host == host)
    #expect(endpoint.port == port)
    #expect(endpoint.isLoopback == isLoopback)
    #expect(try self.endpoint(endpoint.description) == endpoint)
  }

  @Test(
    "nothing else is a server",
    arguments: [
      "", "relay.acme.example", "smtp:relay", "smtp://", "smtp://:25", "http://relay.acme.example",
      "smtp://relay:",
      "smtp://relay:0", "smtp://relay:65536", "smtp://relay:+25", "smtp://re lay", "smtp://re\r\nlay",
      "smtp://-relay",
      "smtp://relay..example", "smtp://[::1", "smtp://[relay]", "smtp://::1", "smtp://user@relay",
      "smtp://u:p@relay",
      "smtp://relay?x", "smtp://relay#x", "smtp://relay/a b", "smtp://relay/\r\nQUIT",
      "smtp://bücher.example",
    ])
  func refused(_ text: String) {
    #expect(throws: Misfit.self) { try endpoint(text) }
  }

  @Test("the printed URL leaves out what the scheme implies")
  func printed() throws {
    #expect(try endpoint("smtp://[::1]:25").description == "smtp://[::1]")
    #expect(try endpoint("smtps://relay.acme.example:25/x").description == "smtps://relay.acme.example:25/x")
  }
}

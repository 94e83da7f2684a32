import Mail

extension Shape {
  /// An address; its domain may be written in any alphabet that `domains` knows.
  static func address(_ domains: any DomainEncoder) -> (String) throws(Misfit) -> Address {
    { text throws(Misfit) in
      do { return try Address(parsing: text, domains: domains) } catch {
        throw Misfit(allowed: "a mail address, such as people@acme.example")
      }
    }
  }

  /// An address with a name before it or without.
  static func mailbox(_ domains: any DomainEncoder) -> (String) throws(Misfit) -> Mailbox {
    { text throws(Misfit) in
      do { return try Mailbox(parsing: text, domains: domains) } catch {
        throw Misfit(
          allowed: "a mail address with or without a name, such as Acme People Team <people@acme.example>")
      }
    }
  }

  /// A relay: smtp:// (port 25 unless given) or smtps:// (465).
  static func relay(_ text: String) throws(Misfit) -> Endpoint {
    let endpoint = try Endpoint(text, ports: ["smtp": 25, "smtps": 465])
    guard endpoint.path.isEmpty || endpoint.path == "/" else { throw Misfit(allowed: "a URL without a path") }
    return endpoint
  }
}

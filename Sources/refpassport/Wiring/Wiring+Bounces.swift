import Bounces
import Curl
import Delivery
import Foundation
import Settings

// Where reports arrive.
extension Wiring {
  /// Empty if nobody reads them.
  static func reportSources(_ configuration: Settings.Configuration) throws -> [any ReportSource] {
    var sources: [any ReportSource] = []
    if let imap = configuration.bounces.imap {
      let after: IMAPMailbox.After =
        switch imap.after {
        case .delete: .delete
        case .move: .move
        case .keep: .keep
        }
      sources.append(IMAPMailbox(try client(imap), after: after))
    }
    if let maildir = configuration.bounces.maildir { sources.append(Maildir(maildir)) }
    return sources
  }

  static func client(_ imap: Settings.Configuration.Bounces.IMAP) throws -> IMAPClient {
    let endpoint = imap.endpoint
    guard let username = imap.username else {
      throw CommandFailure(
        .usage, "bounces.username is missing though bounces.imap_url is set: no server shows a mailbox to nobody.")
    }
    let name = endpoint.path.dropFirst().removingPercentEncoding ?? ""
    let client = IMAPClient(mailbox: name.isEmpty ? "INBOX" : name) { () throws(IMAPFailure) in
      let secret: Curl.Secret
      do throws(ConfigurationError) {
        secret = Curl.Secret(try imap.secret.load().text)
      } catch {
        throw .noSecret("\(error)")
      }
      let security: WireTarget.Security =
        endpoint.scheme == "imaps" ? .implicit : imap.tls == .none ? .none : .required
      return WireTarget(
        host: endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host, port: Int(endpoint.port),
        security: security, caFile: imap.caFile,
        login: .init(
          username: username, credential: imap.takesToken ? .token(secret) : .password(secret),
          mechanisms: imap.takesToken ? ["OAUTHBEARER", "XOAUTH2"] : ["PLAIN", "LOGIN"]))
    }
    guard let client else {
      throw CommandFailure(
        .usage, "bounces.imap_url: the mailbox must be named in printable ASCII, without quotes and backslashes.")
    }
    return client
  }
}

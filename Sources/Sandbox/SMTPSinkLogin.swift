import COpenSSL
import Foundation

/// One AUTH exchange of the stand-in (RFC 4954): reads what the client gives and says whether it is right.
package struct SMTPSinkLogin {
  /// The SASL mechanisms the stand-in knows; for the last two the account's password is taken for its token.
  package static let mechanisms = ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER"]

  let user: String
  let password: String
  /// Says a challenge in clear text and hears the answer; nil if the session ended or what came is no base64.
  let ask: (String) -> String?

  enum Verdict { case right, wrong, unknownMechanism }

  /// - Parameters:
  ///   - mechanism: in upper case.
  ///   - initial: the initial response, decoded; nil if there was none.
  func verdict(_ mechanism: String, initial: String?) -> Verdict {
    switch mechanism {
    case "PLAIN": isRight(initial ?? ask("")) { ["", user, password] == $0.parts("\0") }
    case "LOGIN": isRight(initial ?? ask("Username:")) { $0 == user && ask("Password:") == password }
    case "CRAM-MD5": cramMD5()
    case "XOAUTH2":
      isRight(initial ?? ask(""), onFailure: "") { ["user=\(user)", bearer, "", ""] == $0.parts("\u{1}") }
    case "OAUTHBEARER":
      isRight(initial ?? ask(""), onFailure: "\u{1}") { answer in
        let parts = answer.parts("\u{1}")
        return parts.first == "n,a=\(user)," && parts.contains(bearer) && parts.contains { $0.hasPrefix("host=") }
      }
    default: .unknownMechanism
    }
  }

  private var bearer: String { "auth=Bearer \(password)" }

  private func isRight(_ answer: String?, _ check: (String) -> Bool) -> Verdict {
    answer.map(check) == true ? .right : .wrong
  }

  /// The bearer mechanisms tell in one more challenge why, which the client answers with nothing, or with one ^A
  /// (RFC 7628 §3.2.3).
  private func isRight(_ answer: String?, onFailure farewell: String, _ check: (String) -> Bool) -> Verdict {
    guard isRight(answer, check) == .wrong else { return .right }
    return ask(#"{"status":"invalid_token"}"#) == farewell ? .wrong : .unknownMechanism
  }

  /// RFC 2195: the challenge, and its HMAC-MD5 under the password.
  private func cramMD5() -> Verdict {
    let challenge = "<\(UInt32.random(in: 0 ... .max)).1@sandbox.example>"
    var code = [UInt8](repeating: 0, count: 16)
    var count: UInt32 = 0
    let (key, text) = (Array(password.utf8), Array(challenge.utf8))
    guard HMAC(EVP_md5(), key, Int32(key.count), text, text.count, &code, &count) != nil, count == 16 else {
      return .unknownMechanism
    }
    let digits = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return isRight(ask(challenge)) { $0 == "\(user) \(digits)" }
  }
}

extension String {
  fileprivate func parts(_ separator: Character) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}

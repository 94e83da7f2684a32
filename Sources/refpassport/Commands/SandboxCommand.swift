import ArgumentParser
import Foundation
import Sandbox
import Synchronization

/// `sandbox`: the stand-ins by themselves, on loopback, for tests and for trying things out.
struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox", abstract: "Serves a stand-in for Bob or for the relay on loopback.",
    subcommands: [Bob.self, SMTP.self])

  struct SMTP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Serves a relay that keeps every mail as a file; prints where as one line of JSON.")
    @Option(help: "The port; 0 takes a free one.") var port = 0
    @Option(help: "The directory for the mails, one .eml each.") var out: String
    @Flag(help: "Offer STARTTLS with a certificate of its own, and demand a login.") var secure = false

    func run() async throws {
      let box = try MailBox(directory: out)
      let sink = try SMTPSink.standing(secure: secure) { box.keep($0) }
      let listening: Int
      do { listening = try sink.start(port: port) } catch {
        throw CommandFailure(.outside, "Port \(port) of 127.0.0.1 cannot be listened on: is it in use? Try --port 0.")
      }
      var place = ["url": "smtp://127.0.0.1:\(listening)", "out": out, "tls": secure ? "required" : "none"]
      if secure {
        let file = out + "/relay.pem"
        try sink.identity?.writeCertificate(to: file)
        place.merge(["ca_file": file, "username": SMTPSink.login.user, "password": SMTPSink.login.password]) { $1 }
      }
      try Terminal.line(place)
      await StopSignal.wait()
      await sink.stop()
    }
  }
}

extension SMTPSink {
  /// The login of a sink that demands one.
  static let login = (user: "relay", password: "sandbox-password")

  /// A relay as organisations have them: DSN, SIZE, PIPELINING; with `secure`, STARTTLS and a login too.
  static func standing(secure: Bool, onMail: @escaping @Sendable (SMTPSinkMail) -> Void) throws -> SMTPSink {
    var options = SMTPSinkOptions()
    options.onMail = onMail
    if secure {
      options.security = .starttls
      options.login = login
      options.requiresLogin = true
    }
    return try SMTPSink(options)
  }
}

/// Keeps mails as files, numbered as they came.
final class MailBox: Sendable {
  private let directory: String
  private let count = Mutex(0)

  init(directory: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(
        .usage, "--out: \(directory) cannot be made; does its parent exist, and may you write there?")
    }
    self.directory = directory
  }

  /// Writes the mail under a temporary name first: who watches the directory sees whole mails only.
  func keep(_ mail: SMTPSinkMail) {
    let number = count.withLock { count in
      count += 1
      return count
    }
    let name = String(repeating: "0", count: max(0, 4 - String(number).count)) + "\(number)"
    let temporary = URL(filePath: directory).appending(path: "\(name).part")
    let file = URL(filePath: directory).appending(path: "\(name).eml")
    try? Data(mail.message).write(to: temporary)
    try? FileManager.default.moveItem(at: temporary, to: file)
  }
}

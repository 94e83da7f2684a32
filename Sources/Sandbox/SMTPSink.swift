import Glibc
import Synchronization

/// TEMPORARY plain sink until the real one lands.
package struct ReceivedMail: Sendable {
  package var sender: String
  package var recipients: [(address: String, parameters: String)]
  package var bytes: [UInt8]
}
package final class SMTPSink: Sendable {
  package enum Offer: Sendable { case standard }
  package enum TLS: Sendable { case none, starttls, implicit }
  package let certificatePEM = ""
  private let onMail: @Sendable (ReceivedMail) -> Void
  private let descriptor = Mutex<Int32>(-1)
  package init(offer: Offer, login: (user: String, password: String)?, tls: TLS, faults: [Int], onMail: @escaping @Sendable (ReceivedMail) -> Void) throws { self.onMail = onMail }
  package func start(port: UInt16 = 0) throws -> UInt16 {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var one: Int32 = 1
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    var a = sockaddr_in(); a.sin_family = sa_family_t(AF_INET); a.sin_port = port.bigEndian; a.sin_addr.s_addr = UInt32(0x7F000001).bigEndian
    _ = withUnsafePointer(to: &a) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(fd, $0, 16) } }
    listen(fd, 64)
    var l: socklen_t = 16
    _ = withUnsafeMutablePointer(to: &a) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(fd, $0, &l) } }
    descriptor.withLock { $0 = fd }
    Threads.run { while true { let c = accept(fd, nil, nil); if c < 0 { return }; Threads.run { self.serve(c) } } }
    return UInt16(bigEndian: a.sin_port)
  }
  package func stop() { descriptor.withLock { shutdown($0, Int32(SHUT_RDWR)); close($0) } }
  private func serve(_ c: Int32) {
    func say(_ s: String) { let b = Array((s + "\r\n").utf8); _ = send(c, b, b.count, Int32(MSG_NOSIGNAL)) }
    var buffer: [UInt8] = []
    func line() -> [UInt8]? {
      while true {
        if let i = buffer.firstIndex(of: 10) { let l = Array(buffer[..<i]).filter { $0 != 13 }; buffer.removeFirst(i + 1); return l }
        var chunk = [UInt8](repeating: 0, count: 65536)
        let n = recv(c, &chunk, chunk.count, 0)
        if n <= 0 { return nil }
        buffer += chunk[..<n]
      }
    }
    say("220 sink")
    var mail = ReceivedMail(sender: "", recipients: [], bytes: [])
    while let l = line() {
      let s = String(decoding: l, as: UTF8.self)
      switch s.prefix(4).uppercased() {
      case "EHLO": say("250-sink"); say("250-DSN"); say("250-SIZE 50000000"); say("250 PIPELINING")
      case "MAIL": mail.sender = String(s.dropFirst(11).prefix { $0 != ">" }); say("250 ok")
      case "RCPT": mail.recipients.append((String(s.dropFirst(9).prefix { $0 != ">" }), "")); say("250 ok")
      case "DATA":
        say("354 go")
        while let d = line() { if d == [46] { break }; mail.bytes += (d.first == 46 ? Array(d.dropFirst()) : d) + [13, 10] }
        onMail(mail)
        mail = ReceivedMail(sender: "", recipients: [], bytes: [])
        say("250 2.0.0 queued")
      case "QUIT": say("221 bye"); close(c); return
      default: say("250 ok")
      }
    }
    close(c)
  }
}
enum Threads {
  static func run(_ body: @escaping @Sendable () -> Void) {
    final class Box { let body: @Sendable () -> Void; init(_ b: @escaping @Sendable () -> Void) { body = b } }
    var t = pthread_t()
    pthread_create(&t, nil, { Unmanaged<Box>.fromOpaque($0!).takeRetainedValue().body(); return nil }, Unmanaged.passRetained(Box(body)).toOpaque())
  }
}

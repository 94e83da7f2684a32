import Dispatch
import Glibc

/// Waits for SIGTERM or SIGINT.
enum StopSignal {
  static func wait() async {
    let queue = DispatchQueue(label: "signals")
    let (signals, reporter) = AsyncStream<Int32>.makeStream()
    let sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { reporter.yield(number) }
      source.resume()
      return source
    }
    for await _ in signals { break }
    sources.forEach { $0.cancel() }
  }
}

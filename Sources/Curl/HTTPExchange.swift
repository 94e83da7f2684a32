import CCurl

/// One exchange while it runs: takes the head and the body from libcurl and hands the body on.
final class HTTPExchange {
  private let onBody: @Sendable ([UInt8]) throws -> Void
  private let limit: Int
  private var taken = 0
  private(set) var head = HTTPHead()
  /// Why the exchange was ended from our side; nil if it was not.
  private(set) var ended: HTTPFailure?

  init(limit: Int, onBody: @escaping @Sendable ([UInt8]) throws -> Void) {
    self.limit = limit
    self.onBody = onBody
  }

  /// Takes a piece of the body; false ends the exchange.
  func take(body bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= limit - taken else {
      ended = .tooLarge(limit: limit)
      return false
    }
    taken += bytes.count
    do {
      try onBody(Array(bytes))
      return true
    } catch {
      ended = .consumerThrew(error)
      return false
    }
  }

  func take(header bytes: UnsafeRawBufferPointer) { head.add(line: String(decoding: bytes, as: UTF8.self)) }

  /// libcurl's CURLOPT_WRITEFUNCTION: any answer but the whole length ends the transfer.
  static let onBody: ccurl_io = { buffer, size, count, context in
    guard let context else { return 0 }
    let exchange = Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue()
    let whole = size * count
    return exchange.take(body: UnsafeRawBufferPointer(start: buffer, count: whole)) ? whole : whole &+ 1
  }

  /// libcurl's CURLOPT_HEADERFUNCTION: one whole line a call.
  static let onHeader: ccurl_io = { buffer, size, count, context in
    guard let context else { return 0 }
    let exchange = Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue()
    exchange.take(header: UnsafeRawBufferPointer(start: buffer, count: size * count))
    return size * count
  }
}

import CCurl

/// One libcurl handle with the connections it keeps; has one owner and frees itself.
///
/// It remembers the first option that could not be set, and then refuses to perform: a check that was
/// silently left out must not let a transfer through.
struct EasyHandle: ~Copyable {
  private let raw: UnsafeMutableRawPointer?
  private var fault: CURLcode

  init() {
    fault = LibCurl.readiness
    raw = fault == CURLE_OK ? curl_easy_init() : nil
    if raw == nil && fault == CURLE_OK { fault = CURLE_FAILED_INIT }
  }

  deinit { curl_easy_cleanup(raw) }

  /// Forgets all options but keeps the connections.
  mutating func reset() {
    guard let raw else { return }
    curl_easy_reset(raw)
    fault = CURLE_OK
  }

  mutating func set(_ option: CURLoption, _ value: Int) { note(ccurl_set_long(raw, option, value)) }

  mutating func set(_ option: CURLoption, _ value: Bool) { set(option, value ? 1 : 0) }

  /// libcurl copies the text.
  mutating func set(_ option: CURLoption, _ value: String) {
    guard !value.utf8.contains(0) else { return note(CURLE_BAD_FUNCTION_ARGUMENT) }
    note(ccurl_set_string(raw, option, value))
  }

  /// Sets an option of any pointer type to none.
  mutating func clear(_ option: CURLoption) { note(ccurl_set_pointer(raw, option, nil)) }

  /// libcurl copies the body.
  mutating func setBody(_ body: [UInt8]) {
    set(CURLOPT_POST, true)
    set(CURLOPT_POSTFIELDSIZE, body.count)
    let status = body.withUnsafeBytes { bytes in
      // An empty array has no address, and none would make libcurl read the body from elsewhere.
      guard let base = bytes.baseAddress else { return ccurl_set_string(raw, CURLOPT_COPYPOSTFIELDS, "") }
      return ccurl_set_pointer(raw, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: base))
    }
    note(status)
  }

  /// The list must live until the transfer is over.
  mutating func set(_ option: CURLoption, _ list: borrowing HeaderList) {
    note(ccurl_set_list(raw, option, list.first))
  }

  /// The context must live until the transfer is over.
  mutating func set(_ function: CURLoption, _ data: CURLoption, _ callback: ccurl_io, context: AnyObject) {
    note(ccurl_set_io(raw, function, callback))
    note(ccurl_set_pointer(raw, data, Unmanaged.passUnretained(context).toOpaque()))
  }

  /// Ends the transfer as soon as the task that performs it is cancelled; libcurl asks at least once a
  /// second.
  mutating func endWhenCancelled() {
    set(CURLOPT_NOPROGRESS, false)
    note(ccurl_set_progress(raw) { _, _, _, _, _ in Task.isCancelled ? 1 : 0 })
  }

  /// The rules of this module that hold for every transfer.
  mutating func setGroundRules(protocols: String, caFile: String?, isLoopback: Bool) {
    set(CURLOPT_PROTOCOLS_STR, protocols)
    set(CURLOPT_FOLLOWLOCATION, false)
    set(CURLOPT_NOSIGNAL, true)
    set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    if let caFile { set(CURLOPT_CAINFO, caFile) }
    // A proxy of the environment is for the world outside.
    if isLoopback { set(CURLOPT_PROXY, "") }
  }

  /// Performs the transfer on the calling thread.
  mutating func perform() -> CURLcode { fault == CURLE_OK ? curl_easy_perform(raw) : fault }

  /// The code of the last reply, 0 if there was none.
  var responseCode: Int {
    var code = 0
    _ = ccurl_get_long(raw, CURLINFO_RESPONSE_CODE, &code)
    return code
  }

  /// True if the TCP connection was made.
  var hasConnected: Bool {
    var microseconds: curl_off_t = 0
    _ = ccurl_get_offset(raw, CURLINFO_CONNECT_TIME_T, &microseconds)
    return microseconds > 0
  }

  /// The socket of the connection that `CURLOPT_CONNECT_ONLY` left open; nil if there is none.
  var socket: Int32? {
    var socket: curl_socket_t = -1
    guard ccurl_get_socket(raw, &socket) == CURLE_OK, socket >= 0 else { return nil }
    return socket
  }

  /// Sends on the open connection; returns the octets taken.
  func send(_ bytes: UnsafeRawBufferPointer) -> (CURLcode, Int) {
    var count = 0
    return (curl_easy_send(raw, bytes.baseAddress, bytes.count, &count), count)
  }

  /// Receives from the open connection; returns the octets written into `buffer`.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> (CURLcode, Int) {
    var count = 0
    return (curl_easy_recv(raw, buffer.baseAddress, buffer.count, &count), count)
  }

  private mutating func note(_ status: CURLcode) { if fault == CURLE_OK { fault = status } }
}

/// Header lines in libcurl's form; frees itself.
struct HeaderList: ~Copyable {
  private(set) var first: UnsafeMutablePointer<curl_slist>?

  init(_ lines: [String]) {
    for line in lines {
      // On lack of memory the list stays as it was.
      if let grown = curl_slist_append(first, line) { first = grown }
    }
  }

  deinit { curl_slist_free_all(first) }
}

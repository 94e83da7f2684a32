// libcurl as values: what the appliance needs of it, and nothing more.
//
// * `HTTPClient` carries one GET or POST at a time and hands the body on while it arrives.
// * `Wire` is a connection that libcurl has opened, secured and authenticated, and then left to us.
// * Both run on a `CarrierThread`, since libcurl blocks and the threads of Swift's own pool must not.
//
// The rules that no caller can relax: certificate and host name are checked, TLS is 1.2 or newer, redirects
// are never followed, no cookie, no netrc file, no signal, no transcript. What is secret is a `Secret`, and
// no error names more than a host.
import CCurl
import Glibc

/// The once-only preparation of libcurl for this process.
enum LibCurl {
  /// `CURLE_OK` if libcurl can be used.
  ///
  /// The first reader prepares it; curl_global_init is not safe to call twice at once.
  static let readiness: CURLcode = {
    // With CURLOPT_NOSIGNAL, libcurl leaves SIGPIPE to its host: a peer that goes away must not end the
    // process.
    _ = signal(SIGPIPE, SIG_IGN)
    return curl_global_init(Int(CURL_GLOBAL_SSL))
  }()
}

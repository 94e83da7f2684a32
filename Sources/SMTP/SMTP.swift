// Hands mails to the organisation's relay, and tells exactly what became of each.
//
// libcurl makes the connection: name, TCP, greeting, EHLO, STARTTLS or TLS, AUTH. From there on we speak
// ourselves, because only so are there exact answers to the three questions the cases depend on: which reply
// belongs to which command, was the final dot sent, and what did the relay say to it.
//
// * `Relay` is the configuration, parsed. `Preamble` reads what the relay said while libcurl connected.
// * `Transaction` decides: pure, event in, action out. One recipient each.
// * `Session` carries the actions out on a `Wire`, with the time-outs of RFC 5321 §4.5.3.2.
// * `SMTPTransport` keeps one session on a thread of its own and uses it again.
//
// Before the dot nothing can have been accepted: lost connections, time-outs and nonsense are `deferred`.
// From the dot on only a reply decides, and without one the outcome is `unknown`. Trouble that would meet
// every mail alike is the route's: no connection, no TLS, no AUTH, 421, 530, 535, 454.

"""The far side of every delivery: scripted mail servers on loopback, and the mailbox that reports come back to."""
import socketserver
import threading

# What a server says to `RCPT TO` of a local part. Whoever is not listed is welcome.
AT_RCPT = {
    "nobody": "550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table",
    "nöbody": "550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table",
    "gone": "550 No such user here",
    "lines": "550-5.1.1 The mailbox you wrote to cannot be found here.\r\n"
             "550-5.1.1 Please check its spelling, or ask the person for\r\n"
             "550 5.1.1 the new address. No such user: {address}",
    "full": "552 5.2.2 Mailbox full: the quota of {address} is used up",
    "over": "452 4.2.2 The mailbox is over its quota, try again later",
    "grey": "451 4.7.1 Greylisted, please try again later",
    "rate": "450 4.7.0 Too many messages from your address, slow down",
    "closing": "421 4.3.2 Service shutting down",
    "policy": "554 5.7.1 Rejected by local policy: mail from your network is not accepted",
    "big": "552 5.3.4 Message size exceeds fixed maximum message size",
}
# What it says after the message, if one of the accepted recipients is listed.
AFTER_DATA = {
    "filtered": "550 5.7.1 Message rejected by our content filter as spam",
    "content": "554 5.6.0 Message content is malformed, not accepted",
}
# What servers by their address announce after EHLO, and what they do before it.
ALL = ("PIPELINING", "SIZE 10485760", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "DSN")
SERVERS = {
    "127.0.1.1": ("mx.remote.example", ALL, None),
    "127.0.1.2": ("mx.plain.example", ("8BITMIME",), None),
    "127.0.1.4": ("mx.drop.example", ALL, "hang up"),
    "127.0.1.5": ("mx.small.example", ("SIZE 500", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN"), None),
    "127.0.1.6": ("mx.busy.example", ALL, "421 4.3.2 mx.busy.example is too busy, come back later"),
    "127.0.2.1": ("mx.sender.example", ALL, None),
}
# Nobody listens there.
SHUT = "127.0.1.3"
MAILBOX = "127.0.2.1"


class Session(socketserver.StreamRequestHandler):
    """One SMTP session, by the tables above."""

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        try:
            self.converse()
        except (ConnectionError, TimeoutError):
            pass

    def converse(self):
        name, extensions, before = SERVERS[self.server.server_address[0]]
        if before == "hang up":
            return
        if before:
            return self.say(before)
        self.say(f"220 {name} ESMTP")
        taken = []
        while line := self.rfile.readline():
            line = line.decode().rstrip("\r\n")
            verb = line[:4].upper()
            if verb == "EHLO":
                lines = (name,) + extensions
                self.say("\r\n".join(f"250{'-' if word != lines[-1] else ' '}{word}" for word in lines))
            elif verb == "HELO":
                self.say(f"250 {name}")
            elif verb == "RCPT":
                address = line[line.index("<") + 1:line.index(">")]
                part = address.split("@")[0].lower()
                reply = AT_RCPT.get(part, "250 2.1.5 Ok").replace("{address}", address)
                if reply.startswith("250"):
                    taken.append(address)
                self.say(reply)
                if reply.startswith("421"):
                    return
            elif verb == "DATA" and not taken:
                self.say("554 5.5.1 No valid recipients")
            elif verb == "DATA":
                self.say("354 Go ahead")
                message = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    if not line:
                        return
                    message += line[1:] if line.startswith(b".") else line
                refused = [AFTER_DATA[part] for part in (a.split("@")[0] for a in taken) if part in AFTER_DATA]
                if not refused and self.server.server_address[0] == MAILBOX:
                    self.server.keep(taken, message)
                self.say(refused[0] if refused else "250 2.0.0 Ok: taken")
                taken = []
            elif verb == "QUIT":
                return self.say("221 2.0.0 Bye")
            else:
                if verb in ("MAIL", "RSET"):
                    taken = []
                self.say("250 2.0.0 Ok")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def serve(keep):
    """Starts all servers; `keep(recipients, message)` gets what comes back to the sender's mailbox."""
    for address in SERVERS:
        server = Server((address, 25), Session)
        server.keep = keep
        threading.Thread(target=server.serve_forever, daemon=True).start()

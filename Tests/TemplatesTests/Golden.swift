/// The mails as they must go out, with LF for CRLF.
///
/// A change here is a change that leavers, HR and the officer will see.
enum Golden {
  static let leaver = #"""
    Date: Mon, 21 Sep 2026 14:13:20 +0000
    From: Acme People Team <people@acme.example>
    To: testa@acme.example
    Message-ID: <aaaqeayeaudaocajbifqydiob4@acme.example>
    Subject: Your employment reference from Acme Ltd
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: OOF, AutoReply
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="=_0_aaaqeayeaudaocajbifqydiob4"

    --=_0_aaaqeayeaudaocajbifqydiob4
    Content-Type: multipart/alternative;
     boundary="=_0.0_aaaqeayeaudaocajbifqydiob4"

    --=_0.0_aaaqeayeaudaocajbifqydiob4
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    Hello Testa Beispiel,

    Thank you for the time you spent at Acme Ltd.

    Attached is your employment reference: reference.pdf. Keep it in a
    safe place. You can hand it on as often as you like.

    THE PDF CARRIES ITS OWN PROOF
    It is signed. If anybody changes a single character of it, the
    signature breaks, and everybody can see that.

    HOW THE NEXT EMPLOYER VERIFIES IT
    They scan the QR code on the page, or they go to
    https://references.acme.example/verify
    They need no account, and they do not have to ask us.

    KEEP receipt.json TO YOURSELF
    The second file opens the entries about this reference in our audit
    ledger. Whoever has it can find out that those entries are about you.
    You do not need it to apply for work. Keep it in case you ever want to
    see proof of what we sent and what we destroyed, and do not hand it on
    together with the PDF.

    WHAT HAPPENS TO YOUR DATA
    Once this mail counts as delivered, the system that wrote it destroys
    your address and everything else it held about you. What stays are
    marks and entries which show that a reference was issued and deleted,
    but not whose. So we cannot send you this file a second time: please
    save it now.

    This mail was written by a machine on behalf of Acme Ltd.
    If you have a question, answer it and name your case number:
    EBESExQVFhcYGRobHB0eHw
    --=_0.0_aaaqeayeaudaocajbifqydiob4
    Content-Type: text/html; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    <!DOCTYPE html>
    <html lang=3D"en-GB">
    <head>
    <meta charset=3D"utf-8">
    <meta name=3D"viewport" content=3D"width=3Ddevice-width, initial-scale=3D1">
    <meta name=3D"color-scheme" content=3D"light dark">
    <title>Your employment reference from Acme Ltd</title>
    </head>
    <body style=3D"color-scheme: light dark; margin: 0; padding: 1.5em; font-fa=
    mily: sans-serif; font-size: 1em; line-height: 1.5">
    <main style=3D"max-width: 38em; margin: 0 auto">
    <p>Hello <bdi>Testa Beispiel</bdi>,</p>
    <p>Thank you for the time you spent at <bdi>Acme Ltd</bdi>.</p>
    <p>Attached is your employment reference: <strong>reference.pdf</strong>. K=
    eep it in a safe place. You can hand it on as often as you like.</p>
    <h2 style=3D"font-size: 1.1em; margin: 1.5em 0 0.25em">The PDF carries its =
    own proof</h2>
    <p style=3D"margin: 0">It is signed. If anybody changes a single character =
    of it, the signature breaks, and everybody can
    see that.</p>
    <h2 style=3D"font-size: 1.1em; margin: 1.5em 0 0.25em">How the next employe=
    r verifies it</h2>
    <p style=3D"margin: 0">They scan the QR code on the page, or they go to <a =
    href=3D"https://references.acme.example/verify">https://references.acme.exa=
    mple/verify</a>. They need no
    account, and they do not have to ask us.</p>
    <h2 style=3D"font-size: 1.1em; margin: 1.5em 0 0.25em">Keep receipt.json to=
     yourself</h2>
    <p style=3D"margin: 0">The second file opens the entries about this referen=
    ce in our audit ledger. Whoever has it can find
    out that those entries are about you. You do not need it to apply for work.=
     Keep it in case you ever want to see proof
    of what we sent and what we destroyed, and do not hand it on together with =
    the PDF.</p>
    <h2 style=3D"font-size: 1.1em; margin: 1.5em 0 0.25em">What happens to your=
     data</h2>
    <p style=3D"margin: 0">Once this mail counts as delivered, the system that =
    wrote it destroys your address and everything
    else it held about you. What stays are marks and entries which show that a =
    reference was issued and deleted, but not
    whose. So we cannot send you this file a second time: please save it now.</=
    p>
    <hr style=3D"margin: 1.5em 0; border: 0; border-top: 1px solid">
    <p style=3D"margin: 0; font-size: 0.9em">This mail was written by a machine=
     on behalf of <bdi>Acme Ltd</bdi>. If you
    have a question, answer it and name your case number: <code>EBESExQVFhcYGRo=
    bHB0eHw</code></p>
    </main>
    </body>
    </html>
    --=_0.0_aaaqeayeaudaocajbifqydiob4--
    --=_0_aaaqeayeaudaocajbifqydiob4
    Content-Type: application/pdf
    Content-Disposition: attachment; filename="reference.pdf"
    Content-Transfer-Encoding: base64

    JVBERi0xLjcgc2FtcGxl
    --=_0_aaaqeayeaudaocajbifqydiob4
    Content-Type: application/json
    Content-Disposition: attachment; filename="receipt.json"
    Content-Transfer-Encoding: base64

    eyJzYWx0Ijoic2FtcGxlIn0=
    --=_0_aaaqeayeaudaocajbifqydiob4--

    """#

  static let held = #"""
    Date: Mon, 21 Sep 2026 14:13:20 +0000
    From: Acme People Team <people@acme.example>
    To: compliance@acme.example
    Message-ID: <aaaqeayeaudaocajbifqydiob4@acme.example>
    Subject: RefPassport: cases that wait for you (1)
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: OOF, AutoReply
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    These cases are held: they go no further until a person decides. After each
    number stands why.

    EBESExQVFhcYGRobHB0eHw: more leavers at once than surge_limit allows

    See one on the appliance:

      refpassport queue show CASE

    Then let it go on, or end it:

      refpassport queue release CASE
      refpassport queue cancel CASE

    If nobody decides, a case ends by itself and its data are destroyed.

    RefPassport at Acme Ltd

    """#

  static let undeliverable = #"""
    Date: Mon, 21 Sep 2026 14:13:20 +0000
    From: Acme People Team <people@acme.example>
    To: compliance@acme.example
    Message-ID: <aaaqeayeaudaocajbifqydiob4@acme.example>
    Subject: RefPassport: references that could not be delivered (1)
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: OOF, AutoReply
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    The references of these cases could not be delivered. After each number sta=
    nds
    what is known of the reason.

    EBESExQVFhcYGRobHB0eHw: the relay knows no such user

    See the attempts, and what the relay said:

      refpassport queue show CASE
      refpassport queue show --reveal CASE

    If you know another address of the leaver, send the same document there:

      refpassport queue redeliver CASE

    If the fault is mended and the address was right, try it once more, or end =
    it:

      refpassport queue retry CASE
      refpassport queue cancel CASE

    If nobody decides, a case ends by itself and its data are destroyed.

    RefPassport at Acme Ltd

    """#

  static let overdue = #"""
    Date: Mon, 21 Sep 2026 14:13:20 +0000
    From: Acme People Team <people@acme.example>
    To: compliance@acme.example
    Message-ID: <aaaqeayeaudaocajbifqydiob4@acme.example>
    Subject: RefPassport: references that are late (1)
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: OOF, AutoReply
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    The references of these cases should have been delivered by now. They are s=
    till
    being tried, until the retention of their data ends.

    EBESExQVFhcYGRobHB0eHw: its class is greylisted

    See the attempts, and what the relay said:

      refpassport queue show CASE
      refpassport queue show --reveal CASE

    RefPassport at Acme Ltd

    """#

  static let alarm = #"""
    Date: Mon, 21 Sep 2026 14:13:20 +0000
    From: Acme People Team <people@acme.example>
    To: compliance@acme.example
    Message-ID: <aaaqeayeaudaocajbifqydiob4@acme.example>
    Subject: RefPassport at Acme Ltd: something stands still
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: OOF, AutoReply
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    Since 2026-09-21T14:13:20Z: the relay cannot be used

    Nothing is lost; what stands still goes on by itself when the trouble is ov=
    er.
    See what stands still now:

      refpassport queue list
      refpassport check

    RefPassport at Acme Ltd

    """#

  static let allClear = #"""
    Date: Mon, 21 Sep 2026 14:13:20 +0000
    From: Acme People Team <people@acme.example>
    To: compliance@acme.example
    Message-ID: <aaaqeayeaudaocajbifqydiob4@acme.example>
    Subject: RefPassport at Acme Ltd: the trouble is over
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: OOF, AutoReply
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    Over since 2026-09-21T14:13:20Z: the relay could not be used

    RefPassport at Acme Ltd

    """#

  static let checkpoint = #"""
    Date: Mon, 21 Sep 2026 14:13:20 +0000
    From: Acme People Team <people@acme.example>
    To: compliance@acme.example
    Message-ID: <aaaqeayeaudaocajbifqydiob4@acme.example>
    Subject: RefPassport: a checkpoint of the audit ledger of Acme Ltd
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: OOF, AutoReply
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="=_0_aaaqeayeaudaocajbifqydiob4"

    --=_0_aaaqeayeaudaocajbifqydiob4
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    This is a signed checkpoint of the audit ledger. Please keep this mail,
    outside of the machine that RefPassport runs on: whoever holds an old
    checkpoint can show whether the ledger was changed later.

    acme.example/refpassport/1
    3
    AAAA=3D

    =E2=80=94 acme.example/refpassport/1 BBBB=3D


    The same text is attached as checkpoint.txt, byte for byte. To check that
    a ledger still contains it, ask for an export and run

      refpassport audit verify EXPORT --held checkpoint.txt

    A checkpoint comes when the appliance is set up, with every purge, and
    once a day while something happens. It holds nothing about any person.

    RefPassport at Acme Ltd
    --=_0_aaaqeayeaudaocajbifqydiob4
    Content-Type: text/plain
    Content-Disposition: attachment; filename="checkpoint.txt"
    Content-Transfer-Encoding: base64

    YWNtZS5leGFtcGxlL3JlZnBhc3Nwb3J0LzEKMwpBQUFBPQoK4oCUIGFjbWUuZXhhbXBsZS9yZWZw
    YXNzcG9ydC8xIEJCQkI9Cg==
    --=_0_aaaqeayeaudaocajbifqydiob4--

    """#
}

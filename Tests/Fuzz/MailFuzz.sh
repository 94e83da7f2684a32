#!/bin/bash
# Fuzzes the readers of foreign text in Mail for so many seconds: Tests/Fuzz/MailFuzz.sh [SECONDS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
cd "$corpus"
printf '250-2.1.0 a\r\n250 2.1.0 b\r\n' > reply
printf 'relay\nSIZE 100\nDSN\nAUTH PLAIN LOGIN' > ehlo
printf 'Ada Example <ada+tag@acme.example>' > mailbox
printf 'ada@acme.example' > address
printf 'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Transfer-Encoding: base64\n\nSGk=\n--b\n' > report
printf 'Content-Type: message/delivery-status\n\nA: b\n\nFinal-Recipient: rfc822;a\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1\n' > status-part
printf 'Content-Type: message/rfc822\n\nSubject: =?utf-8?q?a?=\n\n' > nested
printf '2026-09-21T14:13:20Z' > moment
printf '.a\r\n..b\r\n' > dots
printf '5.7.26' > status
printf '<aaaqf7x7@acme.example>' > id
printf 'mzxw6ytboi' > base32
printf 'Zm9vYg==' > base64
printf 'a+2Bb+C3+A9' > xtext
printf '%75s' From > text
"$here/fuzz" MailFuzz "${1:-20}" "$corpus" -max_len=8192

#!/bin/bash
# Fuzzes the readers of foreign text in Mail for so many seconds: Tests/Fuzz/MailFuzz.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
swiftc -sanitize=fuzzer,address -parse-as-library -O -package-name refpassport -module-name Fuzz \
  -enable-upcoming-feature ExistentialAny -swift-version 6 \
  $(find Sources/Mail -name '*.swift') Tests/Fuzz/MailFuzz.swift -o "$work/fuzz" 2> "$work/warnings" || { cat "$work/warnings"; exit 1; }
cd "$work"
mkdir corpus
printf '250-2.1.0 a\r\n250 2.1.0 b\r\n' > corpus/reply
printf 'relay\nSIZE 100\nDSN\nAUTH PLAIN LOGIN' > corpus/ehlo
printf 'Ada Example <ada+tag@acme.example>' > corpus/mailbox
printf 'ada@acme.example' > corpus/address
printf 'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Transfer-Encoding: base64\n\nSGk=\n--b\n' > corpus/report
printf 'Content-Type: message/delivery-status\n\nA: b\n\nFinal-Recipient: rfc822;a\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1\n' > corpus/status-part
printf 'Content-Type: message/rfc822\n\nSubject: =?utf-8?q?a?=\n\n' > corpus/nested
printf '2026-09-21T14:13:20Z' > corpus/moment
printf '.a\r\n..b\r\n' > corpus/dots
printf '5.7.26' > corpus/status
printf '<aaaqf7x7@acme.example>' > corpus/id
printf 'mzxw6ytboi' > corpus/base32
printf 'Zm9vYg==' > corpus/base64
printf 'a+2Bb+C3+A9' > corpus/xtext
printf '%75s' From > corpus/text
status=0
./fuzz -max_total_time="${1:-20}" -max_len=8192 -print_final_stats=1 corpus > log 2>&1 || status=$?
if [ "$status" -ne 0 ]; then tail -50 log; exit 1; fi
grep -E '^Done' log

#!/bin/bash
# Fuzzes the reader of reports for so many seconds, beginning with the reports of Tests/MailTests/Reports:
# Tests/Fuzz/ReportFuzz.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
swiftc -sanitize=fuzzer,address -parse-as-library -O -wmo -package-name refpassport -module-name Fuzz \
  -enable-upcoming-feature ExistentialAny -swift-version 6 \
  $(find Sources/Mail -name '*.swift') Tests/Fuzz/ReportFuzz.swift -o "$work/fuzz" 2> "$work/warnings" || { cat "$work/warnings"; exit 1; }
cd "$work"
mkdir corpus
cp "$root"/Tests/MailTests/Reports/*.eml corpus
status=0
SWIFT_BACKTRACE=enable=no ./fuzz -max_total_time="${1:-20}" -max_len=16384 -timeout=5 -dict="$root/Tests/Fuzz/ReportFuzz.dict" \
  -print_final_stats=1 corpus > log 2>&1 || status=$?
if [ "$status" -ne 0 ]; then tail -50 log; exit 1; fi
grep -E '^Done' log

#!/bin/bash
# Fuzzes the reader of reports for so many seconds, beginning with the reports of Tests/MailTests/Reports:
# Tests/Fuzz/ReportFuzz.sh [SECONDS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
cp "$here"/../MailTests/Reports/*.eml "$corpus"
"$here/fuzz" ReportFuzz "${1:-20}" "$corpus" -max_len=16384 -dict="$here/ReportFuzz.dict"

#!/bin/bash
# Fuzzes the readers of Bob's answers for so many seconds, beginning with one answer of each kind:
# Tests/Fuzz/BobFuzz.sh [SECONDS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
cat > "$corpus/people" <<'JSON'
{"employees":[{"\/root\/id":{"value":"12"},"/displayName":{"value":"A"},"id":"12","internal":{"lifecycleStatus":"terminated","terminationDate":"2026-01-31"},
"work":{"title":null,"department":"20"},"displayName":"A\u00e4 \ud83d\ude00","humanReadable":{"work":{"department":"Map"}}},{"id":7}],"x":[1.5e3,{}]}
JSON
echo '{"name":"title","items":[{"id":1,"name":"One \\","children":[{"id":"2","value":"Two"}]},{"id":null}]}' > "$corpus/list"
echo '[{"id":"root.id","category":"root","categoryDisplayName":"Basic info","typeData":{}},{"id":true}]' > "$corpus/fields"
SOURCES=$(printf "Sources/Bob/%s.swift " JSONReader JSONReader+Strings EmployeeStream Employee EmployeeField EmployeeID NamedList \
  FieldCatalogue) "$here/fuzz" BobFuzz "${1:-20}" "$corpus" -max_len=8192

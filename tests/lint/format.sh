#!/bin/bash
# Layout of the C++ source as .clang-format says it.
#   tests/lint/format.sh        name each file that differs, exit status 1 when one does
#   tests/lint/format.sh --fix  lay them out
set -euo pipefail
cd "$(dirname "$0")/../.."

mapfile -d '' files < <(find core xmpp bgp configdb ifmap-compat control bench tests cmake -name '*.[ch]pp' -print0 | sort -z)
if [[ ${1-} == --fix ]]; then
  clang-format-14 -i "${files[@]}"
  exit
fi
differing=0
for file in "${files[@]}"; do
  clang-format-14 "$file" | diff -q "$file" - >/dev/null || {
    echo "$file is not laid out as .clang-format says (tests/lint/format.sh --fix)"
    differing=1
  }
done
exit "$differing"

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
differing=$(
  printf '%s\0' "${files[@]}" | xargs -0 -n 20 -P "$(nproc)" clang-format-14 --dry-run --ferror-limit=1 2>&1 |
    sed -nE 's/^([^:]+):[0-9]+:[0-9]+: .*clang-format-violations.*/\1/p' | sort -u
)
[[ -z $differing ]] || {
  echo "not laid out as .clang-format says (tests/lint/format.sh --fix):"
  echo "$differing"
  exit 1
}

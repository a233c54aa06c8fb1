#!/bin/bash
# tests/fuzz/search.sh SECONDS BUILD_DIR/fuzz_NAME: runs one fuzz target over its kept corpus, then searches for SECONDS.
# New inputs go to BUILD_DIR/corpus/NAME; an input that breaks the target to BUILD_DIR/NAME-*. Exit status 0: nothing found.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=$1 target=$2
build=$(dirname "$target")
name=$(basename "$target")
name=${name#fuzz_}
kept=tests/fuzz/corpus/$name
found=$build/corpus/$name
options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$build/$name-")
[[ ! -f tests/fuzz/$name.dict ]] || options+=(-dict="tests/fuzz/$name.dict")

export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-14
mkdir -p "$found"
echo "$name: $(find "$kept" -type f | wc -l) inputs kept, $seconds s"
"$target" "${options[@]}" "$found" "$kept" 2>&1 | sed "s/^/$name: /"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# replay.sh PROGRAM ... - runs each replay program over its corpus: fuzz_NAME over tests/fuzz/corpus/NAME.
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 70
log=$(mktemp)
trap 'rm -f "$log"' EXIT

passed=0 failed=0
for program in "$@"; do
    target=$(basename "$program")
    corpus=tests/fuzz/corpus/${target#fuzz_}
    if inputs=$("$program" "$corpus" 2>"$log"); then
        passed=$((passed + inputs))
    else
        failed=$((failed + 1))
        echo "FAILED $target over $corpus; the last lines were"
        tail -n 30 "$log"
    fi
done

# A corpus whose target was renamed would never run again.
for corpus in tests/fuzz/corpus/*/; do
    [ -d "$corpus" ] || continue
    if [ ! -f "tests/fuzz/fuzz_$(basename "$corpus").c" ]; then
        echo "FAILED $corpus: no target tests/fuzz/fuzz_$(basename "$corpus").c"
        failed=$((failed + 1))
    fi
done

echo "replay: $passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]

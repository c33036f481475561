#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run_layers.sh LAYER ... - runs `$MAKE LAYER` for each and adds up their lines "LAYER: N passed, N failed, N skipped".
#
# A layer that ends with an error, prints no such line or ran nothing counts as one failure more than it admits.
set -uo pipefail

read -ra make <<<"${MAKE:-make}"
out=$(mktemp)
trap 'rm -f "$out"' EXIT

passed=0 failed=0 skipped=0
broken=()
for layer in "$@"; do
    echo "== $layer"
    "${make[@]}" --no-print-directory "$layer" 2>&1 | tee "$out"
    status=${PIPESTATUS[0]}
    p=0 f=0 s=0
    line=$(grep -aE "^$layer: [0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?\$" "$out" | tail -n 1)
    if [ -n "$line" ]; then
        read -r p f s < <(sed -E 's/^[^:]*: ([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 \4/' \
            <<<"$line")
    fi
    if [ "$f" = 0 ] && { [ "$status" != 0 ] || [ "$p" = 0 ]; }; then
        [ "$status" != 0 ] || echo "$layer: nothing ran"
        f=1
    fi
    [ "$f" = 0 ] || broken+=("$layer")
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + ${s:-0}))
done

echo
[ "$skipped" = 0 ] || echo "skipped: $skipped"
[ ${#broken[@]} = 0 ] || echo "failed: ${broken[*]}"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

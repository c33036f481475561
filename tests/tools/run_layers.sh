#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run_layers.sh LAYER ... - runs `$MAKE LAYER` for each and adds up their lines "LAYER: N passed, N failed, N skipped".
#
# As many layers run at once as there are processors; what each prints is shown whole, in the order given.  A layer that
# ends with an error, prints no such line or ran nothing counts as one failure more than it admits.
set -uo pipefail

read -ra make <<<"${MAKE:-make}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'trap - TERM; kill 0' INT TERM # what runs in the background ignores the terminal's signal

# run LAYER: leaves its output, exit status and seconds in $scratch.
run()
{
    local start=$SECONDS
    "${make[@]}" --no-print-directory "$1" >"$scratch/$1" 2>&1 </dev/null
    echo "$? $((SECONDS - start))" >"$scratch/$1.end"
}

{
    at_once=$(nproc)
    for layer in "$@"; do
        while [ "$(jobs -pr | wc -l)" -ge "$at_once" ]; do
            wait -n
        done
        run "$layer" &
    done
    wait
} &

passed=0 failed=0 skipped=0
broken=()
for layer in "$@"; do
    echo "== $layer"
    until [ -s "$scratch/$layer.end" ]; do
        sleep 0.2
    done
    cat "$scratch/$layer"
    read -r status seconds <"$scratch/$layer.end"
    p=0 f=0 s=0
    line=$(grep -aE "^$layer: [0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?\$" "$scratch/$layer" | tail -n 1)
    if [ -n "$line" ]; then
        read -r p f s < <(sed -E 's/^[^:]*: ([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 \4/' \
            <<<"$line")
    fi
    if [ "$f" = 0 ] && { [ "$status" != 0 ] || [ "$p" = 0 ]; }; then
        [ "$status" != 0 ] || echo "$layer: nothing ran"
        f=1
    fi
    echo "($seconds s)"
    [ "$f" = 0 ] || broken+=("$layer")
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + ${s:-0}))
done

echo
[ "$skipped" = 0 ] || echo "skipped: $skipped"
[ ${#broken[@]} = 0 ] || echo "failed: ${broken[*]}"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

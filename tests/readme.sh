#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# readme.sh PROGRAM - runs each command that README.md shows and compares what it prints with what stands there.
#
# A block begins with ```console and a line "$ spendcast ..."; a line "..." stands for any lines.  stderr is part of it.
set -uo pipefail

cd "$(dirname "$0")/.." || exit 70
program=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
ln -s "$program" "$scratch/spendcast"
export PATH="$scratch:$PATH" LC_ALL=C.UTF-8 TZ=UTC COLUMNS=100 NO_COLOR=1
passed=0 failed=0

# matches SHOWN PRINTED: every line of SHOWN follows in PRINTED, without a gap unless "..." stands between.
matches()
{
    awk 'NR == FNR { printed[++n] = $0; next }
        $0 == "..." { gap = 1; next }
        {
            while (gap && at < n && printed[at + 1] != $0) at++
            if (at == n || printed[at + 1] != $0) {
                print "README has: " $0 "\nprinted is: " printed[at + 1]
                exit 1
            }
            at++
            gap = 0
        }
        END { if (at < n && !gap) exit 1 }' "$2" "$1"
}

mkdir -p build
awk -v folder="$scratch" '
    /^```console$/ { inside = 1; n++; next }
    /^```$/ { inside = 0; next }
    inside && /^\$ / { print substr($0, 3) >(folder "/" sprintf("%03d", n) ".cmd"); next }
    inside { print >(folder "/" sprintf("%03d", n) ".shown") }' README.md
for cmd in "$scratch"/*.cmd; do
    touch "${cmd%.cmd}.shown"
    bash -c "$(cat "$cmd")" >"$scratch/printed" 2>&1
    if matches "${cmd%.cmd}.shown" "$scratch/printed"; then
        passed=$((passed + 1))
    else
        echo "FAILED README.md: $(cat "$cmd")"
        failed=$((failed + 1))
    fi
done
echo "readme: $passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# tsan.sh PROGRAM UNIT [SUITE ...] - unit suites and the commands of tests/determinism.txt under ThreadSanitizer.
#
# gcc's libgomp hides its locks from ThreadSanitizer; clang's libomp shows them through the Archer tool.  libomp itself
# is not instrumented, hence ignore_noninstrumented_modules.
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 70
program=$(realpath "$1") unit=$2
shift 2
archer=$(dirname "$(realpath "$(command -v clang)")")/../lib/libarcher.so
if [ ! -f "$archer" ]; then
    echo "tsan.sh: libarcher.so is missing; it comes with libomp-dev" >&2
    exit 1
fi
export OMP_TOOL_LIBRARIES=$archer
export TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=1:exitcode=66

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin" "$scratch/out"
ln -s "$program" "$scratch/bin/spendcast"
export PATH="$scratch/bin:$PATH" OUT="$scratch/out" LC_ALL=C TZ=UTC COLUMNS=100 NO_COLOR=1

passed=0 failed=0
verdict()
{
    if [ "$1" -le 1 ] && ! grep -q 'WARNING: ThreadSanitizer' "$scratch/log"; then
        passed=$((passed + 1))
    else
        echo "FAILED with exit status $1: $2"
        tail -n 40 "$scratch/log"
        failed=$((failed + 1))
    fi
}

"$unit" "$@" >"$scratch/log" 2>&1
status=$?
[ "$status" != 1 ] || status=2 # 1 is a finding for spendcast, a failed test for the unit program
verdict $status "unit tests"
tail -n 1 "$scratch/log" | sed 's/^unit/unit tests/'
while IFS= read -r command; do
    case $command in '' | '#'*) continue ;; esac
    sh -c "$command --threads 4" >"$scratch/log" 2>&1 </dev/null
    verdict $? "$command"
done <tests/determinism.txt

echo "tsan: $passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]

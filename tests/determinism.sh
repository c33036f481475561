#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# determinism.sh PROGRAM - runs each command of tests/determinism.txt in several ways and compares every byte it leaves.
#
# The ways: 1, 2 and 7 threads; without AVX2 and FMA, which changes the last bits of glibc's exp, log and pow and so
# catches any use of them; and a program built by clang.
set -uo pipefail

cd "$(dirname "$0")/.." || exit 70
program=$(realpath "$1")
list=tests/determinism.txt
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0 skipped=0

# glibc 2.33 and later name the features AVX2 and FMA, older ones AVX2_Usable and FMA_Usable; unknown names are ignored.
# AVX512 comes along because its variants of the same functions would otherwise be chosen.
tunables=glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F,-AVX2_Usable,-FMA_Usable,-FMA4_Usable,-AVX512F_Usable

clang_program=
if command -v clang >/dev/null; then
    read -ra make <<<"${MAKE:-make}"
    if ! clang_program=$("${make[@]}" --no-print-directory VARIANT=clang variant-program | tail -n 1) ||
        [ ! -x "$clang_program" ]; then
        echo "FAILED: the program does not build with clang"
        failed=$((failed + 1))
        clang_program=
    fi
else
    echo "skipped: clang is not installed"
fi

# run PROGRAM THREADS COMMAND [VARIABLE=VALUE ...]: leaves stdout, stderr, exit status and files in $scratch/run.
run()
{
    local program=$1 threads=$2 command=$3
    shift 3
    rm -rf "${scratch:?}/run" "${scratch:?}/bin"
    mkdir -p "$scratch/run/out" "$scratch/bin"
    ln -s "$(realpath "$program")" "$scratch/bin/spendcast"
    env -i PATH="$scratch/bin:/usr/bin:/bin" HOME="$scratch" OUT="$scratch/run/out" LC_ALL=C TZ=UTC COLUMNS=100 \
        NO_COLOR=1 "$@" sh -c "$command --threads $threads" \
        >"$scratch/run/stdout" 2>"$scratch/run/stderr" </dev/null
    echo $? >"$scratch/run/exit"
}

# same WHAT COMMAND: compares the last run with the first one.
same()
{
    if diff -r "$scratch/first" "$scratch/run" >"$scratch/diff" 2>&1; then
        passed=$((passed + 1))
    else
        echo "FAILED with $1: $2"
        head -n 20 "$scratch/diff"
        failed=$((failed + 1))
    fi
}

while IFS= read -r command; do
    case $command in '' | '#'*) continue ;; esac
    run "$program" 1 "$command"
    status=$(cat "$scratch/run/exit")
    # 0 is success, 1 a finding; anything else would compare one error message with another.
    if [ "$status" -gt 1 ] || { [ ! -s "$scratch/run/stdout" ] && [ -z "$(ls -A "$scratch/run/out")" ]; }; then
        echo "FAILED with exit status $status or without output: $command"
        head -n 20 "$scratch/run/stderr"
        failed=$((failed + 1))
        continue
    fi
    rm -rf "$scratch/first"
    mv "$scratch/run" "$scratch/first"
    for threads in 2 7; do
        run "$program" $threads "$command"
        same "$threads threads" "$command"
    done
    run "$program" 2 "$command" GLIBC_TUNABLES=$tunables
    same "GLIBC_TUNABLES=$tunables" "$command"
    if [ -n "$clang_program" ]; then
        run "$clang_program" 2 "$command"
        same "clang" "$command"
    else
        skipped=$((skipped + 1))
    fi
done <"$list"

echo "determinism: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]

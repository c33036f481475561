#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lint.sh FLAG ... - every check of the source; the flags are those of the compiler, for clang-tidy.  Changes nothing.
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 70
# clang-tidy 14 takes the flags of clang; -fopenmp is the same for both compilers.
flags=("$@")
jobs=${JOBS:-2}
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# check NAME TOOL COMMAND ...: silent if it holds, skipped without the tool.
check()
{
    local name=$1 tool=$2
    shift 2
    if ! command -v "$tool" >/dev/null; then
        echo "skipped: $name: '$tool' is not installed"
        skipped=$((skipped + 1))
    elif "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
    else
        echo "FAILED $name"
        cat "$log"
        failed=$((failed + 1))
    fi
}

# Every source by itself, several at a time; how many warnings of system headers it left out is no finding.
tidy()
{
    printf '%s\0' "${sources[@]}" | xargs -0 -P "$jobs" -I{} clang-tidy --quiet {} -- "${flags[@]}" 2>&1 |
        grep -vE '^[0-9]+ warnings? generated\.$'
    return "${PIPESTATUS[1]}"
}

# Names the files only: the cure is the same for all.
layout()
{
    local file bad=0
    for file in "${formatted[@]}"; do
        clang-format "$file" | cmp -s - "$file" || { echo "    $file: run 'make format'" && bad=1; }
    done
    return $bad
}

# Lines end in LF, also the last one; no blanks at their ends, no tabs, no carriage returns.
canonical_text()
{
    local file bad=0
    for file in pricing/*.csv; do
        grep -nE $'[ \t\r]+$|\t' "$file" && echo "    $file: blanks at the end of a line, or tabs" && bad=1
        [ -z "$(tail -c 1 "$file")" ] || { echo "    $file: no line end at its end" && bad=1; }
    done
    return $bad
}

mapfile -t sources < <(find src tests/unit tests/fuzz tests/bench tests/oracle -name '*.c' 2>/dev/null | LC_ALL=C sort)
mapfile -t scripts < <(find src tests .ci -type f \( -name '*.sh' -o -path .ci/run \) | LC_ALL=C sort)
mapfile -t formatted < <(find src include tests -name '*.[ch]' | LC_ALL=C sort)

check "layers: self-test" bash bash tests/lint/layers.sh --self-test
check "layers" bash bash tests/lint/layers.sh
check "names" bash bash tests/lint/names.sh
check "shell scripts" shellcheck shellcheck -x "${scripts[@]}"
check "rate card: canonical order, no contradiction" "$SPENDCAST" "$SPENDCAST" rates check --card pricing --strict
check "rate card: canonical text" bash canonical_text
check "cppcheck" cppcheck cppcheck -q -j "$jobs" --std=c11 --language=c --enable=warning,performance,portability \
    --inline-suppr --error-exitcode=1 --suppress=missingIncludeSystem --library=gnu -Iinclude -Isrc src tests
check "format" clang-format layout
check "clang-tidy" clang-tidy tidy

echo "lint: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]

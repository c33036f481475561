#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# names.sh - small rules that no compiler checks; prints each place that breaks one.
set -euo pipefail

cd "$(dirname "$0")/../.."
bad=0
# fail WHAT: reports the lines on stdin, if any.
fail()
{
    local lines
    lines=$(cat)
    [ -n "$lines" ] || return 0
    echo "$1:"
    printf '    %s\n' "${lines//$'\n'/$'\n    '}"
    bad=1
}

mapfile -t code < <(find src include tests plots .ci -type f \
    \( -name '*.[ch]' -o -name '*.sh' -o -name '*.gp' -o -path '.ci/run' \) | LC_ALL=C sort)

find src include tests/unit -type f -name '*.[ch]' -printf '%f\n' | LC_ALL=C sort | uniq -d |
    fail "file names that are not unique"

for file in "${code[@]}" Makefile; do
    head -n 2 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || echo "$file"
done | fail "files without an SPDX line in their first two lines"

for file in "${code[@]}"; do
    case $file in
    *.[ch]) head -n 2 "$file" | tail -n 1 | grep -qE "^/\* ${file##*/} - " || echo "$file" ;;
    esac
done | fail "C files whose second line is not '/* NAME - what it is for'"

awk 'length($0) > 120 { if (!n[FILENAME]++) first[FILENAME] = FNR }
    END { for (f in n) printf "%s:%d%s\n", f, first[f], (n[f] > 1 ? " and " n[f] - 1 " more" : "") }' "${code[@]}" |
    LC_ALL=C sort | fail "lines over 120 columns"
{ grep -nE '[[:blank:]]+$|'$'\r' "${code[@]}" Makefile || true; } | cut -c1-100 | fail "lines that end in blanks"

# Spelt in two parts so that this file does not find itself.
{ grep -nwE 'TO''DO|FIX''ME|XX''X|HA''CK|st''ub|place''holder' "${code[@]}" Makefile || true; } |
    fail "words of unfinished work"
{ grep -rnF '../sha''red' src include pricing scenarios plots .ci README.md 2>/dev/null || true; } |
    fail "paths outside the tree"

# Calls that depend on the locale, the clock or the environment, or that write without a bound.
{ grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|rand|srand|setlocale|localtime|gmtime)\(' \
    src/*/*.[ch] || true; } | fail "calls that are not used here"
{ grep -nE '\b(printf|puts|putchar|exit|abort|getenv|time)\(' src/*/*.[ch] | grep -v '^src/cli/' || true; } |
    fail "library code that prints, exits, or reads the environment or the clock"

diff <(sed -nE 's/^SUITE\((.*)\)$/\1/p' tests/unit/suites.h) \
    <(find tests/unit -name 'test_*.c' -printf '%f\n' | sed -E 's/^test_(.*)\.c$/\1/' | LC_ALL=C sort) |
    { grep '^[<>]' || true; } | fail "tests/unit/suites.h (<) is not the sorted list of tests/unit/test_*.c (>)"

exit $bad

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# layers.sh [--self-test | TREE] - checks that includes follow the layers: each folder under src/ may include its own
# files and those of the folders named beside it, nothing else.
set -euo pipefail

# FOLDER: folders it may include.  Sorted so that a folder names only folders above it: no cycle can be written down.
allowed_edges()
{
    cat <<'END'
base:
io: base
stats: base
report: base io
rates: base io stats
scenario: base io stats rates
evidence: base io stats rates
sim: base stats rates scenario
synth: base io stats rates scenario sim
usage: base io rates
advise: base io stats report rates scenario sim evidence
justify: base io stats report rates scenario sim evidence
attribution: base io rates usage
ledger: base io rates usage attribution
ingest: base io rates usage attribution ledger
bill: base io rates usage attribution ledger
profile: base io stats rates usage attribution ledger bill scenario sim
reconcile: base io rates usage attribution ledger bill
cli: public
END
}

# HEADER: the folder that implements it.  A public header is above or below a folder just as that folder's own headers.
public_headers()
{
    cat <<'END'
error.h: base
money.h: base
date.h: base
text.h: base
zone.h: base
report.h: report
plot.h: report
rates.h: rates
rates_check.h: rates
rates_diff.h: rates
rates_import.h: rates
usage_type.h: rates
rating.h: usage
evidence.h: evidence
scenario.h: scenario
usage.h: usage
project_list.h: usage
attribution.h: attribution
split.h: attribution
ledger.h: ledger
ingest.h: ingest
bill.h: bill
bill_export.h: bill
profile.h: profile
reconcile.h: reconcile
sim.h: sim
advise.h: advise
justify.h: justify
synthesize.h: synth
spendcast.h: cli
END
}

# Reads "FILE:LINE:#include ..." lines; prints each one that breaks a rule.
check_includes()
{
    awk -v edges="$(allowed_edges)" -v headers="$(public_headers)" '
    function fail(text) { print place ": " text; bad = 1 }
    function may(folder, other) { return folder == other || folder == "cli" || (folder, other) in allowed }
    BEGIN {
        n = split(edges, line, "\n")
        for (i = 1; i <= n; i++) {
            words = split(line[i], word, /:? +|:/)
            for (j = 2; j <= words; j++) {
                if (word[j] == "") continue
                if (word[j] != "public" && !(word[j] in known)) {
                    print "layers.sh: the table lets " word[1] " include " word[j] ", which is not above it"
                    bad = 1
                }
                allowed[word[1], word[j]] = 1
            }
            known[word[1]] = 1
        }
        n = split(headers, line, "\n")
        for (i = 1; i <= n; i++) { split(line[i], word, ": "); home[word[1]] = word[2] }
    }
    {
        split($0, part, ":")
        place = part[1] ":" part[2]
        split(part[1], path, "/")
        public = path[1] == "include"
        folder = public ? home[path[3]] : path[2]
        if (public && folder == "") { fail("public header " path[3] " is not in the table of layers.sh"); next }
        if (!public && !(folder in known)) { fail("folder " folder " is not in the table of layers.sh"); next }
        if (match($0, /#[ \t]*include[ \t]*"[^"]*"/) == 0) next
        target = substr($0, RSTART, RLENGTH)
        gsub(/^[^"]*"|"$/, "", target)
        if (target !~ /\//) { fail("\"" target "\" is included without its folder"); next }
        split(target, to, "/")
        if (to[1] == "spendcast") {
            if (!(to[2] in home)) fail("public header " to[2] " is not in the table of layers.sh")
            else if (!may(folder, home[to[2]]))
                fail(folder " may not include " target ", which belongs to " home[to[2]])
        } else if (public) {
            fail("a public header may include only public headers, not " target)
        } else if (!(to[1] in known)) {
            fail("\"" target "\" is in no folder of the table of layers.sh")
        } else if (folder == "cli" && to[1] != "cli") {
            fail("cli may include only public headers, not " target)
        } else if (!may(folder, to[1])) {
            fail(folder " may not include " target)
        }
    }
    END { exit bad }'
}

# Headers of one layer may still include each other in a circle.
check_cycles()
{
    awk '{
        split($0, part, ":")
        file = part[1]
        sub(/^(src|include)\//, "", file)
        if (file ~ /\.h$/ && match($0, /"[^"]*"/)) print file, substr($0, RSTART + 1, RLENGTH - 2)
    }' | tsort 2>&1 >/dev/null | awk '{ print "layers.sh: headers include each other: " $0 } END { exit NR > 0 }'
}

check_tree()
{
    local includes status=0
    # Every file yields at least one line, so that a folder without includes is seen too.
    includes=$(cd "$1" && find src/*/ include/*/ -name '*.[ch]' | LC_ALL=C sort | while IFS= read -r file; do
        echo "$file:1:"
        grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$file" | sed "s|^|$file:|" || true
    done)
    check_includes <<<"$includes" || status=1
    grep -E '"' <<<"$includes" | check_cycles || status=1
    return $status
}

# Each rule must be able to fail.
self_test()
{
    local tree failures=0
    tree=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder is known now
    trap "rm -rf '$tree'" EXIT

    # expect pass|fail WHAT FILE TEXT [FILE TEXT]: a good tree with these files added or changed.
    expect()
    {
        rm -rf "${tree:?}"/*
        mkdir -p "$tree/src/base" "$tree/src/io" "$tree/include/spendcast"
        echo '#include "spendcast/error.h"' >"$tree/src/base/alloc.h"
        printf '#include <stddef.h>\n#include "base/alloc.h"\n' >"$tree/src/io/file.c"
        echo '#include <stddef.h>' >"$tree/include/spendcast/error.h"
        local got=pass wanted=$1 what=$2
        shift 2
        while [ $# -gt 0 ]; do
            mkdir -p "$tree/$(dirname "$1")"
            printf '%s\n' "$2" >"$tree/$1"
            shift 2
        done
        check_tree "$tree" >"$tree/log" 2>&1 || got=fail
        if [ "$got" != "$wanted" ]; then
            echo "layers.sh: self-test: $what: expected $wanted, got $got"
            sed 's/^/    /' "$tree/log"
            failures=$((failures + 1))
        fi
    }
    expect pass "downward edge" src/io/csv.c '#include "base/alloc.h"'
    expect pass "own folder" src/io/csv.c '#include "io/file.h"'
    expect pass "public header of a lower layer" src/sim/run.c '#include "spendcast/rates.h"'
    expect fail "upward edge" src/base/strbuf.c '#include "io/file.h"'
    expect fail "upward edge with blanks" src/base/strbuf.c ' #  include   "io/file.h"'
    expect fail "edge between siblings" src/io/csv.c '#include "stats/dist.h"'
    expect fail "upward edge through a public header" src/base/strbuf.c '#include "spendcast/report.h"'
    expect fail "public header that includes an internal one" include/spendcast/money.h '#include "base/alloc.h"'
    expect fail "upward edge between public headers" include/spendcast/money.h '#include "spendcast/rates.h"'
    expect fail "public header unknown to the table" include/spendcast/extra.h '#include <stddef.h>'
    expect fail "command line that includes an internal header" src/cli/main.c '#include "base/alloc.h"'
    expect pass "command line over the public headers" src/cli/main.c '#include "spendcast/sim.h"'
    expect fail "folder unknown to the table" src/extra/x.c 'int x;'
    expect fail "include without folder" src/io/csv.c '#include "file.h"'
    expect fail "headers in a circle" src/base/arena.h '#include "base/alloc.h"' \
        src/base/alloc.h '#include "base/arena.h"'
    [ "$failures" = 0 ]
}

if [ "${1:-}" = --self-test ]; then
    self_test
else
    check_tree "${1:-$(dirname "$0")/../..}"
fi

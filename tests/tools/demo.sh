#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# demo.sh - the main job on the enterprise scenario: prints each command, runs it, leaves the reports in build/demo.
set -eu

cd "$(dirname "$0")/../.."
mkdir -p build/demo

# Exit status 1 is a finding (a budget at risk), which a demo may well show.
run()
{
    echo "\$ $*"
    status=0
    "$@" || status=$?
    [ "$status" -le 1 ] || exit "$status"
    echo
}

run build/spendcast simulate scenarios/enterprise.json --by team --period quarter --plot build/demo/spend.svg
run build/spendcast compare scenarios/enterprise.json --workload call-notes/notes --top 12

echo "The same as reports, and the plots:"
run build/spendcast simulate scenarios/enterprise.json --by team --period month --format md --quiet \
    --output build/demo/forecast.md --plot build/demo/spend.png
run build/spendcast compare scenarios/enterprise.json --workload call-notes/notes --format md --quiet \
    --output build/demo/offers.md
ls -l build/demo

#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check.sh CASE [TABLE ...] - `spendcast rates check` on base/ with the tables of CASE laid over it and the named ones
# left out.
set -e
cp -R tests/invalid/rates/base "$OUT/card"
for table in "tests/invalid/rates/$1/"*.csv; do
    [ ! -f "$table" ] || cp "$table" "$OUT/card"
done
shift
cd "$OUT"
for table; do
    rm "card/$table"
done
spendcast rates check --card card

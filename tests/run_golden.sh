#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run_golden.sh NAME PROGRAM FOLDER ... - runs every case below the folders and compares its output byte for byte.
#
# A case is a folder with
#     cmd      one shell line, run from the top of the tree; `spendcast` is PROGRAM, $OUT an empty scratch folder, whose
#              name is printed as $OUT
#     stdout   what it must print
#     stderr   what it must print there; without this file, nothing
#     exit     its exit status; without this file, 0
# UPDATE=1 writes the three from what is printed now.  CASE=text runs only the cases whose path holds that text.
set -uo pipefail
shopt -s dotglob nullglob

name=$1 program=$2
shift 2
cd "$(dirname "$0")/.." || exit 70

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$(realpath "$program")" "$scratch/bin/spendcast"

# A fixed environment, plus what the sanitizers and the coverage runtime read.
environment=(PATH="$scratch/bin:/usr/bin:/bin" HOME="$scratch" OUT="$scratch/out"
    LC_ALL=C TZ=UTC COLUMNS=100 NO_COLOR=1)
for variable in ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS LLVM_PROFILE_FILE; do
    [ -z "${!variable:-}" ] || environment+=("$variable=${!variable}")
done

# run CASE: leaves stdout, stderr and exit in $scratch.
run()
{
    local name text left=("$scratch"/out/*)
    if [ ! -d "$scratch/out" ] || [ ${#left[@]} != 0 ]; then
        rm -rf "$scratch/out"
        mkdir "$scratch/out"
    fi
    env -i "${environment[@]}" sh "$1/cmd" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null
    echo $? >"$scratch/exit"
    # The scratch folder has another name in every run.
    for name in stdout stderr; do
        text=$(<"$scratch/$name")
        [[ $text != *"$scratch/out"* ]] || LC_ALL=C sed -i "s|$scratch/out|\$OUT|g" "$scratch/$name"
    done 2>/dev/null # bash warns of bytes 0
}

update()
{
    cp "$scratch/stdout" "$1/stdout"
    if [ -s "$scratch/stderr" ]; then cp "$scratch/stderr" "$1/stderr"; else rm -f "$1/stderr"; fi
    if [ "$(cat "$scratch/exit")" != 0 ]; then cp "$scratch/exit" "$1/exit"; else rm -f "$1/exit"; fi
}

# same LABEL EXPECTED PRINTED: shows the difference; comparing first takes half the time of a case that passes.
same() { cmp -s "$2" "$3" || diff -u --label "$1" --label printed "$2" "$3"; }

# check CASE: shows every difference, expected first.
check()
{
    local ok=0 expected_stderr="$1/stderr" expected_exit=0
    [ -f "$expected_stderr" ] || expected_stderr=/dev/null
    [ ! -f "$1/exit" ] || expected_exit=$(<"$1/exit")
    if [ ! -f "$1/stdout" ]; then
        echo "$1: no file 'stdout'; UPDATE=1 writes it"
        return 1
    fi
    same "$1/stdout" "$1/stdout" "$scratch/stdout" || ok=1
    same "$1/stderr" "$expected_stderr" "$scratch/stderr" || ok=1
    if [ "$(<"$scratch/exit")" != "$expected_exit" ]; then
        echo "$1: exit status $(<"$scratch/exit"), expected $expected_exit"
        ok=1
    fi
    return $ok
}

passed=0 failed=0
while IFS= read -r command; do
    case_folder=${command%/cmd}
    run "$case_folder"
    [ "${UPDATE:-0}" != 1 ] || update "$case_folder"
    if check "$case_folder"; then
        passed=$((passed + 1))
    else
        echo "FAILED $case_folder: $(cat "$command")"
        failed=$((failed + 1))
    fi
done < <(find "$@" -name cmd -type f 2>/dev/null | LC_ALL=C sort | grep -F -- "${CASE:-}")

# A folder that looks like a case but has no command would otherwise never be noticed.
while IFS= read -r stray; do
    echo "FAILED $stray: no file 'cmd'"
    failed=$((failed + 1))
done < <(find "$@" -type f \( -name stdout -o -name stderr -o -name exit \) -printf '%h\n' 2>/dev/null |
    LC_ALL=C sort -u |
    while IFS= read -r folder; do [ -f "$folder/cmd" ] || echo "$folder"; done)

echo "$name: $passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]

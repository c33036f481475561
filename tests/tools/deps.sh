#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# deps.sh [--check] [ci] - installs the Debian packages that are missing; with `ci` also those that the checks need.
#
# Says first what it installs and how.  With nothing missing it prints nothing and calls nothing.  --check only names
# what is missing.  Exit status 4 if packages are missing and it may not install them.
set -euo pipefail

check=0
packages=(gcc make pkg-config libc6-dev libgsl-dev libcjson-dev libcsv-dev libmd-dev zlib1g-dev libglpk-dev
    libcunit1-dev gnuplot-nox tzdata)
for arg in "$@"; do
    case $arg in
    --check) check=1 ;;
    ci) packages+=(clang clang-tidy clang-format cppcheck libomp-dev libclang-rt-14-dev llvm shellcheck) ;;
    *)
        echo "deps.sh: unknown argument '$arg', expected --check or ci" >&2
        exit 2
        ;;
    esac
done

if ! command -v dpkg-query >/dev/null; then
    # Not Debian: the compiler will say what it lacks.
    [ "$check" = 1 ] || echo "deps.sh: no dpkg here; needed are the equivalents of: ${packages[*]}" >&2
    exit 0
fi

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if [ "$check" = 1 ]; then
    echo "missing packages: ${missing[*]}; 'make deps' installs them" >&2
    exit 4
fi

as_root=()
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root=(sudo)
    else
        echo "missing packages: ${missing[*]}" >&2
        echo "they need root: ${install[*]}" >&2
        exit 4
    fi
fi

echo "installing ${missing[*]} with: ${as_root[*]:+sudo }${install[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}"

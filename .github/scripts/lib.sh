# shellcheck shell=bash
# Names, paths and functions that the release scripts share.
set -euo pipefail
# An ampersand in a value is an ampersand (bash 5.2 would put the pattern there).
shopt -u patsub_replacement 2> /dev/null || true

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

# A field of the manifest's [package] table.
manifest() {
  sed -n "/^\[package\]/,/^\[/s/^$1 = \"\(.*\)\"/\1/p" Cargo.toml
}

version=$(manifest version)
repository=$(manifest repository)
downloads=$repository/releases/download/v$version

# Everything a release consists of: programs by target, and the assets that are uploaded.
dist=${DIST:-$root/target/dist}
assets=$dist/assets
mkdir -p "$assets"

# Two runs over the same commit give the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

# Zig, which links the Linux programs, brings the start files and the C library.
export CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS=-Clink-self-contained=no
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUSTFLAGS=-Clink-self-contained=no
# On Windows the C runtime becomes part of the program: nothing has to be installed next to it.
export CARGO_TARGET_X86_64_PC_WINDOWS_MSVC_RUSTFLAGS=-Ctarget-feature=+crt-static

die() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

# A template with its words between @ signs filled in: fill FILE [WORD VALUE]…
fill() {
  local file=$1 text
  shift
  set -- VERSION "$version" REPOSITORY "$repository" DESCRIPTION "$(manifest description)" DOWNLOADS "$downloads" "$@"
  text=$(< "$file")
  while [ $# -gt 0 ]; do
    text=${text//"@$1@"/$2}
    shift 2
  done
  printf '%s\n' "$text"
}

# Column COLUMN of the row for TARGET in the table of targets.
column() {
  local value
  value=$(awk -v target="$1" -v column="$2" '$1 == target { print $column }' .github/packaging/targets)
  [ -n "$value" ] || die "unknown target $1; see .github/packaging/targets"
  printf '%s\n' "$value"
}
runner_of() { column "$1" 2; }
deb_of() { column "$1" 3; }
image_of() { column "$1" 4; }
npm_of() { column "$1" 5; }
wheel_of() { column "$1" 6; }

# The built program for TARGET.
program() {
  case $1 in
    *-windows-*) printf '%s\n' "$dist/bin/$1/tokenmint.exe" ;;
    *) printf '%s\n' "$dist/bin/$1/tokenmint" ;;
  esac
}

targets() {
  sed -n 's/^\([a-z0-9_]*-[^ ]*\).*/\1/p' .github/packaging/targets
}

# The targets whose program is there.
built() {
  local target
  targets | while read -r target; do
    [ ! -f "$(program "$target")" ] || printf '%s\n' "$target"
  done
}

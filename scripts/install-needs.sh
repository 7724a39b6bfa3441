#!/bin/bash
# install-needs.sh build|demo|test|check: sees to the Debian packages that the goal needs.
#
# Silent where nothing is missing. Otherwise says what will be installed and how, then does it: as root, or by
# sudo. Nothing else on the machine is changed.
set -euo pipefail

goal=${1:-}
missing=()

# need PACKAGE COMMAND…: the package is missing where the command fails.
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
need_program() { need "$2" command -v "$1"; }

case $goal in
  build | demo | test | check) ;;
  *)
    echo 'usage: install-needs.sh build|demo|test|check' >&2
    exit 2
    ;;
esac

# SQLite and ring are C.
need_program cc gcc
need libc6-dev test -e /usr/include/stdio.h

if [[ $goal == demo || $goal == test ]]; then
  need_program espeak-ng espeak-ng         # Klinke's voice, and the callers' in demo and tests
  need python3-pip python3 -m pip --version # scripts/fetch-runtime.sh
fi
if [[ $goal == test ]]; then
  need_program mmdebstrap mmdebstrap # the Asterisk of the tests
  need_program sipp sip-tester       # and many callers at once
fi
if [[ $goal == test || $goal == check ]]; then
  need_program pkg-config pkg-config # both run with the sound card
  need libasound2-dev test -e /usr/include/alsa/asoundlib.h
fi

for tool in cargo rustc; do
  command -v "$tool" >/dev/null || {
    echo "klinke: $tool is missing. Rust 1.92 or later is needed; get it the way your site gets Rust (rustup)." >&2
    exit 1
  }
done
if [[ $goal == check ]]; then
  for part in fmt clippy; do
    cargo "$part" --version >/dev/null 2>&1 || {
      echo "klinke: cargo $part is missing; install it: rustup component add ${part/fmt/rustfmt}" >&2
      exit 1
    }
  done
fi

[[ ${#missing[@]} -gt 0 ]] || exit 0

become=()
if [[ $(id -u) -ne 0 ]]; then become=(sudo); fi
install=("${become[@]}" apt-get install --yes --quiet --no-install-recommends "${missing[@]}")

echo "klinke: make $goal needs Debian packages that are not installed: ${missing[*]}"
if ! command -v apt-get >/dev/null; then
  echo 'klinke: there is no apt-get here; install their like with the means of this system and run again.' >&2
  exit 1
fi
if [[ ${#become[@]} -gt 0 ]] && ! command -v sudo >/dev/null; then
  echo "klinke: you are not root and there is no sudo. As root: ${install[*]:1}" >&2
  exit 1
fi
echo "klinke: installing them with: ${install[*]}"
export DEBIAN_FRONTEND=noninteractive
"${become[@]}" apt-get update --quiet --quiet
"${install[@]}"

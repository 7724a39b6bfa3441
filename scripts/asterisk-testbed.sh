#!/bin/bash
# A real Asterisk on 127.0.0.1 for the tests, in a tree of its own.
#
#   asterisk-testbed.sh build                     make the tree (30 to 95 s, 280 MB); nothing where it is there
#   asterisk-testbed.sh run   NAME SIP HTTP RTP   run one in the foreground, until standard input ends
#   asterisk-testbed.sh start NAME SIP HTTP RTP   run one in the background
#   asterisk-testbed.sh cli   NAME COMMAND…       one command of its command line
#   asterisk-testbed.sh write NAME FILE           standard input into a file of its configuration
#   asterisk-testbed.sh kill  NAME                as a power cut ends it
#   asterisk-testbed.sh stop  NAME                end it and remove what it wrote
#
# NAME keeps several apart; SIP and HTTP are its ports, RTP the first of 100 ports for sound. The configuration
# is tests/asterisk/etc. The tree lies in build/asterisk, or where KLINKE_ASTERISK_TREE says.
#
# It needs root (chroot), or sudo that asks for no password; where it has neither it says so and ends with 3.
# Debian's stable releases carry no Asterisk: the tree is taken from the suite KLINKE_ASTERISK_SUITE (forky) of
# the mirror that this machine's own apt is set up with.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tree=${KLINKE_ASTERISK_TREE:-$here/build/asterisk}
suite=${KLINKE_ASTERISK_SUITE:-forky}
config=$here/tests/asterisk/etc
rtp_ports=100
up_s_max=30

usage() { sed -n '2,18s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
verb=${1:-}; [ $# -gt 0 ] && shift

if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    exec sudo -n --preserve-env=KLINKE_ASTERISK_TREE,KLINKE_ASTERISK_SUITE "${BASH_SOURCE[0]}" "$verb" "$@"
  fi
  echo 'skipped: the Asterisk of the tests needs root or sudo without a password' >&2
  exit 3
fi

build() {
  mkdir -p "$(dirname "$tree")"
  exec 9>"$tree.lock"
  flock 9
  [ -x "$tree/usr/sbin/asterisk" ] && return
  export DEBIAN_FRONTEND=noninteractive
  if ! command -v mmdebstrap >/dev/null; then
    echo 'installing the Debian package mmdebstrap' >&2
    apt-get update -q >&2
    apt-get install -y -q --no-install-recommends mmdebstrap >&2
  fi
  local mirror half=$tree.half
  # shellcheck disable=SC2016 # apt fills it in
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/\?$' | head -n 1) || true
  [ -n "$mirror" ] || { echo "skipped: apt on this machine knows no Debian mirror" >&2; exit 3; }
  rm -rf "$half"
  mmdebstrap --mode=root --variant=apt --format=directory --include=asterisk,asterisk-modules \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$suite" "$half" "${mirror%/}" >&2
  # half a tree is none
  mv "$half" "$tree"
}

home() { echo "/klinke/${1:?NAME}"; }
asterisk() { local home=$1; shift; chroot "$tree" /usr/sbin/asterisk -C "$home/etc/asterisk.conf" "$@"; }

# Writes the configuration of NAME and starts it; leaves its process id in $pid.
launch() {
  local name=${1:?NAME} sip=${2:?SIP port} http=${3:?HTTP port} rtp=${4:?first RTP port} home modules
  [ -x "$tree/usr/sbin/asterisk" ] || { echo "skipped: no Asterisk in $tree; make it with: $0 build" >&2; exit 3; }
  home=$(home "$name")
  rm -rf "${tree:?}$home"
  mkdir -p "$tree$home"/{etc,run,log,spool,lib/keys,moh}
  # music on hold: two seconds of 500 Hz in A-law, to be told from everything else by its pitch
  printf '%.0s\xa5\xa5\xa5\xa5\xa5\xa5\xa5\xa5\x25\x25\x25\x25\x25\x25\x25\x25' {1..1000} >"$tree$home/moh/tone.alaw"
  modules=$(cd "$tree" && echo usr/lib/*/asterisk/modules)
  local file
  for file in "$config"/*.conf "$here"/src/commands/dialplan/transfer.conf; do
    sed -e "s#@HOME@#$home#g; s#@MODULES@#/$modules#g; s#@SIP@#$sip#g; s#@HTTP@#$http#g" \
      -e "s#@RTP_FIRST@#$rtp#g; s#@RTP_LAST@#$((rtp + rtp_ports - 1))#g" \
      "$file" >"$tree$home/etc/$(basename "$file")"
  done
  [ -c "$tree/dev/null" ] || mknod -m 666 "$tree/dev/null" c 1 3
  [ -c "$tree/dev/urandom" ] || mknod -m 666 "$tree/dev/urandom" c 1 9
  [ -c "$tree/dev/random" ] || mknod -m 666 "$tree/dev/random" c 1 8
  chroot "$tree" /usr/sbin/asterisk -C "$home/etc/asterisk.conf" -f -n </dev/null >"$tree$home/log/console" 2>&1 &
  pid=$!
  echo "$pid" >"$tree$home/run/pid"
  for _ in $(seq $((up_s_max * 10))); do
    if asterisk "$home" -rx 'core waitfullybooted' 2>/dev/null | grep -q 'fully booted'; then
      echo "up: asterisk $name, process $pid, SIP $sip, HTTP $http"
      return
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  echo "asterisk $name did not come up within $up_s_max s" >&2
  tail -n 20 "$tree$home/log/console" >&2
  finish "$name"
  exit 1
}

finish() {
  local home pid
  home=$(home "${1:?NAME}")
  pid=$(cat "$tree$home/run/pid" 2>/dev/null || true)
  if [ -n "$pid" ]; then
    asterisk "$home" -rx 'core stop now' >/dev/null 2>&1 || true
    for _ in $(seq 30); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -rf "${tree:?}$home"
}

case "$verb" in
  build) build ;;
  run)
    launch "$@"
    # whoever started this holds the other end; even when killed it lets go
    cat >/dev/null
    finish "$1"
    ;;
  start) launch "$@" ;;
  cli) name=${1:?NAME}; shift; asterisk "$(home "$name")" -rx "$*" ;;
  write) cat >"$tree$(home "${1:?NAME}")/etc/$(basename "${2:?FILE}")" ;;
  kill) kill -"${2:-KILL}" "$(cat "$tree$(home "${1:?NAME}")/run/pid")" ;;
  stop) finish "$@" ;;
  *) usage ;;
esac

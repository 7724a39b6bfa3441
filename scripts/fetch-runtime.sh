#!/bin/bash
# fetch-runtime.sh: ONNX Runtime's library and the Silero VAD weights, out of pinned PyPI wheels, into
# build/runtime/. With the word `vosk`: libvosk too, for sites that use a model of Vosk.
#
# Both are data to us: nothing of Python is installed and nothing of a wheel is run. What is there already and
# right is kept, so a machine without network only needs the files put there once. What is not the pinned file,
# byte by byte, is refused.
#
# ONNX Runtime stays at 1.28.0: later ones upload usage figures unless told not to.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly folder=build/runtime
readonly library=libonnxruntime.so.1.28.0 weights=silero_vad.onnx
readonly weights_sum=1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3

machine=$(uname -m)
case $machine in
  x86_64) library_sum=aa4079d18f4ea7a5f3a94d80cd4bbe0f2740436626622d64d793803a20381083 ;;
  aarch64) library_sum=23a37c2994bc273e1d59a4f49af6cba5bf1cfbc29f04907ec27df375aba50a7d ;;
  *)
    echo "klinke: no ONNX Runtime is pinned for $machine; x86_64 and aarch64 are." >&2
    exit 1
    ;;
esac

is_right() { # FILE SUM
  [[ -f $1 ]] && sha256sum --check --status <<<"$2  $1"
}

# fetch WHEEL MEMBER FILE SUM: one file out of one wheel.
fetch() {
  local wheel=$1 member=$2 file=$3 sum=$4
  if is_right "$folder/$file" "$sum"; then return; fi
  echo "klinke: fetching $file ($wheel)"
  local draft
  draft=$(mktemp --directory "$folder/draft.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$draft'" EXIT
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --implementation cp --python-version 3.11 --abi cp311 --platform "manylinux_2_28_$machine" --platform "manylinux2010_$machine" --platform any \
    --dest "$draft" "$wheel" || {
    echo "klinke: $wheel could not be downloaded. Without network: put $file into $folder/ (SHA-256 $sum)." >&2
    exit 1
  }
  python3 - "$draft" "$member" "$draft/$file" <<'PYTHON'
import pathlib, shutil, sys, zipfile
folder, member, file = sys.argv[1:]
(wheel,) = pathlib.Path(folder).glob("*.whl")
with zipfile.ZipFile(wheel) as archive, archive.open(member) as inside, open(file, "wb") as out:
    shutil.copyfileobj(inside, out)
PYTHON
  is_right "$draft/$file" "$sum" || {
    echo "klinke: $file out of $wheel is not the pinned file (SHA-256 $sum); it was thrown away." >&2
    exit 1
  }
  chmod 0644 "$draft/$file"
  mv "$draft/$file" "$folder/$file"
  rm -rf "$draft"
  trap - EXIT
}

mkdir -p "$folder"
fetch onnxruntime==1.28.0 "onnxruntime/capi/$library" "$library" "$library_sum"
fetch silero-vad==6.2.3 silero_vad/data/silero_vad.onnx "$weights" "$weights_sum"

[[ ${1:-} == vosk ]] || exit 0
[[ $machine == x86_64 ]] || {
  echo "klinke: no libvosk is pinned for $machine; x86_64 is." >&2
  exit 1
}
fetch vosk==0.3.45 vosk/libvosk.so libvosk.so 85c4654de3acdeb99abab86eeb2a6e603927d37089597c0fcc33d8638dc2ccaf

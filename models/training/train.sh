#!/bin/bash
# Makes models/de-telephone from nothing but the folder of real speech: synthetic callers, bad lines, training, export,
# figures, card. One command; on two cores about two and a half hours, on a GPU less. Everything is drawn from fixed seeds; how many
# hours of sound a machine hears in the given minutes differs, so the result is the same in kind, not in bits.
#
#   SPEECH=../shared/speech PROBE=../shared/models/de-telephone-probe.onnx models/training/train.sh [WORK_FOLDER]
#
# Needs python3 with venv, espeak-ng, a C++ compiler (the network is compiled), 12 GB of memory and 10 GB of disk.
# CALLERS (synthetic utterances), MINUTES (of training), THREADS: what the environment says, or as below.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-$here/../../build/training}
: "${SPEECH:=$here/../../../shared/speech}" "${PROBE:=$here/../../../shared/models/de-telephone-probe.onnx}"
: "${CALLERS:=60000}" "${MINUTES:=190}" "${THREADS:=2}"
export SPEECH PROBE OMP_NUM_THREADS=1
mkdir -p "$work"
[ -d "$SPEECH/kerstin" ] || { echo "no recorded people in $SPEECH" >&2; exit 1; }
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
run() { program=$1; shift; "$work/venv/bin/python" "$here/recipe/$program" "$@"; }

echo "== synthetic callers"
run callers.py "$work/callers" "$CALLERS" 1
echo "== lines and training"
rm -rf "$work/lines"
run lines.py "$work/callers" "$work/lines" 100000 2 > "$work/lines.log" 2>&1 & lines=$!
trap 'kill $lines 2>/dev/null || true' EXIT
until ls "$work"/lines/*.pkl > /dev/null 2>&1; do
    kill -0 $lines || { cat "$work/lines.log" >&2; exit 1; }
    sleep 1
done
cp "$(ls "$work"/lines/*.pkl | head -1)" "$work/some-lines.pkl"
run train.py "$work/lines" "$work/network.pt" "$MINUTES" --threads "$THREADS" ${BEGIN:+--from "$BEGIN"} | tee "$work/train.log"
kill $lines
echo "== export"
run export.py "$work/network.pt" "$work/de-telephone.onnx" "$work/some-lines.pkl" | tee "$work/export.txt"
run score.py "$work/de-telephone.onnx" | tee "$work/score.txt"
mv "$work/de-telephone.onnx" "$here/../de-telephone/de-telephone.onnx"
run card.py "$work/export.txt" "$work/score.txt" "$work/train.log"
echo "== models/de-telephone is made; 'cargo bench --bench hearing' measures it with everything around it"

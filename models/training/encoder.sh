#!/bin/bash
# Makes models/de-sentences from the sentences of this folder and a teacher: vectors, training, export, figures, card. One
# command; on two cores about half an hour. Everything is drawn from fixed seeds.
#
#   models/training/encoder.sh [WORK_FOLDER]
#
# Needs python3 with venv, 4 GB of memory and 1 GB of disk. STEPS (of training): what the environment says, or as in train.py.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-$here/../../build/training}
export OMP_NUM_THREADS=1
mkdir -p "$work"
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
run() { program=$1; shift; "$work/venv/bin/python" "$here/encoder/$program" "$@"; }

echo "== what the teacher says"
run teach.py "$work/taught.npz"
echo "== training"
run train.py "$work/taught.npz" "$work/sentences.pt" ${STEPS:+"$STEPS"}
echo "== export"
mkdir -p "$here/../de-sentences"
run export.py "$work/sentences.pt" "$here/../de-sentences/de-sentences.onnx" | tee "$work/parity.txt"
run card.py "$work/parity.txt"
echo "== models/de-sentences is made; 'cargo bench --bench understanding' measures it with everything around it"

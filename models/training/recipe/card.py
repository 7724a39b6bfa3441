"""Writes models/de-telephone/CARD.md: interface, data with every author, recipe, figures of these very weights.

    card.py EXPORT.txt SCORE.txt [TRAIN.log]
"""

import hashlib
import sys
from collections import defaultdict
from pathlib import Path

import network as net
import onnx
import people
import texts

FOLDER = texts.TRAINING.parent / "de-telephone"

CARD = """# de-telephone: German telephone speech to letters
Weights of our own: a small streaming CTC network. `klinke` puts a decoder over it that leans on the site's words and on
what the dialogue expects. This card is written by `models/training/recipe/card.py`.

| | |
|---|---|
| file | `de-telephone.onnx`, {size:,} bytes, {parameters:.2f} million parameters, products in 8 bits |
| SHA-256 | `{sha256}` |
| licence | Apache-2.0, with the sources below named |
| language | German, adults, telephone band |
| look-ahead | {ahead} steps of {step} ms: {ahead_ms} ms |

## Interface
- Input `log_mel`: float32 [batch, frames, 40], `frames` a multiple of 3. From 8 kHz samples in ±1: frames of 200
  samples, one each 80; Hann window (`numpy.hanning(201)[:200]`); FFT of 256; power; 40 triangular mel bands from 150
  to 3,750 Hz (mel = 2595 log10(1 + f/700), triangles in units of bins, no side narrower than half a bin);
  `ln(x + 1e-7)`, as it is: level and line are the network's own affair. `src/models/features.rs` is that.
- Input `state`: float32 [batch, {state}], zeros when somebody begins to speak; output `next_state`, the same, goes in with
  the next frames. How the frames are cut makes no difference.
- Output `log_probs`: float32 [batch, frames/3, 32], one step each 30 ms: 0 is the blank, then
  ` abcdefghijklmnopqrstuvwxyzäöüß` (the space first). The output of a step speaks of the sound {ahead} steps before.
- Metadata: `klinke.kind`, `klinke.state_len`, `klinke.lookahead_steps`.

## Data
| source | what was trained on | licence |
|---|---|---|
| Kerstin (dataset-voice-kerstin) | {kerstin} read sentences, one woman | CC0 1.0 |
| Heidelberg digits (Cramer et al. 2020, Heidelberg Spiking Datasets) | {digits:,} digits, {digit_people} people | CC BY 4.0 |
| EmoDB (Burkhardt et al. 2005) | {emodb} acted sentences, {emodb_people} people, clips of at most 2 s | CC0 1.0 / CC BY 4.0 |
| Wikimedia Commons | {commons} single words by the people below | per person |
| synthetic callers | sentences of this project and of Kerstin's texts, by espeak-ng (its variants and 400 voices of our own making) and SVOX Pico (de-DE) | the sound is ours |

No recording is part of this package. Held out, never trained on: `models/training/split.toml`. Words of Wikimedia Commons:
{authors}.

## Recipe
`models/training/train.sh` makes all of it from one command. {layers} causal layers of width {kernel} and {width} channels, a
running mean over the frames and over two of the layers, CTC over letters. Every utterance is put on another line each time it is
heard: size of the speaker, tempo, room, band, tilt, noise (hiss, street, voices, music), level, clipping, A-law, µ-law, GSM,
lost packets. Clips that were cut in mid-sentence have the letters that an earlier network found in them.
{log}
## Figures
Of the weights by themselves: letters, greedily, no words known, no expectation, streaming in chunks of 60 ms, people and
sentences never trained on (Kerstin: sentences only).

```
{score}
```

Export: {export}.

What a caller and a site get, with the decoder and its expectation: `docs/measurements/hearing.md`.

## Limits
- Free dictation is beyond it. Names and streets have to be listed.
- One woman read most of the sentences; men, dialects and callers who learn German rest on digits, single words, acted clips and
  synthetic voices. Children, speakerphones and cars were not measured.
- Confidences come from the decoder, not from the network.
"""


def main() -> None:
    export, score = (Path(name).read_text(encoding="utf-8").strip() for name in sys.argv[1:3])
    log = [line for line in Path(sys.argv[3]).read_text().splitlines() if line.startswith("done")] if len(sys.argv) > 3 else []
    file = FOLDER / "de-telephone.onnx"
    model = onnx.load(file)
    facts = {prop.key: prop.value for prop in model.metadata_props}
    recorded = people.recordings("train")
    by_kind, speakers = defaultdict(int), defaultdict(set)
    for speaker, _, _ in recorded:
        by_kind[speaker.split("-")[0]] += 1
        speakers[speaker.split("-")[0]].add(speaker)
    authors = defaultdict(set)
    for line in (people.SPEECH / "commons-words/metadata.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        author, licence = line.split("\t")[2:4]
        if author not in people.split()["commons-words"]["held_out"]:
            authors[author].add(licence)
    ahead = int(facts["klinke.lookahead_steps"])
    (FOLDER / "CARD.md").write_text(
        CARD.format(
            size=file.stat().st_size, sha256=hashlib.sha256(file.read_bytes()).hexdigest(), ahead=ahead, step=net.STEP_MS,
            ahead_ms=ahead * net.STEP_MS, state=facts["klinke.state_len"], layers=len(net.LAYERS), kernel=net.KERNEL, width=net.WIDTH,
            parameters=sum(value.numel() for value in net.Network().parameters()) / 1e6, kerstin=by_kind["kerstin"],
            digits=by_kind["digits"], digit_people=len(speakers["digits"]), emodb=by_kind["emodb"], emodb_people=len(speakers["emodb"]),
            commons=by_kind["commons"], score=score, export=export.splitlines()[-1],
            authors=";\n".join(f"{author.rstrip('.')} ({', '.join(sorted(licences))})" for author, licences in sorted(authors.items())),
            log=f"This file: {', then '.join(line.removeprefix('done: ') for line in log)}.\n" if log else "",
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()

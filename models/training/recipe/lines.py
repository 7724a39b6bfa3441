"""Puts callers on telephone lines without end: shards of (speaker, text, log-mel frames) for `train.py`.

Each shard draws from people and synthetic callers in the shares below, joins digits and words of one speaker to strings,
and adds a little noise in which nobody speaks.

    lines.py CALLERS_FOLDER TO_FOLDER SHARDS SEED
"""

import pickle
import sys
import time
from collections import defaultdict
from pathlib import Path
from random import Random

import numpy as np

import people
import telephone
from prefixes import shortened

# Utterances of each kind in a shard.
SHARES = {"kerstin": 240, "digits": 260, "commons": 150, "emodb": 110, "syn": 640, "noise": 24}
# Shards that may wait for the training.
WAITING_MAX = 12


def strings(rng: Random, said: list[tuple[str, np.ndarray]], longest: int, gap_s: float) -> tuple[str, np.ndarray]:
    """Some utterances of one speaker after another."""
    count = rng.choice([1, 1, 2, 3, 4, 4, 6, longest])
    texts, sounds = [], []
    for _ in range(min(count, longest)):
        text, sound = rng.choice(said)
        texts.append(text)
        sounds += [sound, np.zeros(int(rng.uniform(0, gap_s) * 16000), np.int16)]
    return " ".join(texts), np.concatenate(sounds[:-1])


def main() -> None:
    callers, to, count, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    to.mkdir(parents=True, exist_ok=True)
    rng = Random(seed)
    recorded = shortened(people.recordings("train"))
    kinds = defaultdict(lambda: defaultdict(list))
    for speaker, text, sound in recorded:
        kinds[speaker.split("-")[0]][speaker].append((text, sound))
    background = telephone.noises(seed, [sound for speaker, _, sound in recorded if speaker in ("kerstin", "emodb-03", "emodb-08")])
    known, synthetic = set(), []
    for number in range(count):
        while len(list(to.glob("*.pkl"))) >= WAITING_MAX:
            time.sleep(1)
        for shard in sorted(callers.glob("*.pkl")):
            if shard not in known:
                known.add(shard)
                synthetic += pickle.loads(shard.read_bytes())
        out, begun = [], time.time()
        for kind, share in SHARES.items():
            for _ in range(share):
                if kind == "noise":
                    out.append((kind, "", telephone.rough(np.zeros(rng.randrange(8000, 48000), np.int16), rng, background, True)))
                    continue
                if kind == "syn":
                    if not synthetic:
                        continue
                    speaker, text, sound = synthetic[rng.randrange(len(synthetic))]
                else:
                    speaker = rng.choice(sorted(kinds[kind]))
                    if kind == "commons":  # people with many words come more often, not as often as they have words
                        weights = [min(60, len(kinds[kind][s])) for s in sorted(kinds[kind])]
                        speaker = rng.choices(sorted(kinds[kind]), weights)[0]
                    if kind in ("digits", "commons"):
                        text, sound = strings(rng, kinds[kind][speaker], 12 if kind == "digits" else 4, 0.3)
                    else:
                        text, sound = rng.choice(kinds[kind][speaker])
                frames = telephone.rough(sound, rng, background, kind != "syn")
                out.append((speaker, text, frames.astype(np.float16)))
        file = to / f"lines-{seed}-{number:04}.pkl"
        file.with_suffix(".part").write_bytes(pickle.dumps(out))
        file.with_suffix(".part").rename(file)
        hours = sum(len(frames) for _, _, frames in out) / 360000
        print(f"{file.name}: {hours:.2f} h in {time.time() - begun:.0f} s, {len(synthetic)} synthetic callers", flush=True)


if __name__ == "__main__":
    main()

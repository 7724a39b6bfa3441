"""What a file of weights hears by itself, without lexicon or expectation: letters wrong, greedily, on who was held out.

Clean telephone band, and a rough line of a fixed seed. Sentences of EmoDB are cut at two seconds and count by the letters
that an earlier network finds in them, so their row is a comparison between weights, not a figure.

    score.py WEIGHTS.onnx
"""

import sys
from random import Random

import numpy as np

import callers
import people
import prefixes
import telephone
import texts
from export import session, stream
from features import log_mel
from network import LOOKAHEAD

EACH_MAX = 150
PHRASES = 40
SEED = 777


def greedy(log_probs: np.ndarray) -> str:
    best = log_probs.argmax(1)
    said = [letter for letter, before in zip(best, [0, *best]) if letter != before and letter]
    return "".join(texts.ALPHABET[letter - 1] for letter in said).strip()


def distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def synthetic() -> list:
    rng = Random(SEED)
    drawn, out = texts.Callers(rng), []
    for voice in people.split()["espeak-ng"]["held_out"]:
        for _ in range(PHRASES):
            text = drawn.sentence()
            out.append((f"syn-{voice}", texts.normal(text), callers.trimmed(callers.espeak(text, voice, rng))))
    return out


def main() -> None:
    run = session(sys.argv[1])
    recorded = prefixes.shortened(people.recordings("test")) + synthetic()
    background = telephone.noises(SEED, [sound for _, _, sound in recorded])
    kinds = sorted({speaker.split("-")[0] for speaker, _, _ in recorded})
    for kind in kinds:
        said = [line for line in recorded if line[0].split("-")[0] == kind]
        Random(SEED).shuffle(said)
        for line, rng in (("clean", None), ("rough", Random(SEED))):
            wrong = letters = exact = 0
            for _, text, sound in said[:EACH_MAX]:
                frames = telephone.rough(sound, rng, background, True) if rng else log_mel(telephone.clean(sound))
                heard = greedy(stream(run, frames, 6)[LOOKAHEAD:])
                wrong, letters, exact = wrong + distance(heard, text), letters + len(text), exact + (heard == text)
            count = len(said[:EACH_MAX])
            print(f"{kind:10} {line}: {100 * wrong / letters:5.1f} % of letters wrong, {exact} of {count} exact", flush=True)


if __name__ == "__main__":
    main()

"""Honest transcripts for clips that end in mid-sentence: the letters that an earlier network finds in the sound.

The earlier network hears whole utterances; the CTC forward variable over the full text says with which of its letters
the clip most likely ends.
"""

import os
from pathlib import Path

import numpy as np

import texts
from features import log_mel
from telephone import clean

CLIP_S = 1.99


def ends_with(log_probs: np.ndarray, letters: list[int]) -> int:
    """How many of `letters` were said by the end of `log_probs` [steps, 32]."""
    states = np.full(2 * len(letters) + 1, -np.inf)
    labels = [0] + [x for letter in letters for x in (letter, 0)]
    states[0], states[1] = log_probs[0, 0], log_probs[0, labels[1]]
    for step in log_probs[1:]:
        before = states
        one = np.concatenate([[-np.inf], before[:-1]])
        two = np.concatenate([[-np.inf, -np.inf], before[:-2]])
        allowed = np.array([i > 1 and labels[i] != 0 and labels[i] != labels[i - 2] for i in range(len(labels))])
        states = np.logaddexp(np.logaddexp(before, one), np.where(allowed, two, -np.inf)) + step[labels]
    return (int(np.argmax(states)) + 1) // 2


def shortened(recordings: list) -> list:
    """The recordings, clips of EmoDB that were cut with what is left of their text."""
    import onnxruntime

    weights = os.environ.get("PROBE") or str(Path(__file__).resolve().parents[4] / "shared/models/de-telephone-probe.onnx")
    probe = onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"])
    out = []
    for speaker, text, sound in recordings:
        if speaker.startswith("emodb") and len(sound) >= CLIP_S * 16000:
            frames = log_mel(clean(sound))
            frames = (frames - frames.mean(0)) * 0.4
            frames = frames[: len(frames) // 3 * 3]
            log_probs = probe.run(None, {"log_mel": frames[None].astype(np.float32)})[0][0]
            text = text[: ends_with(log_probs, [texts.ALPHABET.index(c) + 1 for c in text])].strip()
        out.append((speaker, text, sound))
    return out

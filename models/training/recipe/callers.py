"""Synthetic callers: espeak-ng with voices of our own making, and SVOX Pico.

Every voice of espeak-ng is a set of formants, so an unlimited number of speakers can be made by moving them. Which of
its own variants are never trained on stands in `split.toml`. Writes shards of (speaker, text, 16 kHz samples).

    callers.py FOLDER COUNT [SEED]
"""

import os
import pickle
import shutil
import subprocess
import sys
from math import gcd
from pathlib import Path
from random import Random

import numpy as np
import py_nanotts
from scipy.signal import resample_poly

import people
import texts

SHARD = 1000
VOICES = 400
# Share of what is said that stands in the written corpora; the rest is drawn.
WRITTEN = 0.35


def make_voices(folder: Path, rng: Random) -> Path:
    """A data folder of espeak-ng with variants of our own: "-v de+k17"."""
    data = folder / "espeak-ng-data"
    if not data.exists():
        known = [Path(p) for p in ("/usr/lib/x86_64-linux-gnu/espeak-ng-data", "/usr/share/espeak-ng-data", "/usr/lib/espeak-ng-data")]
        shutil.copytree(next(path for path in known if path.is_dir()), data)
    for index in range(VOICES):
        size = rng.uniform(0.84, 1.22)  # of the vocal tract: children above, large men below
        pitch = rng.uniform(75, 150) if size < 1.03 else rng.uniform(140, 250)
        lines = [
            f"name k{index}", f"pitch {pitch:.0f} {pitch * rng.uniform(1.15, 1.7):.0f}", f"flutter {rng.randint(0, 8)}",
            f"roughness {rng.randint(0, 4)}", f"voicing {rng.randint(60, 130)}", f"consonants {rng.randint(60, 140)} {rng.randint(60, 140)}",
            f"breath {' '.join(str(rng.choice([0, 0, 0, 10, 30])) for _ in range(8))}" if rng.random() < 0.4 else "",
            "klatt {}".format(rng.randint(1, 4)) if rng.random() < 0.25 else "",
            "tone " + " ".join(f"{hz} {rng.randint(60, 255)}" for hz in (150, 600, 1200, 2000, 3000)) if rng.random() < 0.5 else "",
            "stressLength " + " ".join(str(int(base * rng.uniform(0.8, 1.25))) for base in (150, 140, 220, 220, 0, 0, 240, 270)) if rng.random() < 0.5 else "",
        ]
        for formant in range(9):
            own = size * rng.uniform(0.95, 1.05) * 100
            lines.append(f"formant {formant} {own:.0f} {rng.randint(70, 125)} {rng.randint(70, 160)}")
        (data / "voices/!v" / f"k{index}").write_text("\n".join(line for line in lines if line) + "\n")
    return folder


def espeak(text: str, voice: str, rng: Random, data: Path | None = None) -> np.ndarray:
    env = dict(os.environ, ESPEAK_DATA_PATH=str(data)) if data else None
    command = ["espeak-ng", "-v", f"de+{voice}", "-s", str(rng.randint(110, 205)), "-g", str(rng.choice([0, 0, 0, 1, 3])), "--stdout", text]
    if not voice.startswith("k") or not voice[1:].isdigit():
        command[1:1] = ["-p", str(rng.randint(20, 80))]
    wav = subprocess.run(command, capture_output=True, env=env, check=True).stdout
    rate = int.from_bytes(wav[24:28], "little")
    return at_16k(np.frombuffer(wav[44 : len(wav) - (len(wav) % 2)], "<i2"), rate)


def pico(text: str, rng: Random) -> np.ndarray:
    sound = py_nanotts.NanoTTS().speak(text, voice="de-DE", speed=rng.uniform(0.72, 1.4), pitch=rng.uniform(0.6, 1.45))
    return np.frombuffer(sound, "<i2")


def at_16k(samples: np.ndarray, rate: int) -> np.ndarray:
    if rate == 16000:
        return samples
    common = gcd(16000, rate)
    brought = resample_poly(samples.astype(np.float32), 16000 // common, rate // common)
    return np.clip(brought, -32768, 32767).astype(np.int16)


def trimmed(samples: np.ndarray) -> np.ndarray:
    """Without the silence around the speech."""
    level = np.abs(samples.astype(np.int32))
    loud = np.flatnonzero(level > max(1, level.max()) * 0.02)
    return samples[:0] if len(loud) == 0 else samples[max(0, loud[0] - 800) : loud[-1] + 1200]


def trained_variants() -> list[str]:
    folder = next(p for p in map(Path, ("/usr/lib/x86_64-linux-gnu/espeak-ng-data/voices/!v", "/usr/share/espeak-ng-data/voices/!v")) if p.is_dir())
    odd = ("whisper", "Demonic", "croak", "UniRobot", "robosoft", "Storm", "Robot", "fast", "announcer")
    held = set(people.split()["espeak-ng"]["held_out"])
    return sorted(v.name for v in folder.iterdir() if v.name not in held and " " not in v.name and not any(o in v.name for o in odd))


def main() -> None:
    folder, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    folder.mkdir(parents=True, exist_ok=True)
    rng = Random(seed)
    data = make_voices(folder / f"espeak{seed}", Random(1000 + seed))
    variants = trained_variants() + [f"k{index}" for index in range(VOICES)]
    drawn = texts.Callers(rng)
    corpus = texts.written() + [text for _, text in people.kerstin_texts("train")]
    rng.shuffle(corpus)
    shard, spoken = [], 0
    while spoken < count:
        text = corpus[spoken % len(corpus)] if rng.random() < WRITTEN else drawn.sentence()
        normal = texts.normal(text)
        if not normal or len(normal) > 160:
            spoken += 1
            continue
        voice = "pico" if rng.random() < 0.38 else rng.choice(variants)
        try:
            sound = trimmed(pico(text, rng) if voice == "pico" else espeak(text, voice, rng, data))
        except (subprocess.CalledProcessError, RuntimeError) as error:
            print(f"{voice}: {text}: {error}", file=sys.stderr)
            sound = np.zeros(0, np.int16)
        spoken += 1
        if len(sound) > 2400:
            shard.append((f"syn-{voice}", normal, sound))
        if len(shard) == SHARD or spoken == count:
            to = folder / f"callers-{seed}-{spoken:06}.pkl"
            to.with_suffix(".part").write_bytes(pickle.dumps(shard))
            to.with_suffix(".part").rename(to)
            seconds = sum(len(sound) for _, _, sound in shard) / 16000
            print(f"{spoken} of {count}: {seconds / 3600:.2f} h in {to.name}", flush=True)
            shard = []


if __name__ == "__main__":
    main()

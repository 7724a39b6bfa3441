"""Recorded people out of the folder of real speech (`SPEECH`), split by person as `split.toml` says."""

import os
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

import texts

SPEECH = Path(os.environ.get("SPEECH", Path(__file__).resolve().parents[4] / "shared/speech"))
EMODB = {
    "a01": "Der Lappen liegt auf dem Eisschrank",
    "a02": "Das will sie am Mittwoch abgeben",
    "a04": "Heute abend könnte ich es ihm sagen",
    "a05": "Das schwarze Stück Papier befindet sich da oben neben dem Holzstück",
    "a07": "In sieben Stunden wird es soweit sein",
    "b01": "Was sind denn das für Tüten die da unter dem Tisch stehen",
    "b02": "Sie haben es gerade hochgetragen und jetzt gehen sie wieder runter",
    "b03": "An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht",
    "b09": "Ich will das eben wegbringen und dann mit Karl was trinken gehen",
    "b10": "Die wird auf dem Platz sein wo wir sie immer hinlegen",
}


@cache
def split() -> dict:
    return tomllib.loads((texts.TRAINING / "split.toml").read_text(encoding="utf-8"))


def wanted(held_out: bool, part: str) -> bool:
    return held_out == (part == "test")


def kerstin_texts(part: str) -> list[tuple[str, str]]:
    """Ids and texts of the one long reader; every ninth sentence is held out."""
    lines = (SPEECH / "kerstin/metadata.tsv").read_text(encoding="utf-8").splitlines()
    every, at = split()["kerstin"]["every"], split()["kerstin"]["remainder"]
    rows = [line.split("\t") for line in lines]
    chosen = [(row[0], row[2]) for index, row in enumerate(rows) if wanted(index % every == at, part)]
    return [(name, text) for name, text in chosen if texts.normal(text) and (SPEECH / f"kerstin/{name}.flac").exists()]


def sound(path: Path) -> np.ndarray:
    """16 kHz samples."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    samples = samples[:, 0]
    if rate != 16000:
        common = np.gcd(16000, rate)
        samples = resample_poly(samples, 16000 // common, rate // common)
    return np.clip(samples * 32767, -32768, 32767).astype(np.int16)


def recordings(part: str) -> list[tuple[str, str, np.ndarray]]:
    """(person, what was said, samples); clips of EmoDB end at 2 s, whatever their text says."""
    out = [("kerstin", texts.normal(text), sound(SPEECH / f"kerstin/{name}.flac")) for name, text in kerstin_texts(part)]
    for path in sorted((SPEECH / "heidelberg-digits").glob("*/*.flac")):
        if wanted(path.parent.name in split()["heidelberg-digits"]["held_out"], part):
            out.append((f"digits-{path.parent.name}", texts.DIGITS[int(path.stem.split("-")[-1])], sound(path)))
    for path in sorted((SPEECH / "emodb").glob("*.flac")):
        if wanted(path.name[:2] in split()["emodb"]["held_out"], part):
            out.append((f"emodb-{path.name[:2]}", texts.normal(EMODB[path.name[2:5]]), sound(path)))
    for line in (SPEECH / "commons-words/metadata.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        file, word, author = line.split("\t")[:3]
        if wanted(author in split()["commons-words"]["held_out"], part) and texts.normal(word):
            out.append((f"commons-{author}", texts.normal(word), sound(SPEECH / "commons-words" / file)))
    return out

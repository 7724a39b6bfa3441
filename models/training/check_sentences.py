#!/usr/bin/env python3
"""Checks models/training/sentences/*.toml and prints what is in them.

A fault or a finding is one line, `file: intent: what`, and makes the exit status 1. Needs Python 3.11 (tomllib)
and nothing else. The rules are told in sentences/README.md.
"""

import re
import sys
import tomllib
from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from statistics import median

FOLDER = Path(__file__).resolve().parent / "sentences"

# What an intent must have at least: sentences in all, and how many of them as a recogniser delivers them.
LEAST = {"german": (45, 5), "english": (20, 3)}
NONE_LEAST = 300
INTENTS_LEAST = 90
# A corpus of one-liners teaches nothing about long-winded callers; an utterance of a minute is no turn either.
WORDS_MAX = 45
# More of an intent's sentences than this with the same three first words are clones of one another. Two are never
# too many: of twenty English sentences they are a tenth already.
SAME_OPENING_MAX = 0.08
SAME_OPENING_ALWAYS = 2
# Two sentences of one intent (four words or more) that share this much of their words are the same sentence.
CLONE_OVERLAP = 0.75
# So are one written and one recognised that have this much of their letters in common, wherever the blanks are. Kept
# apart, they would stand on both sides of a split into training and held back.
ECHO = 0.9

WRITTEN = re.compile(r"[A-Za-zÄÖÜäöüßéèàçñ .,;:?!'–…-]+")
HEARD = re.compile(r"[a-zäöüßé ']+")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def folded(sentence: str) -> str:
    """What is left without case and punctuation."""
    return " ".join(re.findall(r"[\w']+", sentence.casefold()))


def language(area: str) -> str:
    return "english" if area == "english" else "german"


def characters(sentence: str, heard: bool) -> str | None:
    """What is wrong with the letters of a sentence."""
    if not (HEARD if heard else WRITTEN).fullmatch(sentence):
        return "characters that do not belong here"
    if sentence != " ".join(sentence.split()):
        return "blanks too many"
    if len(sentence.split()) > WORDS_MAX:
        return f"more than {WORDS_MAX} words"
    return None


def openings(sentences: list[str]) -> list[str]:
    """Three-word openings that too many of the sentences share."""
    first = Counter(" ".join(w[:3]) for w in (folded(s).split() for s in sentences) if len(w) > 3)
    most = max(SAME_OPENING_ALWAYS, SAME_OPENING_MAX * len(sentences))
    return [f"{n} of {len(sentences)} begin with “{o}”" for o, n in first.items() if n > most]


def clones(sentences: list[str]) -> list[str]:
    bags = [(s, set(folded(s).split())) for s in sentences]
    bags = [(s, bag) for s, bag in bags if len(bag) >= 4]
    return [
        f"nearly the same: “{a}” and “{b}”"
        for (a, x), (b, y) in combinations(bags, 2)
        if len(x & y) / len(x | y) >= CLONE_OVERLAP
    ]


def echoes(written: list[str], heard: list[str]) -> list[str]:
    """Recognised sentences that only take a written one to pieces."""
    letters = [(s, re.sub(r"\W", "", s.casefold())) for s in written]
    found: list[str] = []
    for sentence in heard:
        match = SequenceMatcher(b=re.sub(r"\W", "", sentence))
        for other, text in letters:
            match.set_seq1(text)
            if match.real_quick_ratio() >= ECHO and match.quick_ratio() >= ECHO and match.ratio() >= ECHO:
                found.append(f"“{sentence}” is “{other}” in pieces")
    return found


def check_intent(intent: dict, area: str) -> list[str]:
    if set(intent) - {"name", "title", "sentences", "recognised"}:
        return [f"unknown keys {sorted(set(intent) - {'name', 'title', 'sentences', 'recognised'})}"]
    written, heard = intent["sentences"], intent.get("recognised", [])
    total, heard_least = LEAST[language(area)]
    if area == "none":
        total = NONE_LEAST
    found = []
    if not NAME.fullmatch(intent["name"]):
        found.append("the name is not snake_case")
    if not intent["title"].strip():
        found.append("no title")
    if len(written) + len(heard) < total:
        found.append(f"{len(written) + len(heard)} sentences, at least {total} are needed")
    if len(heard) < heard_least:
        found.append(f"{len(heard)} as recognised, at least {heard_least} are needed")
    for sentences, is_heard in ((written, False), (heard, True)):
        found += [f"“{s}”: {fault}" for s in sentences if (fault := characters(s, is_heard))]
    return found + openings(written + heard) + clones(written + heard) + echoes(written, heard)


def check_several(entry: dict, names: set[str]) -> list[str]:
    sentence, intents = entry["sentence"], entry["intents"]
    found = [f"“{sentence}”: no intent is called {n}" for n in intents if n not in names]
    if len(set(intents)) < 2:
        found.append(f"“{sentence}”: two different intents are needed")
    if fault := characters(sentence, False):
        found.append(f"“{sentence}”: {fault}")
    return found


def check_names(files: dict[str, dict]) -> tuple[list[str], dict[str, str]]:
    """Names taken twice or without their German counterpart, and the area of each name."""
    found: list[str] = []
    area: dict[str, str] = {}
    for file, table in files.items():
        if unknown := set(table) - {"area", "intents", "several"}:
            found.append(f"{file}: unknown keys {sorted(unknown)}")
        for name in (intent["name"] for intent in table["intents"]):
            if name in area:
                found.append(f"{file}: {name}: the name is taken")
            area[name] = table["area"]
    for name in (n for n, a in area.items() if language(a) == "english"):
        if not name.startswith("en_") or name.removeprefix("en_") not in area:
            found.append(f"{name}: no German intent has this name without en_")
    return found, area


def check_twice(files: dict[str, dict]) -> list[str]:
    """Sentences that are there twice, in whichever files."""
    found: list[str] = []
    seen: dict[str, str] = {}
    for file, table in files.items():
        all_of = [(s, i["name"]) for i in table["intents"] for s in i["sentences"] + i.get("recognised", [])]
        all_of += [(e["sentence"], "several") for e in table.get("several", [])]
        for sentence, where in all_of:
            if (key := folded(sentence)) in seen:
                found.append(f"{file}: {where}: “{sentence}” is also in {seen[key]}")
            seen[key] = where
    return found


def counts(table: dict) -> list[int]:
    """Intents, sentences written, sentences recognised, several."""
    intents = table["intents"]
    written = sum(len(i["sentences"]) for i in intents)
    heard = sum(len(i.get("recognised", [])) for i in intents)
    return [len(intents), written, heard, len(table.get("several", []))]


def show(files: dict[str, dict]) -> list[str]:
    """Prints the table; what the README says otherwise comes back."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    found: list[str] = []
    sums = [0, 0, 0, 0]
    print(f"{'file':<20}{'intents':>8}{'written':>9}{'recognised':>12}{'several':>9}{'words min/med/max':>20}")
    for file, table in files.items():
        row = counts(table)
        sums = [a + b for a, b in zip(sums, row)]
        lengths = [len(s.split()) for i in table["intents"] for s in i["sentences"] + i.get("recognised", [])]
        spread = f"{min(lengths)}/{median(lengths):g}/{max(lengths)}"
        print(f"{file:<20}{row[0]:>8}{row[1]:>9}{row[2]:>12}{row[3]:>9}{spread:>20}")
        told = " | ".join(f"{n:,}" for n in row)
        if not re.search(rf"\| `{re.escape(file)}` \|.*\| {re.escape(told)} \|", readme):
            found.append(f"README.md: the row of {file} ends in | {told} |")
    print(f"{'all':<20}{sums[0]:>8}{sums[1]:>9}{sums[2]:>12}{sums[3]:>9}")
    told = " | ".join(f"{n:,}" for n in sums)
    if f"| all | | {told} |" not in readme:
        found.append(f"README.md: the last row is | all | | {told} |")
    return found


def main() -> int:
    files = {p.name: tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted(FOLDER.glob("*.toml"))}
    found = show(files)
    faults, area = check_names(files)
    found += faults + check_twice(files)
    for file, table in files.items():
        for intent in table["intents"]:
            found += [f"{file}: {intent['name']}: {f}" for f in check_intent(intent, table["area"])]
        for entry in table.get("several", []):
            found += [f"{file}: several: {f}" for f in check_several(entry, set(area))]
    german = sum(1 for a in area.values() if a not in ("english", "none"))
    if german < INTENTS_LEAST:
        found.append(f"{german} German intents, at least {INTENTS_LEAST} are needed")
    print("\n".join(found) if found else f"{german} German intents, no faults.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

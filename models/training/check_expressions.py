#!/usr/bin/env python3
"""Checks models/training/expressions/*.psv and prints what is in them.

Format, characters, duplicates and monotony first; then a second opinion on every value that can be worked out again
(second_opinion/, other rules than the product's). A fault is one line, `file:line: what`, and makes the exit status 1.
Needs Python 3.11 and nothing else. `-v` tells which lines nobody could give a second opinion on.
"""

import re
import sys
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from second_opinion import english, kinds, when  # noqa: E402
from second_opinion.days import ALIASES, MONTHS, WEEKDAYS  # noqa: E402
from second_opinion.feasts import LAENDER  # noqa: E402
from second_opinion.words import cardinal, dictated, ordinal  # noqa: E402

FOLDER = Path(__file__).resolve().parent / "expressions"
COLUMNS = "# text | expected (kind) | values, in order; `~` hedged, `!` negated, `=` corrects; `-` nothing"
SAID = re.compile(
    r"# Said on Monday, 23 November 2026, 10:00 in Berlin; open (.+); a line of \"@ moment\" changes that\."
)
USUAL_NOW = datetime(2026, 11, 23, 10)
GERMAN_LEAST, ENGLISH_LEAST = 3000, 400
SAME_PATTERN_MAX = 15
EXPECTED = set(
    "free yes-no date-time date time number digits telephone name address spelling duration money iban email".split()
)
HEARD = {"german": re.compile(r"[a-zäöüß ]+"), "english": re.compile(r"[a-zäöüß' ]+")}

DATE, TIME = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d"
SPAN = r"(?:\d+(?:y|mo|w|d|h|m|s))+"
AMOUNT = r"\d+(?:\.\d{2,3})?"
NAME = r"[A-ZÄÖÜa-zäöüß][A-Za-zÄÖÜäöüß-]*(?: [A-ZÄÖÜa-zäöüß][A-Za-zÄÖÜäöüß-]*)*"
VALUES = {
    "yes": "",
    "no": "",
    "minute": rf"(?:{DATE})?T{TIME}",
    "hour": rf"(?:{DATE})?T\d\d:00",
    "part": rf"(?:{DATE})?T{TIME}/{TIME}",
    "day": rf"{DATE}(?:/\d+|/\.\.)?",
    "week": rf"{DATE}(?:/\d+|/\.\.)?",
    "month": rf"{DATE}(?:/\d+|/\.\.)?",
    "year": rf"{DATE}(?:/\.\.)?",
    "number": r"-?\d+(?:\.\d+)?",
    "digits": r"\d+",
    "code": r"[A-Z0-9]+",
    "tel": r"\+?\d+",
    "iban": r"[A-Z]{2}\d\d[A-Z0-9]+",
    "money": rf"{AMOUNT}(?:/{AMOUNT}|/\.\.)? [A-Z]{{3}}",
    "duration": rf"{SPAN}(?:/{SPAN}|/\.\.)?",
    "name": NAME,
    "address": r"[A-ZÄÖÜ0-9].*",
    "email": r"[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}",
}
TIMES = {"minute", "hour", "part", "day", "week", "month", "year"}
SPLITS = r"\b(?:nein doch lieber|nein lieber|nee doch|doch lieber|nein|nee|nö|oder|sondern|quatsch|entschuldigung|verzeihung|pardon|ich meine|beziehungsweise|korrektur|und)\b"
# Agreement and refusal are read only where nothing else is said.
UNREAD = {"yes", "no"}
# Read by hand: what was said before, or what everybody knows, says more than the words.
IN_CONTEXT = {
    "nicht diesen sondern den nächsten mittwoch",
    "schauen sie mal nach donnerstag",
    "alter markt zwei",
    "theodor heuss acht",
    "am vierten august nein am fünften",
    "am zwölften januar ich meine februar",
    "von montag bis mittwoch nein bis donnerstag",
    "gleich im neuen jahr",
    "im letzten september",
    "nächste woche nur dienstag oder donnerstag",
    "in den kalenderwochen zwei und drei",
}


class Value(NamedTuple):
    marks: str
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind} {self.what}".strip()


class Row(NamedTuple):
    file: str
    line: int
    text: str
    expected: list[str]
    values: list[Value]
    now: datetime
    hours: list[tuple[int, int, int]]
    land: str | None

    @property
    def english(self) -> bool:
        return self.file.startswith("english")


def opening(text: str) -> list[tuple[int, int, int]]:
    """ "Mo-Fr 08:00-12:00, Mo 15:00-18:00" in minutes of a weekday."""
    names = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"]
    hours = []
    for item in [] if text == "-" else text.split(", "):
        match = re.fullmatch(r"(\w\w)(?:-(\w\w))? (\d\d):(\d\d)-(\d\d):(\d\d)", item)
        if not match:
            raise ValueError(f"opening hours {item!r}")
        first, last = names.index(match[1]), names.index(match[2] or match[1])
        a, b = int(match[3]) * 60 + int(match[4]), int(match[5]) * 60 + int(match[6])
        for day in range(first, last + 1):
            hours += [(day, a, b)] if a < b else [(day, a, 1440), ((day + 1) % 7, 0, b)]
    return hours


USUAL_HOURS = opening("Mo-Fr 08:00-18:00")


def parse_value(written: str) -> Value:
    match = re.fullmatch(r"(=?!?~?)([a-z]+)(?: (.+))?", written)
    if not match or match[2] not in VALUES:
        raise ValueError(f"no value: {written!r}")
    value = Value(match[1], match[2], match[3] or "")
    if not re.fullmatch(VALUES[value.kind], value.what):
        raise ValueError(f"not how a {value.kind} is written: {written!r}")
    for day in re.findall(DATE, value.what):
        date.fromisoformat(day)
    for clock in re.findall(TIME, value.what):
        if clock > "23:59":
            raise ValueError(f"no time: {clock}")
    return value


def parse(path: Path, faults: list[str]) -> list[Row]:
    rows: list[Row] = []
    lines = path.read_text(encoding="utf-8").split("\n")
    if lines[-1] != "":
        faults.append(f"{path.name}: the last line does not end")
    if not lines[0].startswith("# ") or lines[1] != COLUMNS or not SAID.fullmatch(lines[2]):
        faults.append(f"{path.name}: the three lines at the top are not as they should be")
    now, hours, land = USUAL_NOW, USUAL_HOURS, None
    for number, line in enumerate(lines[3:-1], 4):
        try:
            if line.startswith("@ land "):
                land = line[7:]
                if land not in LAENDER:
                    raise ValueError(f"no Land: {land}")
            elif line.startswith("@ open "):
                hours = opening(line[7:])
            elif line.startswith("@ "):
                now = datetime.strptime(line[2:], "%Y-%m-%dT%H:%M")
            else:
                rows.append(row(path.name, number, line, now, hours, land))
        except ValueError as error:
            faults.append(f"{path.name}:{number}: {error}")
    return rows


def row(file: str, number: int, line: str, now: datetime, hours: list, land: str | None) -> Row:
    fields = line.split("|")
    if len(fields) != 3 or " | ".join(f.strip() for f in fields).replace("|  |", "| |") != line:
        raise ValueError("three fields with one blank around each | are needed")
    text, expected, values = (f.strip() for f in fields)
    if not HEARD["english" if file.startswith("english") else "german"].fullmatch(text) or "  " in text:
        raise ValueError("characters that a recogniser does not deliver")
    kinds_expected = [k for k in expected.split(",") if k]
    if unknown := set(kinds_expected) - EXPECTED:
        raise ValueError(f"unknown kinds {sorted(unknown)}")
    parsed = [] if values == "-" else [parse_value(v) for v in values.split("; ")]
    return Row(file, number, text, kinds_expected, parsed, now, hours, land)


def pattern(text: str) -> str:
    """A sentence with its numbers, days and months left out."""

    def mask(word: str) -> str:
        if cardinal(word) is not None and word != "ein":
            return "#"
        if ordinal(word) is not None:
            return "#."
        if word.removesuffix("s") in WEEKDAYS or word in ALIASES:
            return "W"
        return "M" if word in MONTHS else word

    return re.sub(r"#(?: #)+", "##", " ".join(mask(w) for w in text.split()))


def duplicates(rows: list[Row]) -> list[str]:
    faults, seen = [], {}
    for r in rows:
        key = (r.text, tuple(r.expected), r.now, tuple(r.hours), r.land)
        if key in seen:
            faults.append(f"{r.file}:{r.line}: “{r.text}” is also at {seen[key]}")
        seen[key] = f"{r.file}:{r.line}"
    return faults


def monotony(rows: list[Row]) -> list[str]:
    """More lines of one pattern than are useful; dictations (all numbers) are free, and so is the same at other moments."""
    seen = defaultdict(list)
    for r in rows:
        if "iban" not in r.expected and len(set(pattern(r.text).split()) - {"#", "##", "#."}) >= 1:
            seen[pattern(r.text), r.now, r.land, tuple(r.hours)].append(r)
    return [
        f"{group[0].file}:{group[0].line}: {len(group)} lines are like “{key[0]}”"
        for key, group in seen.items()
        if len(group) > SAME_PATTERN_MAX
    ]


def pieces(r: Row, wanted: list[Value]) -> list[str]:
    """The text cut at corrections and "oder", if there are then as many pieces as values."""
    if len(wanted) == 1:
        return [re.sub(r"^(?:nein nein|nein|nee|nö) ", "", r.text)]
    if "zwischen" in r.text or len({v.kind for v in wanted} - TIMES) + bool({v.kind for v in wanted} & TIMES) > 1:
        return []
    cut = [p.strip() for p in re.split(SPLITS, r.text) if p.strip()]
    return cut if len(cut) == len(wanted) else []


def stripped(piece: str, marks: str = "") -> str:
    """Without the words that only mark."""
    if "!" in marks and not re.match(r"nicht (?:vor|nach|zwischen|von)\b", piece):
        piece = re.sub(r"\b(?:nicht mehr|nicht|keine zeit|keine|kein|nie|außer|nur)\b", "", piece)
        piece = " ".join(piece.split())
    piece = re.sub(r"^auf keinen fall (?=vor)", "nicht ", piece)
    if re.match(r"nicht (?:vor|nach|später|früher|länger|mehr als)\b", piece):
        return piece
    piece = re.sub(
        r"^(?:nicht|bloß nicht|nur nicht|bitte nicht|lieber|doch|nein|auf gar keinen fall|keinesfalls|alles außer|"
        r"auf keinen fall|vielleicht) ",
        "",
        piece,
    )
    return re.sub(
        r" (?:geht nicht|klappt leider nicht|kann ich nicht|kann ich leider nicht|nicht|vielleicht|meine ich|wäre besser)$",
        "",
        piece,
    )


def opinion(kind: str, piece: str, value: Value, r: Row) -> str | None:
    """What the second opinion makes of a piece; `None`: nothing."""
    if kind in TIMES:
        return when.opinion(stripped(piece, value.marks), r.now, r.hours, r.land)
    readers = {
        "number": kinds.quantity,
        "money": kinds.money,
        "duration": kinds.duration,
        "iban": kinds.iban,
        "tel": kinds.telephone,
        "code": kinds.code,
        "email": kinds.email,
    }
    if kind in readers:
        found = readers[kind](stripped(piece))
        return found and f"{kind} {found}"
    if kind == "digits":
        found = dictated(piece)
        return f"digits {found}" if found else None
    if kind == "name":
        word = (
            kinds.spelled(piece)
            if re.search(r"\b\w\b|umlaut|wie|" + "|".join([*kinds.OLD, *kinds.NEW]), piece)
            else None
        )
        family = value.what.split(" ")[-1]
        if word and len(word) > 2:
            return f"name {value.what.removesuffix(family)}{word.capitalize()}"
        heard = kinds.squeezed(piece) + kinds.squeezed(piece.replace("herrn", "herr"))
        said = all(kinds.squeezed(w) in heard for w in re.split("[ -]", value.what))
        hinted = re.search(r"\b(?:mit|ohne)\b", piece)
        return str(value) if said else None if hinted else "another name"
    if kind == "address":
        return str(value) if kinds.address_fits(piece, value.what) else "another address"
    return None


def second_opinion(r: Row) -> tuple[int, list[str], list[str]]:
    """How many values were confirmed, contradictions, and values without an opinion."""
    if len(r.values) == 1 and r.values[0].kind in UNREAD:
        agrees = kinds.agrees(r.text)
        if agrees is None:
            return 0, [], [str(r.values[0])]
        if agrees == (r.values[0].kind == "yes"):
            return 1, [], []
        return 0, [f"this is {r.values[0]}, the second opinion says {'yes' if agrees else 'no'}"], []
    if r.english:
        return english_opinion(r)
    if not r.values and set(r.expected) & {"date", "time", "date-time"}:
        found = when.opinion(r.text, r.now, r.hours, r.land)
        return 0, [f"nothing is expected, the second opinion says {found}"] if found else [], []
    if r.text in IN_CONTEXT:
        return 0, [], [str(v) for v in r.values if v.kind not in UNREAD]
    wanted = [v for v in r.values if v.kind not in UNREAD]
    if not wanted:
        if "iban" in r.expected and kinds.iban(r.text):
            return 0, ["nothing is expected, but this is a valid IBAN"], []
        return (1, [], []) if "iban" in r.expected else (0, [], [])
    wanted_text = re.sub(r"^(?:ja|nein|nee|nö) (?=.)", "", r.text) if len(wanted) < len(r.values) else r.text
    r = r._replace(text=wanted_text)
    confirmed, against, silent = 0, [], []
    cut = pieces(r, wanted)
    if not cut:
        return divided_opinion(r, wanted) or loose_opinion(r, wanted)
    for piece, value in zip(cut, wanted):
        found = opinion(value.kind, piece, value, r)
        if found is None:
            seen, _, quiet = (
                weekday_opinion(r, [value]) if len(wanted) == 1 and value.kind in TIMES else (0, [], [str(value)])
            )
            confirmed += seen
            silent += quiet if not seen else []
        elif found == str(value):
            confirmed += 1
        else:
            against.append(f"“{piece}” is {value}, the second opinion says {found}")
    return confirmed, against, silent


def divided_opinion(r: Row, wanted: list[Value]) -> tuple[int, list[str], list[str]] | None:
    """Two values: somewhere the text can be cut so that each half is one of them."""
    words = r.text.split()
    for at in range(1, len(words)) if len(wanted) == 2 else ():
        halves = " ".join(words[:at]), " ".join(words[at:])
        if all(opinion(v.kind, half, v, r) == str(v) for half, v in zip(halves, wanted)):
            return 2, [], []
    return None


def loose_opinion(r: Row, wanted: list[Value]) -> tuple[int, list[str], list[str]]:
    """Of several values: whether the words of each are there, and the weekdays in the text those of the dates."""
    heard, digits = kinds.squeezed(r.text.replace("herrn", "herr")), dictated(r.text)
    confirmed, against, silent, times = 0, [], [], []
    for value in wanted:
        if value.kind in TIMES:
            times.append(value)
            continue
        if value.kind == "name":
            fits = all(kinds.squeezed(w) in heard for w in re.split("[ -]", value.what))
        elif value.kind == "address":
            fits = kinds.address_fits(r.text, value.what)
        elif value.kind in ("tel", "digits", "iban"):
            fits = re.sub(r"\D", "", value.what) in digits
        else:
            silent.append(str(value))
            continue
        confirmed += fits
        against += [] if fits else [f"{value} is not what is said"]
    more, contradictions, quiet = weekday_opinion(r, times)
    return confirmed + more, against + contradictions, silent + quiet


def weekday_opinion(r: Row, wanted: list[Value]) -> tuple[int, list[str], list[str]]:
    """The weekdays in the text are those of the dates."""
    said = [
        WEEKDAYS.index(ALIASES.get(w.removesuffix("s"), w.removesuffix("s")))
        for w in r.text.split()
        if ALIASES.get(w.removesuffix("s"), w.removesuffix("s")) in WEEKDAYS
    ]
    dated = [v for v in wanted if v.kind in ("day", "hour", "minute", "part") and re.match(DATE + r"(?!/)", v.what)]
    if not said or len(said) != len(dated):
        return 0, [], [str(v) for v in wanted]
    days = [date.fromisoformat(v.what[:10]).weekday() for v in dated]
    if sorted(days) == sorted(said):
        return len(dated), [], [str(v) for v in wanted if v not in dated]
    return 0, [f"the weekdays of {', '.join(map(str, dated))} are not those that are said"], []


EN_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def english_opinion(r: Row) -> tuple[int, list[str], list[str]]:
    """In English one time, one dictation or one name is read, else the weekdays."""
    wanted = [v for v in r.values if v.kind not in UNREAD]
    if len(wanted) == 1 and (value := wanted[0]):
        found = None
        if value.kind in TIMES:
            found = when.opinion(english.translated(r.text), r.now, r.hours, r.land, german=False)
        elif value.kind in ("tel", "digits") and "hundred" not in r.text:
            found = f"{value.kind} {'+' if 'plus' in r.text else ''}{english.dictated(r.text)}"
        elif value.kind == "name" and kinds.squeezed(value.what.split(" ")[-1]) in kinds.squeezed(r.text):
            found = str(value)
        if found == str(value):
            return 1, [], []
        if found:
            return 0, [f"this is {value}, the second opinion says {found} ({english.translated(r.text)})"], []
    said = [EN_DAYS.index(w.removesuffix("s")) for w in r.text.split() if w.removesuffix("s") in EN_DAYS]
    dated = [v for v in wanted if v.kind in ("day", "hour", "minute", "part") and re.match(DATE, v.what)]
    if any(v.kind == "iban" and not kinds.mod97(v.what) for v in wanted):
        return 0, ["the IBAN's checksum is wrong"], []
    if said and len(said) == len(dated) and not re.search(r"\b(?:before|after|until|by|between|to)\b", r.text):
        if sorted(date.fromisoformat(v.what[:10]).weekday() for v in dated) == sorted(said):
            return len(dated), [], []
        return 0, ["the weekday is not the one that is said"], []
    return 0, [], [str(v) for v in wanted]


def shapes(r: Row) -> list[str]:
    """What holds for values of a kind whatever was said."""
    faults = []
    for value in r.values:
        first = re.match(DATE, value.what)
        day = date.fromisoformat(first[0]) if first else None
        if value.kind == "week" and day.weekday() and "/" not in value.what:
            faults.append(f"{value} does not begin on a Monday")
        if value.kind == "year" and (day.month, day.day) != (1, 1):
            faults.append(f"{value} does not begin on 1 January")
        if value.kind == "month" and day.day != 1 and "/" not in value.what:
            faults.append(f"{value} does not begin on a first")
        if value.kind == "iban" and not kinds.mod97(value.what):
            faults.append(f"{value}: wrong checksum")
    return faults


def kind_of(value: Value) -> str:
    if value.kind in ("yes", "no"):
        return "yes-no"
    if value.kind in ("minute", "hour", "part"):
        return "day and time" if value.what[0] != "T" else "time"
    return "day, week, month" if value.kind in TIMES else value.kind


def readme_faults(told: list[str]) -> list[str]:
    """Rows that the README tells otherwise; what a file is about stands between its name and its counts."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8").split("\n")
    rows = {
        re.sub(r"(\| `\S+` \|) .* (\| [\d,]+ \| [\d,]+ \| [\d,]+ \|)$", r"\1 \2", row).replace("| |", "|")
        for row in readme
    }
    return [f"README.md: a row of its tables should be {row}" for row in told if row.replace("| |", "|") not in rows]


def main() -> int:
    faults: list[str] = []
    files = {p.name: parse(p, faults) for p in sorted(FOLDER.glob("*.psv"))}
    rows = [r for group in files.values() for r in group]
    faults += duplicates(rows) + monotony(rows)
    total, sure, nothing, told, untold = Counter(), Counter(), 0, [], []
    per_file: dict[str, list[int]] = {}
    for name, group in files.items():
        counts = [len(group), 0, 0]
        for r in group:
            faults += [f"{r.file}:{r.line}: {f}" for f in shapes(r)]
            confirmed, against, silent = second_opinion(r)
            faults += [f"{r.file}:{r.line}: {f}" for f in against]
            untold += [f"{r.file}:{r.line}: {r.text} | {s}" for s in silent]
            counts[1] += len(r.values)
            counts[2] += confirmed if r.values else 0
            nothing += not r.values
            quiet = Counter(silent)
            for value in r.values:
                total[kind_of(value)] += 1
                if (value.kind not in UNREAD or len(r.values) == 1) and not quiet[str(value)] and not against:
                    sure[kind_of(value)] += 1
                quiet[str(value)] -= quiet[str(value)] > 0
        per_file[name] = counts
    print(f"{'file':<24}{'lines':>7}{'values':>8}{'confirmed':>11}")
    for name, counts in per_file.items():
        print(f"{name:<24}{counts[0]:>7}{counts[1]:>8}{counts[2]:>11}")
        told.append(f"| `{name}` | {counts[0]:,} | {counts[1]:,} | {counts[2]:,} |")
    print(f"\n{'kind':<24}{'values':>7}{'confirmed':>11}")
    for kind, number in sorted(total.items(), key=lambda item: -item[1]):
        print(f"{kind:<24}{number:>7}{sure[kind]:>11}")
        told.append(f"| {kind} | {number:,} | {sure[kind]:,} |")
    print(f"{'lines without a value':<24}{nothing:>7}")
    told.append(f"| lines without a value | {nothing:,} | |")
    english = sum(r.english for r in rows)
    german = len(rows) - english
    if german < GERMAN_LEAST or english < ENGLISH_LEAST:
        faults.append(
            f"{german} German and {english} English expressions, at least {GERMAN_LEAST} and {ENGLISH_LEAST} are needed"
        )
    if "-v" in sys.argv:
        print("\n".join(["", "without a second opinion:", *untold]))
    faults += readme_faults(told)
    print("\n" + ("\n".join(faults) if faults else f"{german} German and {english} English expressions, no faults."))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

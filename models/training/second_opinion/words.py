"""German number words, and sentences in which they have become digits: "am vierten achten" is "am 4. 8."."""

import re

UNITS = dict(
    null=0,
    ein=1,
    eins=1,
    zwei=2,
    zwo=2,
    drei=3,
    vier=4,
    fünf=5,
    sechs=6,
    sieben=7,
    acht=8,
    neun=9,
    zehn=10,
    elf=11,
    zwölf=12,
    dreizehn=13,
    vierzehn=14,
    fünfzehn=15,
    fuffzehn=15,
    sechzehn=16,
    sechszehn=16,
    siebzehn=17,
    siebenzehn=17,
    achtzehn=18,
    neunzehn=19,
    fümf=5,
    funf=5,
    siem=7,
    siebn=7,
    sex=6,
    zwai=2,
    nul=0,
)
TENS = dict(
    zwanzig=20,
    zwanzich=20,
    dreißig=30,
    dreissich=30,
    vierzig=40,
    fünfzig=50,
    fuffzig=50,
    fuffzich=50,
    sechzig=60,
    siebzig=70,
    siebenzig=70,
    achtzig=80,
    neunzig=90,
)
SPOKEN = dict(achte=8, neune=9, zehne=10, elfe=11, viere=4, fünfe=5, sechse=6, siebene=7, dreie=3)
ORDINAL_STEMS = {"erst": 1, "zweit": 2, "zwot": 2, "dritt": 3, "siebt": 7, "siebent": 7, "acht": 8}


def cardinal(word: str) -> int | None:
    """The value of a number word, up to 999,999."""
    if word in UNITS:
        return UNITS[word]
    if word in TENS:
        return TENS[word]
    for cut, factor in (("tausend", 1000), ("hundert", 100)):
        if cut in word:
            head, tail = word.split(cut, 1)
            front = 1 if head == "" else cardinal(head)
            back = 0 if tail == "" else cardinal(tail.removeprefix("und"))
            if front is None or back is None or back >= factor or front == 0:
                return None
            return front * factor + back
    unit, und, ten = word.partition("und")
    if und and ten in TENS and UNITS.get(unit, 99) in range(1, 10):
        return UNITS[unit] + TENS[ten]
    return None


def ordinal(word: str) -> int | None:
    """The value of an ordinal with its ending."""
    match = re.fullmatch(r"(.+?)(e|en|er|es|em)", word)
    if not match:
        return None
    stem = match[1]
    if stem in ORDINAL_STEMS:
        return ORDINAL_STEMS[stem]
    for end, fits in (("st", lambda n: n >= 20), ("t", lambda n: 1 < n < 20)):
        value = cardinal(stem.removesuffix(end)) if stem.endswith(end) else None
        if value is not None and fits(value):
            return value
    return None


def in_digits(text: str, joined: bool = True) -> str:
    """The sentence with its number words as digits; ordinals get a dot. `joined`: pieces make one number."""
    words, out, i = text.replace("ein uhr", "eins uhr").split(), [], 0
    while i < len(words):
        for length in range(min(8, len(words) - i), 0, -1):
            piece = words[i : i + length]
            glued = "".join(piece)
            if length > 1 and not (piece[0] in UNITS or piece[0] in TENS or cardinal(piece[0])):
                continue
            if length > 1 and not joined and not (length == 3 and piece[1] == "und"):
                continue
            value, order = cardinal(glued), ordinal(glued)
            if length == 1 and glued == "ein":
                value = None
            if order is not None:
                out.append(f"{order}.")
            elif value is not None:
                out.append(str(value))
            else:
                continue
            i += length
            break
        else:
            out.append(str(SPOKEN[words[i]]) if words[i] in SPOKEN else words[i])
            i += 1
    return " ".join(out)


REPEATS = {
    "doppel": 2,
    "doppelt": 2,
    "zweimal": 2,
    "zwomal": 2,
    "dreimal": 3,
    "dreifach": 3,
    "viermal": 4,
    "fünfmal": 5,
    "sechsmal": 6,
    "achtmal": 8,
    "zehnmal": 10,
}


def dictated(text: str) -> str:
    """All digits of a dictation, as said: "null sieben elf doppel vier" is 071144; other words are left out."""
    words = re.sub(r"\b(zwei|drei|vier) mal\b", lambda m: m[1] + "mal", text).split()
    digits, times, i = "", 1, 0
    while i < len(words):
        if words[i] in REPEATS:
            times, i = REPEATS[words[i]], i + 1
            continue
        value, step = None, 1
        if i + 2 < len(words) and words[i + 1] == "und" and words[i + 2] in TENS:
            value, step = cardinal(words[i] + "und" + words[i + 2]), 3
        if value is None and i + 1 < len(words) and words[i + 1] in ("hundert", "tausend"):
            value, step = cardinal(words[i] + words[i + 1]), 2
        if value is None:
            value, step = cardinal(words[i]) if words[i] != "ein" else None, 1
        if value is None:
            value = SPOKEN.get(words[i])
        if value is None and words[i] == "sexundsechzig":
            value = 66
        if value is None and words[i] == "eine" and i + 1 < len(words) and cardinal(words[i + 1]) is not None:
            i += 1
            continue
        if value is not None:
            digits += str(value) * times
            times = 1
        i += step
    return digits

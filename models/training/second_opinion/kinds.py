"""Numbers, money, durations, dictated digits, IBANs, spelling, e-mail addresses and addresses, worked out again."""

import re
from fractions import Fraction

from .words import TENS, UNITS, cardinal, dictated, in_digits

LETTERS = dict(
    a="a",
    be="b",
    ce="c",
    ze="c",
    de="d",
    e="e",
    ef="f",
    ge="g",
    ha="h",
    i="i",
    jot="j",
    ka="k",
    el="l",
    em="m",
    en="n",
    o="o",
    pe="p",
    ku="q",
    er="r",
    es="s",
    te="t",
    u="u",
    vau="v",
    we="w",
    ix="x",
    ypsilon="y",
    zett="z",
    eszett="ß",
    ä="ä",
    ö="ö",
    ü="ü",
)
OLD = dict(
    anton="a",
    ärger="ä",
    berta="b",
    cäsar="c",
    charlotte="ch",
    dora="d",
    emil="e",
    friedrich="f",
    gustav="g",
    heinrich="h",
    ida="i",
    julius="j",
    kaufmann="k",
    konrad="k",
    ludwig="l",
    martha="m",
    nordpol="n",
    nathan="n",
    otto="o",
    ökonom="ö",
    paula="p",
    quelle="q",
    richard="r",
    samuel="s",
    siegfried="s",
    schule="sch",
    theodor="t",
    ulrich="u",
    übermut="ü",
    viktor="v",
    wilhelm="w",
    xanthippe="x",
    zacharias="z",
    zeppelin="z",
)
NEW = dict(
    aachen="a",
    berlin="b",
    chemnitz="c",
    düsseldorf="d",
    essen="e",
    frankfurt="f",
    goslar="g",
    hamburg="h",
    ingelheim="i",
    jena="j",
    köln="k",
    leipzig="l",
    münchen="m",
    nürnberg="n",
    offenbach="o",
    potsdam="p",
    quickborn="q",
    rostock="r",
    salzwedel="s",
    tübingen="t",
    unna="u",
    völklingen="v",
    wuppertal="w",
    xanten="x",
    zwickau="z",
)
ENGLISH = dict(mike="m", echo="e", yankee="y", romeo="r")


def letters(words: list[str]) -> str | None:
    """What is spelled by all of the words; `None`: not all are letters."""
    out, i = "", 0
    while i < len(words):
        twice = words[i] in ("doppel", "double")
        umlaut = words[i] == "umlaut"
        i += twice or umlaut
        if i >= len(words):
            return None
        if words[i : i + 2] in (["scharfes", "es"], ["scharfes", "s"]):
            letter, i = "ß", i + 1
        elif len(words[i]) == 1:
            letter = words[i]
        else:
            letter = next((t[words[i]] for t in (LETTERS, OLD, NEW, ENGLISH) if words[i] in t), None)
        if letter is None:
            return None
        if umlaut:
            letter = {"a": "ä", "o": "ö", "u": "ü"}.get(letter)
            if letter is None:
                return None
        out += letter * (2 if twice else 1)
        i += 1
        if words[i : i + 1] == ["wie"]:
            i += 2
        elif words[i : i + 2] == ["as", "in"]:
            i += 3
    return out


def spelled(text: str) -> str | None:
    """The word that is spelled in a sentence: its last run of letters, three at least."""
    words = text.split()
    for length in range(len(words), 2, -1):
        found = letters(words[-length:])
        if found and len(found) >= 3:
            return found
    return None


def mod97(iban: str) -> bool:
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


LENGTHS = dict(DE=22, AT=20, CH=21, LI=21, NL=18, FR=27, LU=20, PL=28, DK=18, BE=16)


def iban(text: str) -> str | None:
    """The IBAN in a dictation, if its length and checksum are right."""
    text = re.sub(r"\b(?:österreich|niederlande|luxemburg)\b", " ", text).replace("deutschland", "de")
    text = re.sub(
        rf"\b(\w+) und ({'|'.join(TENS)})\b", lambda m: m[1] + "und" + m[2] if UNITS.get(m[1], 10) < 10 else m[0], text
    )
    words = [
        w
        for w in text.split()
        if w
        not in (
            "und",
            "dann",
            "am",
            "ende",
            "leerzeichen",
            "die",
            "ist",
            "iban",
            "äh",
            "moment",
            "also",
            "meine",
            "lautet",
            "bitte",
            "nein",
            "d.",
        )
    ]
    text = re.sub(
        r"\b(?:kontonummer|buchen sie|ab von|sie|buchen|ab|von|ich geb ihnen|ich|geb|ihnen|auf den namen \w+)\b",
        " ",
        " ".join(words),
    )
    out, words, i = "", text.split(), 0
    while i < len(words):
        if words[i] == "de" and words[i + 1 : i + 2] != ["ka"]:
            out, i = out + "DE", i + 1
            continue
        letter = letters(words[i : i + 1])
        if letter and len(letter) == 1 and cardinal(words[i]) is None:
            out += letter.upper()
            i += 1
            continue
        run = i
        while run < len(words) and (letters(words[run : run + 1]) is None or cardinal(words[run]) is not None):
            run += 1
        out += dictated(" ".join(words[i:run]))
        i = run
    for start in range(len(out)):
        for country, length in LENGTHS.items():
            if out[start:].startswith(country) and len(out) - start == length and mod97(out[start:]):
                return out[start:]
    return None


def telephone(text: str) -> str | None:
    """The number in a sentence with one dictation."""
    text = re.sub(r"(?:klammer auf null klammer zu|in klammern null)", " ", text)
    plus = "+" if re.search(r"\bplus (?:neunundvierzig|vier neun|\w+und\w+)", text) else ""
    digits = dictated(re.sub(r"\beinen?\b|\beine (?!s)", " ", text))
    return plus + digits if digits else None


def code(text: str) -> str | None:
    """Letters and digits, in the order said, in a sentence that has nothing else behind its lead."""
    text = re.sub(r"^.*?\b(?:nummer|\w+nummer|kennzeichen)\b(?: ist)?", "", text)
    out, words, i = "", [w for w in text.split() if w not in ("strich", "mit", "und", "das", "ist")], 0
    while i < len(words):
        step = 3 if words[i + 1 : i + 2] == ["wie"] else 1
        value = cardinal(words[i])
        letter = "de" if words[i] == "de" and i == 0 else letters(words[i : i + 1])
        if words[i] == "doppel" or words[i] == "stuttgart":
            return None
        if value is not None:
            out += str(value)
        elif letter:
            out += letter.upper()
        else:
            return None
        i += step
    return out or None


HALVES = {
    "anderthalb": Fraction(3, 2),
    "eineinhalb": Fraction(3, 2),
    "zweieinhalb": Fraction(5, 2),
    "dreieinhalb": Fraction(7, 2),
    "viereinhalb": Fraction(9, 2),
}
UNITS_COUNTED = r"(?: [a-zäöüß]+){0,2}"


def shown(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def quantity(text: str) -> str | None:
    """The one quantity of a short sentence."""
    text = re.sub(
        r"^(?:ungefähr|so um die|circa|etwa|knapp|gut|rund|an die|vielleicht|ja|lieber|für|noch|wir haben|es sind|pflegegrad|kleidergröße|doch nur|nicht|keine|"
        r"geben sie mir|ich brauche|ich bin|sie wird|meine tochter ist|zählerstand|der zähler steht auf) ",
        "",
        text,
    )
    text = re.sub(r" (?:oder so|davon|dazu|bitte|warm)$", "", text)
    if re.search(r"\b(?:dutzend|viertel|mal|million)\b", text):
        return None
    first = text.split()[0] if text.split() else ""
    if first in HALVES:
        return shown(HALVES[first])
    digits = in_digits(text)
    if match := re.fullmatch(r"(minus )?(\d+)(?: komma ((?:\d+ ?)+))?" + UNITS_COUNTED, digits):
        after = (match[3] or "").replace(" ", "")
        value = Fraction(f"{match[2]}.{after or 0}")
        return shown(-value if match[1] else value)
    return None


BOUNDS = [
    (r"(?:maximal|höchstens|bis|unter|nicht mehr als|nicht länger als) (.+)", False),
    (r"(?:ab|mindestens|über|mehr als|länger als|was kostet das mehr als|wie lange dauert das länger als) (.+)", True),
]


def stretched(text: str, read, unit: str, none: str) -> str | None:
    """A range or a bound of amounts, both ends read by `read`."""
    for pattern, lower in BOUNDS:
        if (match := re.fullmatch(pattern, text)) and (value := read(match[1])):
            return f"{value}/.." if lower else f"{none}/{value}"
    if match := re.fullmatch(
        rf"(?:zwischen (?=.* und )|(?=.* bis ))(\S+(?: halbe)?) (?:bis|und) (\S+(?: halbe)?) ({unit})", text
    ):
        first = read(
            f"{'eine' if match[1] in ('ein', 'einer') else match[1]} {'stunde' if 'halbe' in match[1] else match[3]}"
        )
        last = read(f"{match[2]} {match[3]}")
        return f"{first}/{last}" if first and last else None
    return None


def money(text: str) -> str | None:
    """Euro and cent, alone, in a range or bounded."""

    def plain(piece: str) -> str | None:
        found = euro_and_cent(piece)
        return found and found.removesuffix(" EUR")

    found = stretched(text, plain, "euro", "0")
    return f"{found} EUR" if found else euro_and_cent(text)


def euro_and_cent(text: str) -> str | None:
    """Euro and cent in a short sentence."""
    text = re.sub(
        r"^(?:ich glaube es waren|auf der \w+ stehen|sie haben mir|die rate soll|ich möchte den abschlag auf|ich hab schon|"
        r"ein gutschein über|ich soll) ",
        "",
        text,
    )
    text = re.sub(r" (?:zu viel abgebucht|betragen|senken|angezahlt|nachzahlen)$", "", text)
    text = re.sub(
        r"^(?:ungefähr|so um die|circa|knapp|gut|fast|vielleicht|ja|nein|der \w+ (?:ist|sind)|die kaution sind) ",
        "",
        text,
    )
    text = re.sub(r" (?:im monat|warm|das stück|die minute|pro stück|die kilowattstunde)$", "", text)
    digits = in_digits(text.replace(" und ", " "))
    cents = None
    if match := re.fullmatch(r"(?:ein|einen|(\d+)) euro(?: (?:0 )?(\d+)(?: cent)?)?", digits):
        cents = Fraction(match[1] or 1) * 100 + int(match[2] or 0)
    elif match := re.fullmatch(r"(\d+) komma ((?:\d ?)+) euro", digits):
        cents = Fraction(f"{match[1]}.{match[2].replace(' ', '')}") * 100
    elif match := re.fullmatch(r"(?:(\d+)|ein)(?: komma (\d+))? cent", digits):
        cents = Fraction(f"{match[1] or 1}.{match[2] or 0}")
    elif match := re.fullmatch(r"(\d+) (\d\d)", digits):
        cents = Fraction(match[1]) * 100 + int(match[2])
    if cents is None:
        return None
    return f"{shown(cents / 100) if cents % 100 == 0 else (f'{float(cents / 100):.2f}' if cents.denominator == 1 else f'{float(cents / 100):.3f}')} EUR"


WORDS_OF_TIME = [
    (
        r"(\d+) viertel ?stunden?",
        lambda n: f"{int(n) * 15 // 60}h{int(n) * 15 % 60}m" if int(n) > 3 else f"{int(n) * 15}m",
    ),
    (r"(?:eine |ne )?halbe stunde", lambda: "30m"),
    (r"(?:eine |ne )?viertel ?stunde", lambda: "15m"),
    (r"(?:eine )?dreiviertel ?stunde?", lambda: "45m"),
    (r"(?:anderthalb|eineinhalb|ein einhalb) stunden", lambda: "1h30m"),
    (r"zweieinhalb stunden", lambda: "2h30m"),
    (r"dreieinhalb stunden", lambda: "3h30m"),
    (r"(eine|ne|\d+) stunden?(?: und)?(?: (\d+)(?: minuten)?)?", lambda n, m: f"{one(n)}h{m + 'm' if m else ''}"),
    (r"(eine|\d+) minuten?", lambda n: f"{one(n)}m"),
    (r"(eine|\d+) sekunden?", lambda n: f"{one(n)}s"),
    (r"(ein|einen|\d+) tage?(?: und (\d+) stunden)?", lambda n, h: f"{one(n)}d{h + 'h' if h else ''}"),
    (r"(eine|ne|\d+) wochen?(?: und (\d+) tage)?", lambda n, d: f"{one(n)}w{d + 'd' if d else ''}"),
    (r"(ein|einen|\d+) monate?", lambda n: f"{one(n)}mo"),
    (r"(ein|\d+) jahre?(?: und (\d+) monate)?", lambda n, m: f"{one(n)}y{m + 'mo' if m else ''}"),
    (r"(?:ein )?halbes jahr", lambda: "6mo"),
    (r"ein vierteljahr", lambda: "3mo"),
    (r"ein dreivierteljahr", lambda: "9mo"),
    (r"anderthalb jahre", lambda: "1y6mo"),
    (r"zweieinhalb jahre", lambda: "2y6mo"),
    (r"(\d+) (?:nächte|übernachtungen)", lambda n: f"{n}d"),
]


def one(number: str) -> int:
    return int(number) if number.isdigit() else 1


def duration(text: str) -> str | None:
    """How long: alone, in a range or bounded."""
    return stretched(text, length, r"stunden?|minuten|tage|wochen", "0m") or length(text)


def length(text: str) -> str | None:
    text = re.sub(
        r"^(?:es dauert ungefähr|etwa|ungefähr|circa|gut|knapp|fast|rund|vielleicht|so|ich brauche|lieber|ich bleibe|für|ich hätte gern|"
        r"den raum bräuchten wir|wir würden|ich bin|ich hab nur|ich warte seit|seit) ",
        "",
        text,
    )
    text = re.sub(
        r" (?:lang|etwa|oder so|urlaub|reha|bitte|garantie|laufzeit|reicht|schon|massage|bleiben|im urlaub|zeit|haben wir keinen strom|läuft das wasser)$",
        "",
        text,
    )
    text = (
        text.replace("ganze ", "")
        .replace("ganzen ", "")
        .replace("volle ", "")
        .replace("einer ", "eine ")
        .replace("acht tagen", "acht tage")
    )
    text = text.replace("tagen", "tage")
    if text == "acht tage":
        return "1w"
    digits = in_digits(text)
    for pattern, reading in WORDS_OF_TIME:
        if match := re.fullmatch(pattern, digits):
            return reading(*match.groups())
    return None


AGREES = set(
    "ja jo jou jau jap jupp jep yep jawohl genau richtig stimmt korrekt passt gerne gern klar klaro logo freilich sicher exakt okay ok "
    "okidoki super prima spitze wunderbar toll fein einverstanden gut geht ginge unbedingt absolut definitiv doch machen nehme nehm "
    "bassd isses yes yeah yup sure right correct fine exactly certainly alright good works".split()
)
REFUSES = set(
    "nein nee nö ne naa nix nicht kein keine keinen niemals nie keineswegs keinesfalls mitnichten falsch quatsch unsinn blödsinn "
    "verkehrt unmöglich ausgeschlossen schlecht ungünstig no nope nah never not wrong".split()
)
ALSO_AGREES = (
    "kein problem",
    "kein thema",
    "keine frage",
    "nichts dagegen",
    "warum nicht",
    "wieso nicht",
    "nicht schlecht",
    "no problem",
    "why not",
    "nicht meckern",
)


def agrees(text: str) -> bool | None:
    """Whether a short answer agrees: any refusing word refuses, unless agreeing ones follow a "nein"."""
    text = text.replace("zur not", "ja").replace("nicht anders geht", "ja").replace("ist schon recht", "passt")
    for phrase in ALSO_AGREES:
        text = text.replace(phrase, "ja")
    words = text.split()
    strong = [w for w in words if w in ("ja", "nein", "nee", "nö", "no", "yes", "doch")]
    if any(w in REFUSES - {"nein", "nee", "nö", "ne", "no"} for w in words):
        return None if {"ja", "doch"} & set(words) else False
    if strong and strong[-1] in ("nein", "nee", "nö", "no"):
        return None if any(w in AGREES for w in words[len(words) - words[::-1].index(strong[-1]) :]) else False
    return True if any(w in AGREES for w in words) else None


def squeezed(text: str) -> str:
    """Only letters and digits, umlauts in two letters."""
    for a, b in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.lower().replace(a, b)
    return re.sub(r"[^a-z0-9]", "", text)


def email(text: str) -> str | None:
    """An address whose words say it one after another."""
    text = re.sub(
        r"^(?:ja |das ist |also |äh |alles \w+ |meine \w+(?: mail)? (?:ist|lautet) |schicken sie es an |schreiben sie mir an )+",
        "",
        text,
    )
    text = re.sub(r"\bäh\b|\bdann\b| alles klein$| zusammengeschrieben", " ", text)
    text = re.sub(r"(?<=\w) (?:at zeichen|at|ät|et|klammeraffe|affenschwanz|bei) ", " @ ", text)
    text = (
        text.replace(" punkt de e", " punkt de")
        .replace("punkt komm", "punkt com")
        .replace("t online", "t minus online")
    )
    if text.count("@") != 1 or re.search(r"\b(?:wie|mit|ohne|nein|sondern|nicht|glaube|vorname)\b|gmail com", text):
        return None
    local = text.split(" @ ")[0].split()
    for start in range(len(local) - 2):
        if word := letters(local[start:]):
            if start == 0 or "".join(local[:start]) == word:
                text = f"{word} @ " + text.split(" @ ")[1]
                break
    out, words, i = "", text.split(), 0
    signs = {
        "punkt": ".",
        "dot": ".",
        "minus": "-",
        "bindestrich": "-",
        "dash": "-",
        "unterstrich": "_",
        "underscore": "_",
        "plus": "+",
        "@": "@",
    }
    while i < len(words):
        run = i
        while run < len(words) and (
            cardinal(words[run]) is not None
            and words[run] != "ein"
            or words[run] in ("doppel", "dreimal")
            or (words[run] == "die" and run > i)
        ):
            run += 1
        if run > i:
            out, i = out + dictated(" ".join(words[i:run])), run
            continue
        out += signs.get(words[i]) or (
            LETTERS[words[i]] if words[i] in LETTERS and words[i] not in ("de", "es", "er") else words[i]
        )
        i += 1
    for a, b in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        out = out.replace(a, b)
    return out


def house_number(value: str) -> str | None:
    """The house number of a written address."""
    match = re.search(r"(?:^| )(\d{1,4})([a-z]?)(?: |$)", value)
    return match and match[1]


def address_fits(text: str, value: str) -> bool:
    """Whether all that the value says was said: street's letters, house number, postcode."""
    heard = squeezed(text)
    for word in re.findall(r"[A-Za-zÄÖÜäöüß]{2,}", value):
        if squeezed(word) not in heard and word not in ("Neckar", "Esslingen", "am"):
            return False
    digits = {str(n) for n in re.findall(r"\d+", in_digits(text))} | {
        str(n) for n in re.findall(r"\d+", in_digits(text, False))
    }
    number = house_number(re.sub(r"\d{5}", "", value))
    postcode = re.search(r"\b\d{5}\b", value)
    if number and number not in digits and number not in dictated(text):
        return False
    return not postcode or postcode[0] in dictated(text) or postcode[0] in digits

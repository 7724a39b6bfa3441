"""Days and times together: finds the day in a sentence, then the part and the time in what is left."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from . import clocks
from .days import DAY, MONTHS, WEEKDAYS, Stretch, base, day, shifted
from .words import in_digits

BERLIN = ZoneInfo("Europe/Berlin")
# Words that may stand around a date and say nothing about which one it is.
FILLERS = set(
    """
ja bitte dann also äh ähm na tja gern gerne gut wäre wär super ideal passt geht mir uns ich sie wir es das da der
die den dem am an im um in so und zwar mal halt noch schon erst nur wieder würde würd sagen sage denke schätze
glaube glaub vielleicht eventuell irgendwann wahrscheinlich vermutlich möglicherweise womöglich wohl eher hätte
zeit haben was frei auf offen geöffnet könnte sein hab habe bin jemand war wird immer egal welcher irgendein einem
jeden wenn möglich möglichst liebsten besten gleich genau auch lieber termin einen brauch für zum zur ist doch
jawohl sowas oder wie lautet moin naja hallo schauen dings zuhause würden recht mein meine freier tag könnten kann
tage unbedingt definitiv sicher ganz jeder fall jedem fälle alle können jemanden schicken irgendwie ginge ihnen
nehmen kollege kommen kontrolle nachsorge geboren geburtsdatum geburtstag tochter umzug übergabe soll ziehe ein
kündigung gesagt trag müsste mann aus sieht denn umständen überhaupt schaffe notfalls not ausschließlich mach dein
wollte meinen absagen rufen mich zurück erreichbar verschieben muss ihrer bei wenns wärs aufmachen geschlossen
unsere eingeschult kündigen gegen plus minus rund ganzen laufe des lauf schlecht eng fällt unmöglich kommt frage
klappt schaff keine mehr leider gar nichts arzt zu spät nie warum werden dahin ok besser eigentlich meinte sagte
falsch uhrzeit stimmt aber rum herum ungefähr circa etwa dreh mit glück heuer kurz
""".split()
)
LOADED = re.compile(
    r"\d|\b(?:"
    + "|".join(WEEKDAYS + MONTHS)
    + r"|tag|tage|woche|wochen|monat|jahr|vor|nach|bis|ab|seit|nicht|kein|außer|nein)\b"
)


def spans(words: list[str]):
    """All runs of words, the longest first."""
    for length in range(len(words), 0, -1):
        for at in range(len(words) - length + 1):
            yield at, " ".join(words[at : at + length]), " ".join(words[:at] + words[at + length :])


def in_minutes(text: str, now: datetime) -> str | None:
    """ "in zwei Stunden": real time, so that the clock's change is counted."""
    text = re.sub(r"in (?:einer|ner) dreiviertel ?stunde", "in 45 minuten", text)
    text = re.sub(r"in (?:einer|ner) viertel ?stunde", "in 15 minuten", text)
    text = re.sub(r"in (?:einer|ner) halben stunde", "in 30 minuten", text)
    text = re.sub(r"in (?:anderthalb|eineinhalb) stunden", "in 90 minuten", text)
    text = re.sub(r"in zweieinhalb stunden", "in 150 minuten", text)
    text = re.sub(r"in dreieinhalb stunden", "in 210 minuten", text)
    match = re.fullmatch(
        r"(?:heute )?(in|vor) (?:gut |etwa )?(\d+|einer|ner) (minuten?|stunden?|stund)(?: und (\d+) minuten| (\d+))?(?: bin ich zuhause| hat es angefangen)?",
        text,
    )
    if not match:
        return None
    number = int(match[2]) if match[2].isdigit() else 1
    minutes = number * (60 if match[3].startswith("stund") else 1) + int(match[4] or match[5] or 0)
    if match[1] == "vor":
        minutes = -minutes
    then = (now.replace(tzinfo=BERLIN).astimezone(ZoneInfo("UTC")) + timedelta(minutes=minutes)).astimezone(BERLIN)
    return f"minute {then:%Y-%m-%dT%H:%M}"


def existing(value: str) -> str:
    """A time that the clock's change leaves out is an hour later."""
    match = re.fullmatch(r"(hour|minute) (\d{4}-\d\d-\d\dT\d\d:\d\d)", value)
    if not match:
        return value
    local = datetime.fromisoformat(match[2]).replace(tzinfo=BERLIN)
    real = local.astimezone(ZoneInfo("UTC")).astimezone(BERLIN)
    return f"{match[1]} {real:%Y-%m-%dT%H:%M}"


def compound(text: str) -> str:
    """ "dienstagabend", "mittwochs nachmittags": apart, without the s."""
    text = re.sub(rf"\b({'|'.join(WEEKDAYS)})s?(morgen|vormittag|mittag|nachmittag|abend|nacht)s?\b", r"\1 \2", text)
    text = re.sub(r"\b(vormittag|mittag|nachmittag|abend|nacht)s\b", r"\1", text)
    days = "|".join(WEEKDAYS) + "|heute|gestern|übermorgen"
    text = re.sub(rf"\b({days}) morgens?\b", r"\1 morgenzeit", text)
    text = re.sub(r"\b(?:morgens|am morgen)\b", "morgenzeit", text)
    text = re.sub(r"\b(?:in der|in aller) frühe?\b", "früh", text)
    return re.sub(r"\bum (\d+)\.(?= rum|$)", r"um \1", text)


def part_of(text: str) -> tuple[str | None, str]:
    """The part of the day, and what is left; "gegen mittag" is a time."""
    found = re.findall(
        r"(?<!gegen )(?<!zu )(?<!um )(?<!bis )(?<!ab )\b(morgenzeit|vormittag|nachmittag|mittag|abend|nacht|früh)\b",
        text,
    )
    if len(found) != 1:
        return None, text
    return found[0], " ".join(re.sub(rf"\b{found[0]}\b", "", text).split())


def bounded(text: str, today: date, land: str | None) -> Stretch | None:
    """Ranges and bounds of days that are the whole text."""
    inner = r"([a-zäöüß0-9. ]+?)"
    if match := re.fullmatch(
        rf"(?:von|vom|zwischen)?(?: dem)? ?{inner} (?:bis zum|bis einschließlich|bis|und dem|und) {inner}", text
    ):
        a, b = match[1], match[2]
        last = base(b, today, land)
        tail = re.fullmatch(r"(?:der |den |dem )?\d+\. (.+)", b)
        first = (
            base(f"{a} {tail[1]}", today, land)
            if re.fullmatch(r"(?:der |den |dem )?\d+\.", a) and tail
            else base(a, today, land)
        )
        if not first or not last or first.grain != "day" or last.grain != "day" or first.days != 1:
            return None
        if last.first < first.first:
            again = base(b, first.first, land)
            last = again if again and again.first >= first.first else None
        return last and day(first.first, (last.first - first.first).days + last.days)
    if match := re.fullmatch(rf"(ab|erst ab|frühestens(?: am)?|nicht vor|von|vom)(?: dem| der)? {inner}( an)?", text):
        if match[1].startswith(("von", "vom")) and not match[3]:
            return None
        whole = base(match[2], today, land)
        return whole and whole._replace(days=None)
    if match := re.fullmatch(
        rf"(nach|erst nach|noch vor|vor|bis zum|bis|spätestens(?: am)?|bis spätestens|nicht nach)(?: dem| der| den)? {inner}(?: spätestens)?",
        text,
    ):
        whole = base(match[2], today, land)
        if not whole or whole.days is None or whole.first < today:
            return None
        end = whole.first + DAY * whole.days
        word = match[1]
        if "nach" in word and word != "nicht nach":
            return day(end, None) if whole.grain == "day" else None
        if "vor" in word or (whole.days > 1 and whole.grain == "day"):
            return day(today, (whole.first - today).days)
        return day(today, (end - today).days)
    number = r"(?P<n>\d+|einen|eine|am|den)"
    if match := re.fullmatch(rf"{number} (?P<u>tage?|wochen?) (?P<w>vor|nach)(?: dem)? (?P<b>.+)", text):
        whole = base(match["b"], today, land)
        if not whole or whole.days is None or whole.grain != "day":
            return None
        days = (int(match["n"]) if match["n"].isdigit() else 1) * (7 if match["u"].startswith("w") else 1)
        if match["w"] == "vor" or match["u"].startswith("w"):
            return day(whole.first + DAY * (days if match["w"] == "nach" else -days))
        return day(whole.first + DAY * (whole.days - 1 + days))
    if match := re.fullmatch(rf"(\w+tag|mittwoch) (nach|vor)(?: dem)? {inner}", text):
        whole = base(match[3], today, land)
        if whole and whole.grain == "day" and match[1] in WEEKDAYS:
            at = WEEKDAYS.index(match[1])
            if match[2] == "nach":
                last = whole.first + DAY * (whole.days - 1)
                return day(last + DAY * ((at - last.weekday() - 1) % 7 + 1))
            return day(whole.first - DAY * ((whole.first.weekday() - at - 1) % 7 + 1))
    return None


def coming(text: str, today: date) -> Stretch | None:
    """ "in den nächsten zwei Wochen", "in drei bis vier Tagen", "von Juni bis August", "drei Tage ab dem …"."""
    unit = r"(?P<u>tagen?|wochen?|monaten?)"
    if match := re.fullmatch(
        rf"(?:in den nächsten|die nächsten|die kommenden|innerhalb der nächsten|binnen|innerhalb) (?P<n>\d+|einer|eines) {unit}s?",
        text,
    ):
        number = "1" if not match["n"].isdigit() else match["n"]
        return day(today, (shifted(today, number, match["u"]) - today).days)
    if match := re.fullmatch(rf"in (?P<n>\d+) bis (?P<n2>\d+) {unit}", text):
        first, last = (shifted(today, match[g], match["u"]) for g in ("n", "n2"))
        return day(first, (last - first).days + 1)
    names = "|".join(MONTHS)
    if match := re.fullmatch(rf"(?:von|zwischen)? ?({names}) (?:bis|und) ({names})", text):
        first = base(match[1], today, None)
        last = base(match[2], first.first, None)
        return Stretch("month", first.first, (last.first - first.first).days + last.days)
    if match := re.fullmatch(r"(?P<n>\d+|eine) (?P<u>tage|wochen?) ab(?: dem)? (?P<b>.+)", text):
        first = base(match["b"], today, None)
        count = (int(match["n"]) if match["n"].isdigit() else 1) * (1 if match["u"] == "tage" else 7)
        return first and day(first.first, count)
    return None


def left_is_idle(rest: str) -> bool:
    return not LOADED.search(rest) and all(word in FILLERS for word in rest.split())


def opinion(text: str, now: datetime, hours: clocks.Hours, land: str | None, german: bool = True) -> str | None:
    """The value without marks that a sentence about one time has; `None`: no opinion."""
    today = now.date()
    if german:
        text = compound(
            in_digits(" ".join(w for w in text.split() if w not in ("äh", "ähm", "bitte", "circa", "etwa", "genau")))
        )
    if found := coming(text, today):
        return str(found)
    if value := in_minutes(re.sub(r"^(?:so|etwa) ", "", text), now):
        return value
    if re.search(r"\d \d+\.|in der nacht (?:auf|zum|von)|\bübers?\b.*\bbis\b", text):
        return None
    for _, piece, rest in spans(text.split()):
        stretch = bounded(piece, today, land)
        if stretch is None:
            stretch = base(piece, today, land)
            # "morgen" may be the morning, a number the hour.
            if stretch is None:
                continue
        if left_is_idle(rest):
            return str(stretch)
        if stretch.grain != "day" or stretch.days != 1:
            continue
        part, rest = part_of(rest)
        if part and left_is_idle(rest):
            a, b = clocks.PARTS[part]
            return f"part {stretch.first}T{a:02}:00/{b % 24:02}:00"
        if value := time_in(rest, part, stretch.first, now, hours):
            return existing(value)
    part, rest = part_of(text)
    if part and left_is_idle(rest):
        a, b = clocks.PARTS[part]
        return f"part T{a:02}:00/{b % 24:02}:00"
    return time_in(rest, part, None, now, hours)


def time_in(text: str, part: str | None, on: date | None, now: datetime, hours: clocks.Hours) -> str | None:
    for _, piece, rest in spans(text.split()):
        value = clocks.clock(piece, part, on, now, hours)
        if value and left_is_idle(rest):
            return value
    return None

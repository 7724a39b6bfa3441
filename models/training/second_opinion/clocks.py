"""Times of the clock and parts of the day, in sentences whose numbers are digits already."""

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

PARTS = {
    "früh": (6, 10),
    "morgenzeit": (6, 12),
    "vormittag": (8, 12),
    "mittag": (11, 14),
    "nachmittag": (13, 18),
    "abend": (18, 22),
    "nacht": (22, 30),
}
# Which hours are said with which part.
GO_WITH = {
    "früh": range(4, 12),
    "morgenzeit": range(4, 12),
    "vormittag": range(6, 13),
    "mittag": range(11, 15),
    "nachmittag": range(12, 19),
    "abend": range(17, 25),
    "nacht": [*range(0, 6), *range(20, 25)],
}
PART = r"(?P<p>vormittag|nachmittag|mittag|abend|morgen|nacht|früh)"
H = r"(\d{1,2})"
PHRASES = [
    (rf"{H} uhr (?:und )?(?:0 )?(\d{{1,2}})(?: minuten)?", lambda h, m: (h, m)),
    (rf"{H} ([1-5]\d)", lambda h, m: (h, m)),
    (rf"{H} minuten? (vor|nach) {H}", lambda m, sign, h: (h, m if sign == "nach" else -m)),
    (
        rf"(\d{{1,2}}) (?:minuten )?(vor|nach) (halb|viertel|dreiviertel) {H}",
        lambda m, sign, w, h: (h, {"halb": -30, "viertel": -45, "dreiviertel": -15}[w] + (m if sign == "nach" else -m)),
    ),
    (rf"halb(?:er|e)? {H}(?: uhr)?", lambda h: (h, -30)),
    (rf"viertel (nach|über|ab) {H}(?: uhr)?", lambda _, h: (h, 15)),
    (rf"viertel vor {H}(?: uhr)?", lambda h: (h, -15)),
    (rf"(?:dreiviertel|dreiviertl|3 viertel) {H}", lambda h: (h, -15)),
    (rf"(?:ein )?viertel (?:auf )?{H}", lambda h: (h, -45)),
    (rf"{H} uhr", lambda h: (h, None)),
    (r"mitternacht", lambda: (24, None)),
    (H, lambda h: (h, None)),
]


class Moment(NamedTuple):
    minutes: int  # from midnight, on a dial of twelve hours unless certain
    certain: bool
    whole_hour: bool


def moment(text: str) -> Moment | None:
    """The time that the whole text says."""
    text = re.sub(r"^(?:um|punkt|schlag|genau|exakt|pünktlich um|so um|ums|auf) ", "", text)
    if text == "mittag":
        return Moment(720, True, True)
    if match := re.fullmatch(rf"(\d{{1,2}}) (vor|nach) {H}", text):
        minutes, hour = int(match[1]), int(match[3])
        return made(hour, minutes if match[2] == "nach" else -minutes)
    for pattern, reading in PHRASES:
        if match := re.fullmatch(pattern, text):
            hour, minute = reading(*(int(g) if g.isdigit() else g for g in match.groups()))
            return made(hour, minute)
    return None


def made(hour: int, minute: int | None) -> Moment | None:
    if hour > 24 or (minute or 0) > 59:
        return None
    certain = hour > 12 or hour == 0
    total = hour * 60 + (minute or 0)
    return Moment(total % 1440 if certain else total % 720, certain, minute is None)


Hours = list[tuple[int, int, int]]  # weekday, from, until in minutes


def resolved(said: Moment, part: str | None, day: date | None, hours: Hours) -> int | None:
    """Minutes from midnight: the half of the day that the part, the opening hours or habit leave."""
    if said.certain:
        return said.minutes
    halves = [said.minutes, said.minutes + 720]
    if part:
        fits = [m for m in halves if m // 60 in GO_WITH[part] or (m == 0 and part == "nacht")]
        return fits[0] if len(fits) == 1 else None
    open_at = lambda m: any((day is None or w == day.weekday()) and a <= m < b for w, a, b in hours)
    for test in (open_at, lambda m: 420 <= m < 1140):
        fits = [m for m in halves if test(m)]
        if len(fits) == 1:
            return fits[0]
    return None


def shown(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def written(said: Moment, minutes: int, day: date | None) -> str:
    grain = "hour" if said.whole_hour else "minute"
    if day and minutes >= 1440:
        day, minutes = day + timedelta(days=1), minutes - 1440
    return f"{grain} {day or ''}T{shown(minutes)}"


def clock(text: str, part: str | None, day: date | None, now: datetime, hours: Hours) -> str | None:
    """A time, a range or a bound that is the whole text."""
    text = re.sub(r"^(?:so |irgendwann |erst |noch |immer )+", "", text)
    one = r"(?:um |so |circa )*([a-zäöüß0-9 ]+?)"
    if match := re.fullmatch(rf"(?:zwischen {one} und {one}|(?:von )?{one} bis {one})(?: uhr)?", text):
        first, last = (moment(g) for g in match.groups() if g)
        return between(first, last, part, day, hours) if first and last else None
    bound = r"(?P<from>frühestens ab|ab|nach|frühestens(?: um)?|nicht vor|später als)|bis(?: spätestens| maximal)?|spätestens(?: um)?|vor|nicht nach|nicht später als|früher als"
    if match := re.fullmatch(rf"(?:{bound}) {one}", text):
        said = moment(match[match.lastindex])
        if said is None or (at := resolved(said, part, day, hours)) is None:
            return None
        low, high = (PARTS[part][0] * 60, PARTS[part][1] * 60) if part else (0, 1440)
        a, b = (at, high) if match["from"] else (low, at)
        return f"part {day or ''}T{shown(a)}/{shown(b)}"
    said = moment(re.sub(r"^(?:gegen|ungefähr|etwa|circa|kurz vor|kurz nach|knapp vor)(?: um)? ", "", text))
    if said is None or (at := resolved(said, part, day, hours)) is None:
        return None
    if said.minutes == 0 and text.endswith("mitternacht") and day:
        day += timedelta(days=1)
    if day == now.date() and datetime.combine(day, time()) + timedelta(minutes=at) <= now:
        if said.certain or part or at >= 720:
            return None
        at += 720
    if part == "nacht" and day == now.date() and at < 720:
        at += 1440
    if re.match(r"kurz|knapp", text) and not said.whole_hour:
        return written(said, at, day)
    return written(said, at, day)


def between(first: Moment, last: Moment, part: str | None, day: date | None, hours: Hours) -> str | None:
    if last.certain and not first.certain and first.minutes < 360 and first.minutes + 720 < last.minutes:
        first = first._replace(minutes=first.minutes + 720, certain=True)
    a = resolved(first, part, day, hours)
    if a is None:
        return None
    ends = [last.minutes] if last.certain else [last.minutes, last.minutes + 720, last.minutes + 1440]
    b = next((m for m in ends if m > a), last.minutes)
    return f"part {day or ''}T{shown(a)}/{shown(b)}"

"""Days, weeks and months in sentences whose numbers are digits already. What is not read for certain is `None`."""

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from .feasts import DAY, FEASTS, add_months, easter, next_feast, next_holiday, nth

WEEKDAYS = ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"]
ALIASES = {
    "sonnabend": "samstag",
    "freitach": "freitag",
    "dienschtag": "dienstag",
    "mittwuch": "mittwoch",
    "irta": "dienstag",
    "pfinztag": "donnerstag",
    "dunnerschdag": "donnerstag",
    "samschdig": "samstag",
}
MONTHS = [
    "januar",
    "februar",
    "märz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
]
MONTH_ALIASES = {"jänner": 1, "feber": 2, "juno": 6, "julei": 7}
W = r"(?P<w>" + "|".join(WEEKDAYS + list(ALIASES)) + r")(?:s)?"
M = r"(?P<m>" + "|".join(MONTHS + list(MONTH_ALIASES)) + r")s?"
NEAR = {
    "heute": 0,
    "heut": 0,
    "morgen": 1,
    "übermorgen": 2,
    "über morgen": 2,
    "überübermorgen": 3,
    "über übermorgen": 3,
    "gestern": -1,
    "vorgestern": -2,
    "vorvorgestern": -3,
}
AHEAD = {
    "dies": 0,
    "nächst": 1,
    "kommend": 1,
    "übernächst": 2,
    "über nächst": 2,
    "überübernächst": 3,
    "letzt": -1,
    "vergangen": -1,
    "vorig": -1,
    "vorletzt": -2,
    "folgend": 1,
}
A = r"(?P<a>" + "|".join(sorted(AHEAD, key=len, reverse=True)) + r")(?:e|en|er|es|em)"
N = r"(?P<n>\d+|einem|einer|eine|einen)"
YEAR = r"(?: (?P<y>(?:19|20|21)\d\d|20 \d\d|\d\d|dieses jahres|nächsten jahres|nächstes jahr|übernächstes jahr))?"
AT = r"(?:(?:am|an|den|dem|der|die|das|im|in der|in den|in|zum|zur|für den|auf den|vom|von|übers|über|in diesem) )?"


class Stretch(NamedTuple):
    grain: str
    first: date
    days: int | None  # None: open

    def __str__(self) -> str:
        usual = {
            "day": 1,
            "week": 7,
            "month": monthrange(self.first.year, self.first.month)[1],
            "year": 366 if monthrange(self.first.year, 2)[1] == 29 else 365,
        }[self.grain]
        if self.grain == "month" and self.first.day != 1:
            usual = 0
        length = "" if self.days == usual else "/.." if self.days is None else f"/{self.days}"
        return f"{self.grain} {self.first}{length}"


def day(first: date, count: int | None = 1) -> Stretch:
    return Stretch("day", first, count)


def month(year: int, number: int) -> Stretch:
    return Stretch("month", date(year, number, 1), monthrange(year, number)[1])


def weekday_of(word: str) -> int:
    return WEEKDAYS.index(ALIASES.get(word, word))


def month_of(word: str) -> int:
    return MONTH_ALIASES.get(word) or MONTHS.index(word) + 1


def monday(today: date, weeks: int = 0) -> date:
    return today - DAY * today.weekday() + DAY * 7 * weeks


def weekday_next(today: date, which: int) -> date:
    return today + DAY * ((which - today.weekday() - 1) % 7 + 1)


def count(word: str) -> int:
    return int(word) if word.isdigit() else 1


def shifted(today: date, number: str, unit: str) -> date:
    n = count(number)
    if unit.startswith("tag"):
        return today + DAY * (7 if number == "8" else n)
    if unit.startswith("woche"):
        return today + DAY * 7 * n
    return add_months(today, n * (12 if unit.startswith("jahr") else 1))


def on(today: date, number: int, in_month: int, year: str | None) -> date | None:
    """The day in the year said, else the next one that exists."""
    try:
        if year is None:
            years = range(today.year, today.year + 9)
            fits = [
                d for y in years if number <= monthrange(y, in_month)[1] and (d := date(y, in_month, number)) >= today
            ]
            return fits[0] if fits else None
        relative = {"dieses jahres": 0, "nächsten jahres": 1, "nächstes jahr": 1, "übernächstes jahr": 2}.get(year)
        short = int(year.replace(" ", "")) if relative is None else today.year + relative
        if short < 100:
            short += 2000 if short < 45 else 1900
        return date(short, in_month, number)
    except ValueError:
        return None


def month_next(today: date, number: int, year: str | None) -> Stretch | None:
    if year is None:
        return month(today.year + (number < today.month), number)
    first = on(today, 1, number, year)
    return first and month(first.year, first.month)


def iso_week(today: date, number: int) -> Stretch | None:
    for year in (today.isocalendar().year, today.isocalendar().year + 1):
        try:
            first = date.fromisocalendar(year, number, 1)
        except ValueError:
            continue
        if first + DAY * 7 > today:
            return Stretch("week", first, 7)
    return None


def edge(which: str, whole: Stretch, today: date) -> Stretch:
    """Anfang, Mitte, Ende: of a week its days, of a month its tens."""
    if whole.grain == "week":
        at, length = {"anfang": (0, 2), "mitte": (2, 1), "ende": (3, 2)}[which]
        if whole.first + DAY * (at + length) <= today:
            at += 7
        return Stretch("week", whole.first + DAY * at, length)
    at, length = {"anfang": (0, 10), "mitte": (10, 10), "ende": (20, whole.days - 20)}[which]
    return Stretch("month", whole.first + DAY * at, length)


def weeks_ahead(stem: str) -> int:
    return AHEAD[stem]


def base(text: str, today: date, land: str | None) -> Stretch | None:
    """The one stretch of days that the whole text says."""
    whole = bare(text, today, land)
    return whole or bare(re.sub(r"^" + AT, "", text), today, land)


def bare(text: str, today: date, land: str | None) -> Stretch | None:
    """The same without a preposition."""
    said = lambda pattern: re.fullmatch(pattern, text)
    if match := said(r"(?P<d>\d+)\. des (?:monats|folgemonats)"):
        return (
            bare(match["d"] + ". " + ("nächsten" if "folge" in text else "dieses") + " monats", today, land)
            if "folge" in text
            else bare(match["d"] + ".", today, land)
        )
    if match := said(rf"(?P<which>letzte[nr]?) (?:tag im |tag des )?(?:{M}|monats)|(?P<ultimo>ultimo|monatsletzten)"):
        whole = month_next(today, month_of(match["m"]), None) if match["m"] else month(today.year, today.month)
        return day(whole.first + DAY * (whole.days - 1))
    if match := said(r"woche (?P<w>nach|vor) ostern|karwoche"):
        sunday = next_feast(easter, 1, today)
        return Stretch("week", monday(sunday, 1 if match["w"] == "nach" else 0), 7)
    if match := said(r"(?P<n>\d)\. halbjahr(?: (?P<y>20\d\d))?"):
        first = date(int(match["y"] or today.year + (match["n"] == "1")), 1 if match["n"] == "1" else 7, 1)
        return Stretch("month", first, (add_months(first, 6) - first).days)
    if match := said(r"(?:nächsten? )?(?P<s>frühling|frühjahr|sommer|herbst)(?: (?P<y>20\d\d))?"):
        number = {"f": 3, "s": 6, "h": 9}[match["s"][0]]
        first = date(int(match["y"] or today.year + (number < today.month)), number, 1)
        return Stretch("month", first, (add_months(first, 3) - first).days)
    if text in NEAR:
        return day(today + DAY * NEAR[text])
    for pattern, first_of, days in FEASTS:
        if match := said(rf"(?:{pattern})(?: (?P<y>20\d\d|nächstes jahr|übernächstes jahr))?"):
            year = match["y"]
            if year is None:
                return day(next_feast(first_of, days, today), days)
            return day(
                first_of({"nächstes jahr": today.year + 1, "übernächstes jahr": today.year + 2}.get(year) or int(year)),
                days,
            )
    if land and (match := said(r"(?:(?:nächste[nr]|kommende[nr]) )?(?:gesetzliche )?feiertag")):
        return day(next_holiday(land, today))
    if match := said(W):
        return day(weekday_next(today, weekday_of(match["w"])))
    if match := said(A + " " + W):
        ahead = weeks_ahead(match["a"])
        if ahead < 0:
            back = (today.weekday() - weekday_of(match["w"]) - 1) % 7 + 1
            return day(today - DAY * (back + 7 * (-1 - ahead)))
        return day(weekday_next(today, weekday_of(match["w"])) + DAY * 7 * max(0, ahead - 1))
    if match := said(
        rf"(?:{W}|(?P<near>heute|heut|morgen|übermorgen))? ?(?:in|über) {N} (?P<u>tag|tage|tagen|woche|wochen|monat|monaten|jahr|jahren)"
    ):
        start = (
            weekday_next(today, weekday_of(match["w"]))
            if match["w"]
            else today + DAY * NEAR.get(match["near"] or "heute", 0)
        )
        return day(shifted(start, match["n"], match["u"]))
    if match := said(rf"(?:heute )?vor {N} (?P<u>tagen|tag|wochen|woche|monat|monaten|jahr|jahren)"):
        if match["u"].startswith(("monat", "jahr")):
            return day(add_months(today, -count(match["n"]) * (12 if match["u"].startswith("jahr") else 1)))
        return day(today - (shifted(today, match["n"], match["u"]) - today))
    dated = rf"(?:{W}(?: (?:der|den|dem|am))? )?(?P<d>\d+)(?:\. (?:(?P<o>\d+)\.|{M})| {M.replace('<m>', '<m2>')}){YEAR}"
    if match := said(dated):
        in_month = int(match["o"]) if match["o"] else month_of(match["m"] or match["m2"])
        found = on(today, int(match["d"]), in_month, match["y"]) if in_month <= 12 else None
        return found and day(found)
    if match := said(rf"(?:{W}(?: (?:der|den|dem))? )?(?P<d>\d+)\."):
        for ahead in range(14):
            start = add_months(today.replace(day=1), ahead)
            if 0 < int(match["d"]) <= monthrange(start.year, start.month)[1]:
                found = start.replace(day=int(match["d"]))
                if found >= today and (not match["w"] or found.weekday() == weekday_of(match["w"])):
                    return day(found)
        return None
    if match := said(r"(?P<d>\d+)\. (?:des )?(?P<a>diese[sn]|nächsten|kommenden|übernächsten) monats"):
        start = add_months(today.replace(day=1), {"d": 0, "n": 1, "k": 1, "ü": 2}[match["a"][0]])
        return day(start.replace(day=int(match["d"])))
    week_words = r"woche"
    if match := said(rf"(?:{A} {week_words}|die woche noch)"):
        return Stretch("week", monday(today, weeks_ahead(match["a"]) if match["a"] else 0), 7)
    inside = rf"(?:{A} {week_words}(?: (?:noch|am|den))* {W}|{W.replace('<w>', '<w2>')}(?: (?:der|in der|in))? {A.replace('<a>', '<a2>')} {week_words})"
    if match := said(inside):
        return day(monday(today, weeks_ahead(match["a"] or match["a2"])) + DAY * weekday_of(match["w"] or match["w2"]))
    if match := said(r"(?:kw|kalenderwoche|woche) (?P<n>\d+)|(?P<o>\d+)\. (?:kw|kalenderwoche|woche)"):
        return iso_week(today, int(match["n"] or match["o"]))
    kw = r"(?:der )?(?:kw|kalenderwoche) (?P<n>\d+)"
    if match := said(rf"(?:{W} (?:in )?{kw}|{kw.replace('<n>', '<n2>')} (?:am )?{W.replace('<w>', '<w2>')})"):
        week = iso_week(today, int(match["n"] or match["n2"]))
        return week and day(week.first + DAY * weekday_of(match["w"] or match["w2"]))
    if match := said(
        r"(?:(?P<a>diese[sm]?|kommende[sn]?|nächste[sn]?|übernächste[sn]?|letzte[sn]?|vergangenen) )?wochenende"
    ):
        ahead = {"d": 0, "k": 0, "n": 1, "ü": 2, "l": -1, "v": -1}[(match["a"] or "d")[0]]
        if today.weekday() == 6 and match["a"] and ahead == 0:
            ahead = 1
        return day(monday(today, ahead) + 5 * DAY, 2)
    if match := said(
        rf"(?P<e>anfang|mitte|ende) (?:(?:der |dieser )?woche|{A} woche|der {A.replace('<a>', '<a2>')} woche)"
    ):
        stem = match["a"] or match["a2"]
        return edge(match["e"], Stretch("week", monday(today, weeks_ahead(stem) if stem else 0), 7), today)
    if match := said(r"(?P<e>anfang|mitte|ende) (?:der )?(?:kw|kalenderwoche) (?P<n>\d+)"):
        week = iso_week(today, int(match["n"]))
        return week and edge(match["e"], week, today)
    if match := said(rf"(?:(?P<e>anfang|mitte|ende) )?{M}{YEAR}"):
        whole = month_next(today, month_of(match["m"]), match["y"])
        return whole and (edge(match["e"], whole, today) if match["e"] else whole)
    months = r"(?P<a>diese[sn]?|nächste[ns]|kommende[ns]|folgenden|übernächste[ns]|letzte[ns]|vergangenen) monat(?:s)?"
    if match := said(rf"(?:(?P<e>anfang|mitte|ende) )?(?:{months}|des monats)"):
        ahead = {"d": 0, "n": 1, "k": 1, "f": 1, "ü": 2, "l": -1, "v": -1}[(match["a"] or "d")[0]]
        first = add_months(today.replace(day=1), ahead)
        whole = month(first.year, first.month)
        return edge(match["e"], whole, today) if match["e"] else whole
    if match := said(r"(?P<q>[1-4])\. quartal(?: (?P<y>20\d\d))?"):
        first = date(int(match["y"]) if match["y"] else today.year, 3 * int(match["q"]) - 2, 1)
        if not match["y"] and add_months(first, 3) <= today:
            first = add_months(first, 12)
        return Stretch("month", first, (add_months(first, 3) - first).days)
    if match := said(r"(?P<a>nächste|kommende|übernächste|diese)[sn]? quartal"):
        first = add_months(
            date(today.year, (today.month - 1) // 3 * 3 + 1, 1), {"n": 3, "k": 3, "ü": 6, "d": 0}[match["a"][0]]
        )
        return Stretch("month", first, (add_months(first, 3) - first).days)
    if match := said(r"(?P<a>nächste|kommende|neue|diese|übernächste|letzte|vorige)[snm]? jahr"):
        year = today.year + {"n": 1, "k": 1, "d": 0, "ü": 2, "l": -1, "v": -1}[match["a"][0]]
        return Stretch("year", date(year, 1, 1), 366 if monthrange(year, 2)[1] == 29 else 365)
    if match := said(rf"(?:jeden )?(?P<n>[1-4])\. {W} im (?:{M}|monat)"):
        for ahead in range(13):
            start = add_months(today.replace(day=1), ahead)
            if match["m"] and start.month != month_of(match["m"]):
                continue
            found = nth(start.year, start.month, weekday_of(match["w"]), int(match["n"]))
            if found >= today:
                return day(found)
    return None

"""Easter, feasts, the holidays of each Land, and days counted from others."""

from datetime import date, timedelta

DAY = timedelta(days=1)
LAENDER = "BW BY BE BB HB HH HE MV NI NW RP SL SN ST SH TH".split()


def easter(year: int) -> date:
    """By the anonymous Gregorian rule (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    l = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l) // 451
    month, day = divmod(h + l - 7 * m + 114, 31)
    return date(year, month, day + 1)


def advent(year: int, which: int) -> date:
    """The n-th Sunday of Advent: the fourth is the last Sunday before 25 December."""
    eve = date(year, 12, 24)
    fourth = eve - DAY * ((eve.weekday() + 1) % 7)
    return fourth - DAY * 7 * (4 - which)


def nth(year: int, month: int, weekday: int, which: int) -> date:
    first = date(year, month, 1)
    return first + DAY * ((weekday - first.weekday()) % 7 + 7 * (which - 1))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    index = day.year * 12 + day.month - 1 + months
    for number in range(day.day, 27, -1):
        try:
            return date(index // 12, index % 12 + 1, number)
        except ValueError:
            continue
    return date(index // 12, index % 12 + 1, day.day)


E_ = easter
# Name as a regular expression, first day of a year's feast, how many days.
FEASTS = [
    (r"zwischen den jahren|zwischen den feiertagen|zwischen weihnachten und silvester", lambda y: date(y, 12, 27), 4),
    (r"zwischen weihnachten und neujahr", lambda y: date(y, 12, 27), 5),
    (r"heiligabend|heilig abend|heiligen abend", lambda y: date(y, 12, 24), 1),
    (r"1\. (?:weihnachtstag|weihnachtsfeiertag|feiertag)|christtag", lambda y: date(y, 12, 25), 1),
    (r"2\. (?:weihnachtstag|weihnachtsfeiertag|feiertag)|stephanitag", lambda y: date(y, 12, 26), 1),
    (r"weihnachten|weihnachtsfeiertagen", lambda y: date(y, 12, 25), 2),
    (r"silvestertag|silvester|altjahrstag", lambda y: date(y, 12, 31), 1),
    (r"neujahrstag|neujahr", lambda y: date(y, 1, 1), 1),
    (r"heilige 3 könige|dreikönigstag|dreikönig|epiphanias", lambda y: date(y, 1, 6), 1),
    (r"mariä lichtmess|lichtmess", lambda y: date(y, 2, 2), 1),
    (r"valentinstag", lambda y: date(y, 2, 14), 1),
    (r"weiberfastnacht|schmotzigen donnerstag|altweiber", lambda y: E_(y) - 52 * DAY, 1),
    (r"über karneval", lambda y: E_(y) - 52 * DAY, 6),
    (r"rosenmontag", lambda y: E_(y) - 48 * DAY, 1),
    (r"faschingsdienstag|veilchendienstag", lambda y: E_(y) - 47 * DAY, 1),
    (r"aschermittwoch", lambda y: E_(y) - 46 * DAY, 1),
    (r"(?:internationalen )?frauentag", lambda y: date(y, 3, 8), 1),
    (r"josefstag", lambda y: date(y, 3, 19), 1),
    (r"palmsonntag", lambda y: E_(y) - 7 * DAY, 1),
    (r"gründonnerstag", lambda y: E_(y) - 3 * DAY, 1),
    (r"karfreitag|stiller freitag", lambda y: E_(y) - 2 * DAY, 1),
    (r"karsamstag|ostersamstag", lambda y: E_(y) - DAY, 1),
    (r"ostersonntag", E_, 1),
    (r"ostermontag", lambda y: E_(y) + DAY, 1),
    (r"über ostern|über die ostertage", lambda y: E_(y) - 2 * DAY, 4),
    (r"ostern", E_, 2),
    (r"weißer sonntag", lambda y: E_(y) + 7 * DAY, 1),
    (r"walpurgisnacht", lambda y: date(y, 4, 30), 1),
    (r"tag der arbeit|maifeiertag", lambda y: date(y, 5, 1), 1),
    (r"muttertag", lambda y: nth(y, 5, 6, 2), 1),
    (r"mariä himmelfahrt|maria himmelfahrt", lambda y: date(y, 8, 15), 1),
    (r"christi himmelfahrt|himmelfahrt|vatertag|herrentag", lambda y: E_(y) + 39 * DAY, 1),
    (r"pfingstsonntag", lambda y: E_(y) + 49 * DAY, 1),
    (r"pfingstmontag", lambda y: E_(y) + 50 * DAY, 1),
    (r"pfingsten", lambda y: E_(y) + 49 * DAY, 2),
    (r"dreifaltigkeitssonntag", lambda y: E_(y) + 56 * DAY, 1),
    (r"fronleichnam", lambda y: E_(y) + 60 * DAY, 1),
    (r"johannistag", lambda y: date(y, 6, 24), 1),
    (r"siebenschläfertag", lambda y: date(y, 6, 27), 1),
    (r"peter und paul", lambda y: date(y, 6, 29), 1),
    (r"(?:augsburger )?friedensfest", lambda y: date(y, 8, 8), 1),
    (r"weltkindertag", lambda y: date(y, 9, 20), 1),
    (r"tag der deutschen einheit|tag der einheit|nationalfeiertag", lambda y: date(y, 10, 3), 1),
    (r"erntedank", lambda y: nth(y, 10, 6, 1), 1),
    (r"reformationstag|halloween", lambda y: date(y, 10, 31), 1),
    (r"allerheiligen", lambda y: date(y, 11, 1), 1),
    (r"allerseelen", lambda y: date(y, 11, 2), 1),
    (r"martinstag|sankt martin|11\. im 11\.", lambda y: date(y, 11, 11), 1),
    (r"volkstrauertag", lambda y: advent(y, 1) - 14 * DAY, 1),
    (r"buß und bettag", lambda y: advent(y, 1) - 11 * DAY, 1),
    (r"totensonntag|ewigkeitssonntag", lambda y: advent(y, 1) - 7 * DAY, 1),
    (r"1\. advent", lambda y: advent(y, 1), 1),
    (r"2\. advent", lambda y: advent(y, 2), 1),
    (r"3\. advent", lambda y: advent(y, 3), 1),
    (r"4\. advent", lambda y: advent(y, 4), 1),
    (r"barbaratag", lambda y: date(y, 12, 4), 1),
    (r"nikolaustag|nikolaus", lambda y: date(y, 12, 6), 1),
    (r"mariä empfängnis", lambda y: date(y, 12, 8), 1),
    (r"black friday", lambda y: nth(y, 11, 3, 4) + DAY, 1),
]


def next_feast(first_of, days: int, today: date) -> date:
    """The first day of the next time it is celebrated; one that goes on today counts."""
    return next(d for y in range(today.year, today.year + 3) if (d := first_of(y)) + days * DAY > today)


def holidays(land: str, year: int) -> set[date]:
    """The public holidays of a Land (BY: where Mariä Himmelfahrt is one, as in Munich)."""
    days = {
        date(year, 1, 1),
        date(year, 5, 1),
        date(year, 10, 3),
        date(year, 12, 25),
        date(year, 12, 26),
        easter(year) - 2 * DAY,
        easter(year) + DAY,
        easter(year) + 39 * DAY,
        easter(year) + 50 * DAY,
    }
    more = {
        date(year, 1, 6): "BW BY ST",
        date(year, 3, 8): "BE MV",
        easter(year): "BB",
        easter(year) + 49 * DAY: "BB",
        easter(year) + 60 * DAY: "BW BY HE NW RP SL",
        date(year, 8, 15): "BY SL",
        date(year, 9, 20): "TH",
        date(year, 10, 31): "BB HB HH MV NI SN ST SH TH",
        date(year, 11, 1): "BW BY NW RP SL",
        advent(year, 1) - 11 * DAY: "SN",
    }
    return days | {day for day, where in more.items() if land in where.split()}


def next_holiday(land: str, today: date) -> date:
    return min(d for y in (today.year, today.year + 1) for d in holidays(land, y) if d >= today)

"""English sentences in the words that the German rules read: "at half past two" is "um 2 uhr 30"."""

import re

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = dict(twenty=20, thirty=30, forty=40, fifty=50, sixty=60, seventy=70, eighty=80, ninety=90)
ORDINALS = dict(first=1, second=2, third=3, fifth=5, eighth=8, ninth=9, twelfth=12, twentieth=20, thirtieth=30)
ORDINALS |= {f"{word}th": n for n, word in enumerate(SMALL) if n > 3}
DAYS = dict(
    zip(
        "monday tuesday wednesday thursday friday saturday sunday".split(),
        "montag dienstag mittwoch donnerstag freitag samstag sonntag".split(),
    )
)
MONTHS = dict(
    zip(
        "january february march april may june july august september october november december".split(),
        "januar februar märz april mai juni juli august september oktober november dezember".split(),
    )
)
PHRASES = [
    (r"the day after tomorrow", "übermorgen"),
    (r"the day before yesterday", "vorgestern"),
    (r"yesterday", "gestern"),
    (r"a week today", "in 1 woche"),
    (r"a week (?:from )?tomorrow", "morgen in 1 woche"),
    (r"tomorrow night", "morgen abend"),
    (r"tomorrow", "morgen"),
    (r"today", "heute"),
    (r"tonight", "heute abend"),
    (r"this (afternoon|evening|morning)", r"heute \1"),
    (r"a week (?:on|from) (D)", r"\1 in 1 woche"),
    (r"(D) week\b", r"\1 in 1 woche"),
    (r"(D) fortnight", r"\1 in 2 wochen"),
    (r"in a fortnight", "in 2 wochen"),
    (r"(\d+) days ago", r"vor \1 tagen"),
    (r"a week ago", "vor 1 woche"),
    (r"in a (week|month)", r"in 1 \1"),
    (r"(\d+) (days|weeks) from (?:now|today)", r"in \1 \2"),
    (r"in (\d+) days time", r"in \1 tagen"),
    (r"a year from now", "in 1 jahr"),
    (r"\bdays\b", "tagen"),
    (r"\bweeks\b", "wochen"),
    (r"\bmonths\b", "monaten"),
    (r"\bmonth\b", "monat"),
    (r"(?:the )?week after next", "übernächste woche"),
    (r"the month after next", "übernächsten monat"),
    (r"(D) of next week", r"nächste woche \1"),
    (r"the (D) after next", r"übernächsten \1"),
    (r"next (D)", r"nächsten \1"),
    (r"last (D)", r"letzten \1"),
    (r"this (?:coming )?(D)", r"diesen \1"),
    (r"next week on", "nächste woche"),
    (r"next week", "nächste woche"),
    (r"this week\b", "diese woche"),
    (r"last week\b", "letzte woche"),
    (r"early nächste woche", "anfang nächste woche"),
    (r"late nächste woche", "ende nächste woche"),
    (r"the middle of nächste woche", "mitte nächste woche"),
    (r"at the end of the week", "ende der woche"),
    (r"next weekend", "nächstes wochenende"),
    (r"weekend", "wochenende"),
    (r"(?:calendar week|week) (\d+)", r"kw \1"),
    (r"next monat", "nächsten monat"),
    (r"next year", "nächstes jahr"),
    (r"in the new year", "nächstes jahr"),
    (r"at the (?:beginning|end) of (M)", lambda m: ("anfang " if "beg" in m[0] else "ende ") + m[1]),
    (r"mid (M)", r"mitte \1"),
    (r"christmas eve", "heiligabend"),
    (r"christmas day", "1. weihnachtstag"),
    (r"boxing day", "2. weihnachtstag"),
    (r"between christmas and new year", "zwischen weihnachten und neujahr"),
    (r"christmas", "weihnachten"),
    (r"new year's eve", "silvester"),
    (r"new year's day", "neujahr"),
    (r"epiphany", "dreikönig"),
    (r"good friday|good freitag", "karfreitag"),
    (r"easter (?:sunday|sonntag)", "ostersonntag"),
    (r"easter (?:monday|montag)", "ostermontag"),
    (r"labour day", "tag der arbeit"),
    (r"ascension day", "himmelfahrt"),
    (r"whit (?:monday|montag)", "pfingstmontag"),
    (r"corpus christi", "fronleichnam"),
    (r"german unity day", "tag der deutschen einheit"),
    (r"all saints day", "allerheiligen"),
    (r"the 1\. (?:sunday|sonntag) of advent", "1. advent"),
    (r"valentine's day", "valentinstag"),
    (r"the (\d+)\. of (M)", r"\1. \2"),
    (r"(M) (?:the )?(\d+)\.", r"\2. \1"),
    (r"2000 and (\d\d)", r"20\1"),
    (r"the (\d+\.)", r"\1"),
    (r"half past (\d+)", r"\1 uhr 30"),
    (r"half (\d+)", r"\1 uhr 30"),
    (r"(?:a )?quarter (?:past|after) (\d+)", r"\1 uhr 15"),
    (r"(?:a )?quarter (?:to|of) (\d+)", r"viertel vor \1"),
    (r"(\d+) (?:minutes )?past (\d+)", r"\2 uhr \1"),
    (r"(5|10|20|25) to (\d+)", r"\1 vor \2"),
    (r"(\d+) oh (\d)\b", r"\1 uhr \2"),
    (r"(\d+) o'clock", r"\1 uhr"),
    (r"(\d\d)00 hours", r"\1 uhr"),
    (r"(?:midday|noon)", "12 uhr"),
    (r"midnight", "mitternacht"),
    (r"in the late \w+|in the early \w+", "x"),
    (r"in the morning|mornings?", "morgenzeit"),
    (r"in the afternoon|afternoons?", "nachmittag"),
    (r"in the evening|evening", "abend"),
    (r"at night", "nacht"),
    (r"at lunchtime", "mittag"),
    (r"\ban hour\b", "1 stunde"),
    (r"in half 1 stunde", "in 30 minuten"),
    (r"half 1 stunde", "30 minuten"),
    (r"hours?", "stunden"),
    (r"minutes", "minuten"),
    (r"between (\S+) and (\S+)", r"zwischen \1 und \2"),
    (r"from (.+) (?:to|till) (.+)", r"von \1 bis \2"),
    (r"(\d+) to (\d+)", r"\1 bis \2"),
    (r"not before", "nicht vor"),
    (r"before", "vor"),
    (r"\bafter\b", "nach"),
    (r"until|\bby\b", "bis"),
    (r"at the latest|if possible|please|sometime|works for me|would be great|maybe|probably", ""),
    (r"\b(?:around|about|roughly|shortly before|just nach|just after)\b", "gegen"),
    (r"\bat\b", "um"),
    (r"\bon\b|\bthe\b|\bin\b(?= (?:M))", ""),
]


def number(words: list[str], at: int) -> tuple[str, int] | None:
    """Digits for the number words at `at`, with a dot for an ordinal, and how many words."""
    word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word in TENS and after in SMALL[1:10]:
        return str(TENS[word] + SMALL.index(after)), 2
    if word in TENS and ORDINALS.get(after, 99) < 10:
        return f"{TENS[word] + ORDINALS[after]}.", 2
    if word in ORDINALS:
        return f"{ORDINALS[word]}.", 1
    if word in TENS:
        return str(TENS[word]), 1
    if word in SMALL:
        value = SMALL.index(word)
        return (
            (str(value * 100), 2)
            if after == "hundred"
            else (f"{value * 1000}", 2)
            if after == "thousand"
            else (str(value), 1)
        )
    return None


def in_digits(text: str) -> str:
    words, out, at = text.split(), [], 0
    while at < len(words):
        found = number(words, at)
        out.append(found[0] if found else words[at])
        at += found[1] if found else 1
    return " ".join(out)


def translated(text: str) -> str:
    """What the German rules can read; words without a meaning here stay."""
    text = (
        re.sub(r"\b(\d\d) (\d\d)$", r"\1\2", in_digits(text))
        if re.search(r"nineteen|twenty twenty", text)
        else in_digits(text)
    )
    for table in (DAYS, MONTHS):
        for english, german in table.items():
            text = re.sub(rf"\b{english}s?\b", german, text)
    for pattern, made in PHRASES:
        pattern = pattern.replace("(D)", f"({'|'.join(DAYS.values())})").replace(
            "(M)", f"({'|'.join(MONTHS.values())})"
        )
        text = re.sub(rf"\b(?:{pattern})" if pattern[0] != "\\" else pattern, made, text)
    if match := re.search(r"(\d+)(?: uhr)?(?: (\d\d))? (?:p m|pm)", text):
        hour = int(match[1]) % 12 + 12
        text = text.replace(match[0], f"{hour} uhr {match[2] or ''}".strip())
    if match := re.search(r"(\d+)(?: uhr)?(?: (\d\d))? (?:a m|am)", text):
        hour = int(match[1]) % 12
        text = text.replace(match[0], f"{hour} uhr morgenzeit" if hour else "0 uhr")
    return " ".join(text.split())


def dictated(text: str) -> str:
    """All digits of an English dictation."""
    digits, times = "", 1
    words, at = text.replace("oh", "zero").split(), 0
    while at < len(words):
        if words[at] in ("double", "triple", "treble"):
            times, at = 2 if words[at] == "double" else 3, at + 1
            continue
        found = number(words, at)
        if found and not found[0].endswith("."):
            digits, times = digits + found[0] * times, 1
        at += found[1] if found else 1
    return digits

"""What synthetic callers say: the written corpora beside this folder, and sentences put together at random.

`normal` is the spelling that the network learns: small letters of `ALPHABET`, single blanks, single letters by their
names ("w" is "we"), no digits.
"""

import re
import tomllib
from pathlib import Path
from random import Random

ALPHABET = " abcdefghijklmnopqrstuvwxyzäöüß"
TRAINING = Path(__file__).resolve().parents[1]
GRAMMAR = TRAINING.parents[1] / "src/models/grammar"

LETTERS = dict(
    a="a", b="be", c="ce", d="de", e="e", f="ef", g="ge", h="ha", i="i", j="jot", k="ka", l="el", m="em", n="en", o="o",
    p="pe", q="ku", r="er", s="es", t="te", u="u", v="vau", w="we", x="ix", y="ypsilon", z="zett", ä="ä", ö="ö", ü="ü",
)
UNITS = """null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn
achtzehn neunzehn""".split()
TENS = "- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
DIGITS = "null eins zwei drei vier fünf sechs sieben acht neun".split()
DAYS = "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag Sonnabend".split()
MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember Jänner Feber".split()
ALPHABETS = """Anton Berta Cäsar Dora Emil Friedrich Gustav Heinrich Ida Julius Kaufmann Konrad Ludwig Martha Nordpol Otto
Paula Quelle Richard Samuel Siegfried Theodor Ulrich Viktor Wilhelm Xanthippe Ypsilon Zacharias Zeppelin Ärger Ökonom
Übermut Eszett Schule Charlotte Aachen Berlin Chemnitz Düsseldorf Essen Frankfurt Goslar Hamburg Ingelheim Jena Köln
Leipzig München Nürnberg Offenbach Potsdam Quickborn Rostock Salzwedel Tübingen Unna Völklingen Wuppertal Xanten
Zwickau""".split()
ANSWERS = """ja|nein|ja bitte|nein danke|ja genau|genau|richtig|falsch|das stimmt|das stimmt nicht|stimmt|okay|ja gerne|auf
keinen Fall|vielleicht|weiß ich nicht|keine Ahnung|jawohl|natürlich|nee|doch|passt|das ist richtig|das ist falsch|ja das
ist korrekt|noch einmal bitte|Hilfe|zurück|abbrechen|weiter|stopp|Moment bitte|einen Augenblick|wie bitte|können Sie das
wiederholen|auf Wiederhören|auf Wiedersehen|tschüss|hallo|guten Tag|guten Morgen|guten Abend|danke|vielen Dank|das war
alles|ein Mensch bitte|verbinden Sie mich|ich möchte mit einem Menschen sprechen|einen Mitarbeiter bitte|sicher|gut|
in Ordnung|klar|nö|eben nicht|lieber nicht|gern|auf jeden Fall|keinesfalls|egal|der erste|der zweite|das passt mir
nicht|das passt gut|äh ja|ähm nein|ja ja|nein nein|mhm""".replace("\n", " ").split("|")
THINGS = """Heizung|Therme|Brennwertkessel|Wärmepumpe|Warmwasser|Dusche|Badewanne|Waschmaschine|Spülmaschine|Steckdose|
Sicherung|Klingel|Aufzug|Haustür|Rollladen|Fenster|Toilette|Wasserhahn|Spüle|Fußbodenheizung|Heizkörper|Thermostat|
Lüftung|Solaranlage|Wasserleitung|Gasleitung|Lampe|Garage|Drucker|Telefonanlage|Rechnung|Bestellung|Versicherung|
Wohnung|Bremse|Kupplung|Batterie|Anlage|Pumpe|Leitung""".replace("\n", "").split("|")
FAULTS = """ist kaputt|ist ausgefallen|geht nicht mehr|funktioniert nicht|macht komische Geräusche|tropft|ist undicht|wird
nicht warm|wird zu heiß|zeigt einen Fehler an|läuft ständig|ist verstopft|springt nicht an|hat keinen Druck|verliert
Wasser|ist defekt|klemmt|ist noch nicht da|stimmt nicht|riecht nach Gas|steht unter Wasser""".replace("\n", " ").split("|")
WISHES = """einen Termin|eine Beratung|einen Rückruf|ein Angebot|eine Rechnung|einen Kostenvoranschlag|eine Wartung|eine
Reparatur|ein Rezept|eine Überweisung|einen Ölwechsel|einen Reifenwechsel|einen Tisch für {k} Personen|ein Doppelzimmer|
ein Einzelzimmer|eine Lieferung|eine Bestellung|einen Haarschnitt|eine Untersuchung|eine Impfung""".replace("\n", " ").split("|")
VERBS = "vereinbaren|verschieben|absagen|bestätigen|buchen|bestellen|stornieren|ändern|anfragen|reservieren".split("|")
PEOPLE = """den Notdienst|die Buchhaltung|den Kundendienst|die Werkstatt|den Vertrieb|den Chef|die Zentrale|Herrn {n}|Frau
{n}|einen Mitarbeiter|einen Menschen|jemanden vom Büro|die Rezeption|den Hausmeister|die Praxis|Doktor {n}|den
Bereitschaftsdienst|einen Techniker""".replace("\n", " ").split("|")
WHENS = """heute|morgen|übermorgen|morgen früh|morgen Nachmittag|nächste Woche|am Wochenende|diese Woche|so schnell wie
möglich|heute noch|am Vormittag|am Nachmittag|gegen Abend|nächsten Monat|in zwei Wochen|Ende der
Woche""".replace("\n", " ").split("|")


def listed(name: str) -> list[str]:
    text = (GRAMMAR / name).read_text(encoding="utf-8")
    return [word.strip() for word in re.split(r"[,\n]", text) if word.strip() and not word.startswith("#")]


def normal(text: str) -> str | None:
    """As the network spells it; `None` where the text has digits or signs that are spoken otherwise."""
    if re.search(r"[0-9%&§$€@/+=*]", text):
        return None
    text = text.lower()
    for odd, plain in zip("éèàáâçñôóíşığćčšžå", "eeaaacnooisigccsza"):
        text = text.replace(odd, plain)
    words = re.sub(rf"[^{ALPHABET}]", " ", text).split()
    return " ".join(LETTERS.get(word, word) for word in words) or None


def written() -> list[str]:
    """The corpora: sentences by intent and spoken values, German ones."""
    texts = []
    for file in sorted((TRAINING / "sentences").glob("*.toml")):
        if file.stem == "english":
            continue
        area = tomllib.loads(file.read_text(encoding="utf-8"))
        for intent in area.get("intents", []):
            texts += intent.get("sentences", []) + intent.get("recognised", [])
        texts += [several["text"] for several in area.get("several", []) if "text" in several]
    for file in sorted((TRAINING / "expressions").glob("*.psv")):
        if file.stem.startswith("english"):
            continue
        lines = file.read_text(encoding="utf-8").splitlines()
        texts += [line.split("|")[0].strip() for line in lines if "|" in line and line[0] not in "#@"]
    return [text for text in texts if normal(text)]


def number(n: int, last: bool = True) -> str:
    if n == 1:
        return "eins" if last else "ein"
    if n < 20:
        return UNITS[n]
    if n < 100:
        return TENS[n // 10] if n % 10 == 0 else UNITS[n % 10] + "und" + TENS[n // 10]
    if n < 1000:
        return UNITS[n // 100] + "hundert" + (number(n % 100) if n % 100 else "")
    return number(n // 1000, False) + "tausend" + (number(n % 1000) if n % 1000 else "")


def ordinal(n: int) -> str:
    odd = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
    return odd.get(n) or number(n) + ("t" if n < 20 else "st")


class Callers:
    """Draws sentences of the kinds that a telephone hears."""

    def __init__(self, rng: Random):
        self.rng = rng
        self.family, self.given = listed("family_names.txt"), listed("given_names.txt")
        self.streets, self.places = listed("streets.txt"), listed("places.txt")

    def clock(self) -> str:
        r = self.rng
        hour, minute = r.randint(0, 23), r.choice([0, 0, 0, 5, 10, 15, 20, 25, 30, 30, 35, 40, 45, 50, 55, r.randint(1, 59)])
        twelve = number((hour % 12) or 12)
        forms = [f"halb {twelve}", f"Viertel nach {twelve}", f"Viertel vor {twelve}", f"drei viertel {twelve}",
                 f"{r.choice(['fünf', 'zehn', 'zwanzig'])} {r.choice(['vor', 'nach'])} {r.choice(['', 'halb '])}{twelve}", twelve]
        whole = f"{number(hour, False)} Uhr" + (f" {number(minute)}" if minute else "")
        return r.choice(["um ", "um ", "gegen ", "ab ", ""]) + (r.choice(forms) if r.random() < 0.45 else whole)

    def day(self) -> str:
        r = self.rng
        n, m = r.randint(1, 31), r.randint(1, 12)
        return r.choice([
            f"am {r.choice(DAYS)}", f"nächsten {r.choice(DAYS)}", r.choice(DAYS), f"am {ordinal(n)}en {r.choice(MONTHS)}",
            f"der {ordinal(n)}e {r.choice(MONTHS)}", f"am {ordinal(n)}en {ordinal(m)}en", f"der {ordinal(n)}e {ordinal(m)}e",
            f"{r.choice(DAYS)} den {ordinal(n)}en {r.choice(MONTHS)}", r.choice(MONTHS), r.choice(WHENS),
        ])

    def digits(self) -> str:
        r = self.rng
        lead = r.choice([""] * 6 + ["meine Kundennummer ist ", "die Nummer ist ", "Postleitzahl ", "meine Telefonnummer ist die "])
        said = [r.choice(DIGITS + ["zwo"]) for _ in range(r.choice([1, 2, 3, 4, 5, 6, 8, 10, 12]))]
        return lead + " ".join(said)

    def spelled(self) -> str:
        r = self.rng
        word = re.sub(r"[^a-zäöü]", "", r.choice(self.family + self.places).lower())[: r.randint(2, 8)] or "a"
        kind = r.random()
        if kind < 0.5:
            return r.choice(["", "", "ich buchstabiere "]) + " ".join(word)
        if kind < 0.75:
            return " ".join(r.choice(ALPHABETS) for _ in range(r.randint(1, 7)))
        return " ".join(f"{letter} wie {r.choice(ALPHABETS)}" for letter in word[:3])

    def name(self) -> str:
        r = self.rng
        return r.choice(["{f} {n}", "{n}", "{n}", "mein Name ist {f} {n}", "hier ist {n}", "hier spricht {f} {n} aus {c}",
                         "ich heiße {n}", "Herr {n}", "Frau {n}", "guten Tag mein Name ist {n}", "auf den Namen {n}"]).format(
            f=r.choice(self.given), n=r.choice(self.family), c=r.choice(self.places))

    def address(self) -> str:
        r = self.rng
        return r.choice(["{s} {k}", "{s} {k}", "ich wohne in der {s} {k}", "{s} {k} in {c}", "{c}", "ich wohne in {c}",
                         "Hausnummer {k}", "{p} {c}"]).format(
            s=r.choice(self.streets), k=number(r.randint(1, 199)), c=r.choice(self.places),
            p=" ".join(r.choice(DIGITS) for _ in range(5)))

    def amount(self) -> str:
        r = self.rng
        return r.choice([number(r.randint(0, 99)), number(r.randint(100, 9999)), f"{number(r.randint(2, 500), False)} Euro",
                         f"{number(r.randint(1, 28), False)} Grad", f"neunzehnhundert{number(r.randint(30, 99))}",
                         f"zweitausend{number(r.randint(1, 26))}", f"{number(r.randint(2, 12))} Personen",
                         f"Fehler {number(r.randint(1, 99))}"])

    def concern(self) -> str:
        r = self.rng
        wish = r.choice(WISHES).format(k=number(r.randint(2, 12)))
        person = r.choice(PEOPLE).format(n=r.choice(self.family))
        return r.choice([
            "{l}{a} {t} {f}", "{l}bei uns {f} die {t}", "ich rufe an weil die {t} {f}", "Verbinden Sie mich bitte mit {p}",
            "ich möchte {p} sprechen", "kann ich bitte {p} sprechen", "ich brauche {p}", "ich möchte {w} {v}",
            "ich würde gern {w} {v}", "ich hätte gern {w}", "könnte ich {d} {w} {v}", "ich muss {w} {v}", "haben Sie {d} geöffnet",
            "geht es auch {d} {u}", "lieber {d} {u}", "{d} {u}", "{d} {u} bitte",
        ]).format(l=r.choice(["", "", "guten Tag ", "hallo ", "es ist dringend ", "Notfall "]), a=r.choice(["meine", "die", "unsere"]),
                  t=r.choice(THINGS), f=r.choice(FAULTS), p=person, w=wish, v=r.choice(VERBS), d=self.day(), u=self.clock())

    def sentence(self) -> str:
        r = self.rng
        kinds = [(12, lambda: r.choice(ANSWERS)), (16, self.digits), (14, self.day), (12, self.clock), (26, self.spelled),
                 (24, self.name), (9, self.address), (5, self.amount), (20, self.concern)]
        return r.choices([kind for _, kind in kinds], [weight for weight, _ in kinds])[0]()

"""German as it is written down where it is spoken otherwise: the same sentence in another variety, roughly.

Not a dictionary: the encoder learns from it which letters may stand for which, and the commonest small words.
"""

import re

# word: what stands for it. Small words differ most, and carry the least.
SOUTH_EAST = """
ich i | nicht ned net nit | ist is | ein a an | eine a ane | einen an a | einem am an | das des dös s | auch a aa aa
mir ma mia mir | wir mir mia ma | habe hob hab | haben ham hobn hom | hast host | hat hot | heute heit heid heint hait
morgen moagn morgn moing morng | was wos | zeig zoag zoig | zeige zoag zoag | mach moch moch | mache moch mach
kann ko kon konn ka | kannst konnst kaust kennst | können kenna kinan | für fia fir fian | von vo fo vun | vom vom fum
auf af auf | zu zua zu z | zum zum zan zun | wie wia wiea | der da dea der | die de d di | den n in an den | dem m dem an
alle olle oi | alles ois olls alls | abend omd obend abnd | früh fria frua | viel vui vül fiel | mehr mea mehr
nein na naa | ja jo | gut guad guat guet | muss muas muass | möchte mecht mechad mecht | will wui wü | weiß woas woaß
kein koa ka kan | keine koa kane | mein mei | meine meine mei | meinem meim | dein dei | noch no | schon scho schua
ist's is | jetzt iatz jetz | uhr ua uhr | es s es | sie si se | wird wead werd | werden wean wern | gibt gibts gib
brauche brauch | bin bin | sind san sein | war wor woa | oder oda | aber oba awa | über iba üba | unter unta | spiele spui spiel
""", [(r"en$", "n", 7), (r"er$", "a", 6), (r"e$", "", 5), (r"^ge(?=[bdfgklmnrst])", "g", 7), (r"al(?=[dtlz])", "oi", 3),
      (r"a(?=[bcdfgklmnst])", "o", 3), (r"ei", "oa", 3), (r"ü", "i", 5), (r"ö", "e", 5), (r"eu|äu", "ei", 6),
      (r"st(?=.)", "scht", 3), (r"ung$", "ung", 1), (r"il", "ui", 2), (r"t$", "d", 2), (r"ie", "ia", 3),
      (r"u(?=[tdh])", "ua", 2), (r"k(?=[lnr])", "g", 2), (r"ck", "gg", 1)]

SWISS = """
ich i ich ig | nicht nöd ned nid nit | ist isch esch | ein en es e a | eine e en a | einen en e | einem emene ere | das das s dis
auch au o ou | wir mir mer | habe ha han | haben händ hei hend | hast hesch häsch | hat het hät | heute hüt hüüt höt
morgen morn morge morgä | was was wa | zeig zeig | kann cha chan | kannst chasch channsch | können chönd chöi | für für fö
von vo vu | vom vom vum | auf uf uff ufem | zu zu z zue | zum zum zom | wie wie wi | der de dr dä | die d di die | den de dä dr
dem em im | alle alli | alles alles aus | abend abig obe abe | früh früe früeh | viel viel vil | nein nei | ja jo ja
gut guet | muss muess mues | möchte wett möcht | will wott will | weiß weiss weis | kein kei kein kes | keine kei keini
mein mi min | meine mini mis | meinem mim | dein di din | deine dini | noch no | schon scho | jetzt jetz itz | uhr uhr
es s es | sie si sie | wird wird wirt | werden wärde werde | gibt git gitt | bei bi | sind sind si | war isch gsi | aus us
oder oder | aber aber | über über | stelle stell | lösche lösch | gehen gah go | gehe gang | mal mol mau | nach noch nach
""", [(r"en$", "e", 8), (r"en$", "ä", 2), (r"^ge(?=[bdfgklmnrst])", "g", 7), (r"^k(?=[aeiouäöülnr])", "ch", 7), (r"ei", "ii", 3),
      (r"ei", "i", 3), (r"au", "uu", 3), (r"au", "u", 3), (r"eu|äu", "ü", 4), (r"st(?=.)", "scht", 5), (r"ung$", "ig", 6),
      (r"ungen$", "ige", 6), (r"chen$", "li", 5), (r"ß", "ss", 9), (r"u(?=[tdh])", "ue", 4), (r"ie", "ie", 1),
      (r"e$", "i", 2), (r"el$", "u", 2), (r"al", "au", 2), (r"ä", "e", 2), (r"^sp", "schp", 3)]

SOUTH_WEST = """
ich i | nicht net nedd | ist isch is | ein a oi en | eine a oine | einen an oin | das des s | auch au | wir mir mr
habe han hab | haben hend hen | hast hasch | hat hot hat | heute heit heut | morgen morga morge | was was wa | kann ka
kannst kasch | können kennet | für fir für | von vo vom | auf uff auf | zu zu zua | zum zom | wie wia wie | der dr der
die d dia | den de da | alle älle | nein noi | ja jo ja | gut guad gut | muss muass | möchte mecht | will will | kein koi kei
mein mei | dein dei | noch no | schon scho | jetzt jetz etz | wird wird | sind send sin | nichts nix | bisschen bissle
""", [(r"en$", "a", 6), (r"en$", "e", 4), (r"e$", "", 4), (r"^ge(?=[bdfgklmnrst])", "g", 6), (r"st(?=.)", "scht", 6),
      (r"ei", "oi", 3), (r"ü", "i", 4), (r"ö", "e", 4), (r"eu|äu", "ei", 4), (r"chen$", "le", 6), (r"lein$", "le", 6),
      (r"ie", "ia", 2), (r"^sp", "schp", 3), (r"p", "b", 2), (r"t(?=[aeiou])", "d", 2)]

NORTH = """
ich ick ik ich | nicht nich nit nüsch | ist is | ein n een | eine ne eene | einen nen n | das dat det | was wat watt
auch ooch och auch | habe hab | haben ham | heute heut heude | auf uff op | kein keen | keine keene | mein meen | mal ma
gut jut chut | zu zu | zum zun | nein nee nä | ja jo joa | noch nu noch | aber awwer aba | nichts nix nüscht | jetzt jetz
wir wir wer | mir mir mia | muss muss mut | schon schon all | oder oda | für für vor | bisschen büschen bissken | der dä der
""", [(r"en$", "n", 5), (r"er$", "a", 4), (r"^ge(?=[bdfgklmnrst])", "je", 4), (r"e$", "", 4), (r"ei", "ee", 3), (r"au", "oo", 3),
      (r"pf", "f", 4), (r"t$", "", 2), (r"ch$", "sch", 3), (r"ig$", "ich", 5), (r"k(?=[lnraou])", "g", 2), (r"t(?=[aeou])", "d", 2)]


def read(variety):
    small, letters = variety
    entries = (entry.split() for line in small.split("\n") for entry in line.split("|"))
    return {entry[0]: entry[1:] for entry in entries if entry}, [(re.compile(old), new, of_10) for old, new, of_10 in letters]


VARIETIES = [read(variety) for variety in (SOUTH_EAST, SWISS, SOUTH_WEST, NORTH)]


def spoken(chance, text):
    """The text in one of the varieties, more or less of it."""
    small, letters = chance.choice(VARIETIES)
    much = chance.uniform(0.4, 1.3)
    said = []
    for word in text.lower().split():
        bare = word.strip(".,;:!?\"'")
        if bare in small:
            said.append(chance.choice(small[bare]) if chance.random() < much else bare)
            continue
        for old, new, of_10 in letters:
            if len(bare) > 3 and chance.random() * 10 < of_10 * much:
                bare = old.sub(new, bare)
        said.append(bare)
    return " ".join(said)

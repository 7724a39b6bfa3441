//! Words by which a sentence is told to be English or German.

/// English words that stand in no table.
#[rustfmt::skip]
pub(super) const ENGLISH: &[&str] = &[
    "im", "ive", "id", "ill", "youre", "we", "were", "they", "he", "she", "you", "your", "our", "their", "them",
    "this", "that", "these", "those", "there", "here", "what", "when", "where", "which", "who", "how", "why", "would",
    "could", "should", "can", "cant", "cannot", "dont", "doesnt", "isnt", "wont", "havent", "have", "has", "had", "been",
    "being", "be", "do", "does", "did", "are", "it", "its", "if", "than", "then", "with", "without", "get", "got", "like",
    "want", "need", "call", "calling", "speak", "speaking", "talk", "help", "heating", "broken", "leak", "leaking",
    "water", "kitchen", "bathroom", "appointment", "book", "cancel", "change", "available", "possible", "works", "work",
    "open", "closed", "only", "very", "much", "some", "any", "anything", "nothing", "something", "nobody", "everyone",
    "someone", "because", "good", "nice", "great", "hello", "bye", "goodbye", "tenant", "home", "cold", "wrong",
    "through", "into", "off", "out", "every", "each", "other", "another", "again", "still", "already", "just", 
    "landlord", "owner", "customer", "afraid", "boiler", "house", "flat", "oct", "dec", "apartment", "office", "people", "thing", "things",
    "answered", "shining", "sun", "flies", "dog", "lost", "may", "sat", "born", "birth", "step", "third", "aid", "ones",
    "feet", "yards", "dressed", "thoughts", "mike", "echo", "yankee", "romeo", "foxtrot", "whiskey",
];
/// Words of the tables that German callers say as well.
#[rustfmt::skip]
pub(super) const BOTH: &[&str] = &[
    "im", "in", "an", "am", "so", "die", "was", "war", "also", "man", "will", "at", "no", "name", "april", "august",
    "september", "november", "mail", "email", "is", "ist", "all", "half", "hand", "warm", "winter", "dot", "plus", "minus", "or",
    "ok", "okay", "sorry", "super", "fine", "halloween", "advent", "euro", "euros", "cent", "cents", "dollar", "on", "to",
    "minute", "orange", "open", "top", "last", "first", "second", "class", "world", "one word", "made", "online", "hi", "hallo",
    "hello", "bye", "yes", "nope", "nah", "e", "do", "du", "he", "hat", "were", "bad", "service",
    "street", "road", "home", "job", "it", "may", "day", "black", "ill", "id", "has", 
    "professor", "pm", "ich", "bis", "mit", "mike", "romeo", "echo", "whiskey", "foxtrot", "yankee",
    "weekend", "happy", "kind", "call", "help", "slash", "be", "stop",
    "over", "under", "better", "her", "not", "fall", "order", "code", "set", "ex", "us", "out", "off", "check", "good", "nice", "lunch", "early",
    "new", "get", "like", "perfect", "percent", 
    "den", "wolf", "dash", "cold", "bitte", 
    "holy", "point", "cloud", "pound", 
    "more", "less", "most", "book", "cancel", "change", "sec", "phone", "cell",
    "case", "mobile",
];
/// Words that together are English.
pub(super) const PAIRS: &[[&str; 2]] = &[
    ["i", "am"],
    ["is", "it"],
    ["it", "is"],
    ["at", "home"],
    ["no", "one"],
    ["last", "weekend"],
    ["next", "weekend"],
];
/// German words by which a sentence is German.
#[rustfmt::skip]
pub(super) const GERMAN: &[&str] = &[
    "ich", "du", "er", "namens", "black", "sie", "es", "wir", "ihr", "mich", "mir", "uns", "ihnen", "der", "das", "den", "dem", "des", "ein",
    "eine", "einen", "einem", "einer", "und", "oder", "aber", "nicht", "kein", "keine", "ist", "sind", "bin", "habe",
    "haben", "hab", "mein", "meine", "meinen", "unser", "unsere", "auf", "mit", "von", "zu", "zum", "zur", "bei", "nach",
    "um", "uhr", "bis", "ab", "vor", "gegen", "ja", "nein", "bitte", "danke", "heute", "morgen", "gestern", "wie", "wo",
    "wer", "wann", "warum", "nur", "noch", "schon", "sehr", "gut", "geht", "passt", "kann", "moechte", "brauche", "wollte",
    "hier", "da", "dann", "wenn", "weil", "dass", "fuer", "aus", "ueber", "unter", "zwischen", "punkt", "klein", "gross",
    "nee", "doch", "mal", "halt", "genau", "stimmt", "richtig", "falsch", "herr", "frau", "heisse", "heisst",
    "halb", "viertel", "dreiviertel", "stunde", "stunden", "woche", "wochen", "tag", "tage", "monat", "jahr", "minuten",
    "nummer", "strasse", "termin", "januar", "februar", "maerz", "mai", "juni", "juli", "oktober", "dezember", "naechste",
    "naechsten", "naechster", "diese", "dieser", "diesen", "letzte", "letzten", "vielleicht", "lieber", "anfang", "ende",
    "mitte", "euro", "komma", "doppel", "wohne", "spaeter", "frueh", "abend", "abends", "nachmittag", "vormittag", "mittag",
    "schlecht", "gern", "gerne", "quatsch", "sondern", "ohne",
];

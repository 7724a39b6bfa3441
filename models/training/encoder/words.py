"""A sentence as the encoder reads it: words in normal form, each as places in a table of letter n-grams.

`src/models/sentences.rs` is the same in Rust; `export.py` writes examples of both into the card's parity file.
"""

import re

PLACES = 72_000
GRAMS_MAX = 40
WORDS_MAX = 32
FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "ê": "e"})


def normal(text):
    """The words of a text: lower case, two letters for an umlaut, without punctuation around them."""
    words = (re.sub(r"^\W+|\W+$", "", word) for word in text.lower().translate(FOLD).split())
    return [word for word in words if any(letter.isalpha() for letter in word)][:WORDS_MAX]


def place(gram):
    """FNV-1a of the gram's bytes, folded to a place of the table; 0 is nothing."""
    hashed = 0x811C9DC5
    for byte in gram.encode():
        hashed = (hashed ^ byte) * 0x01000193 & 0xFFFFFFFF
    return 1 + hashed % (PLACES - 1)


def places(word):
    """The word itself, then its n-grams of 3 to 5 letters, edges counted as letters."""
    framed = f"^{word}$"
    grams = [f"={word}"]
    for length in (3, 4, 5):
        grams += [framed[at : at + length] for at in range(len(framed) - length + 1)]
    return [place(gram) for gram in grams[:GRAMS_MAX]]

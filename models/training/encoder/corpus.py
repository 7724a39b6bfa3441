"""The corpus, cut once for all: what is trained on and what is held out."""

import tomllib
from pathlib import Path

SENTENCES = Path(__file__).resolve().parent.parent / "sentences"
# Every sixth intent is held out whole, of the others every fifth sentence.
INTENT_OUT, SENTENCE_OUT = 6, 5


def read():
    """(trained on, held-out sentences of trained intents, held-out intents): each {intent: [(text, recognised)]}."""
    kept, sentences_out, intents_out = {}, {}, {}
    number = 0
    for file in sorted(SENTENCES.glob("*.toml")):
        for intent in tomllib.loads(file.read_text())["intents"]:
            said = [(text, False) for text in intent["sentences"]]
            said += [(text, True) for text in intent.get("recognised", [])]
            name = intent["name"]
            number += 1
            if number % INTENT_OUT == 0 and name != "none_of_these":
                intents_out[name] = said
                continue
            kept[name] = [pair for at, pair in enumerate(said) if at % SENTENCE_OUT != 0]
            sentences_out[name] = [pair for at, pair in enumerate(said) if at % SENTENCE_OUT == 0]
    return kept, sentences_out, intents_out

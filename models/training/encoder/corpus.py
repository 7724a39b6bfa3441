"""The corpus, cut once for all: what is trained on and what is held out."""

import tomllib
from pathlib import Path

SENTENCES = Path(__file__).resolve().parent.parent / "sentences"
ENGLISH = "en_"
# Every sixth intent is held out whole, of the others every fifth sentence.
INTENT_OUT, SENTENCE_OUT = 6, 5


def read():
    """(trained on, held-out sentences of trained intents, held-out intents): each {intent: [(text, recognised)]}.

    `en_x` says in English what `x` says in German: the two are one intent to learn, and are held out together.
    """
    written = {}
    for file in sorted(SENTENCES.glob("*.toml")):
        for intent in tomllib.loads(file.read_text())["intents"]:
            said = [(text, False) for text in intent["sentences"]]
            written[intent["name"]] = said + [(text, True) for text in intent.get("recognised", [])]
    german = [name for name in written if not name.startswith(ENGLISH)]
    out = {name for at, name in enumerate(german, start=1) if at % INTENT_OUT == 0 and name != "none_of_these"}
    kept, sentences_out, intents_out = {}, {}, {}
    for name, said in written.items():
        meant = name.removeprefix(ENGLISH)
        if meant in out:
            intents_out[name] = said
            continue
        kept.setdefault(meant, []).extend(pair for at, pair in enumerate(said) if at % SENTENCE_OUT != 0)
        sentences_out[meant] = sentences_out.get(meant, []) + said[::SENTENCE_OUT]
    return kept, sentences_out, intents_out

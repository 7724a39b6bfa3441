"""Trains the encoder: it learns the teacher's vectors, and which of our sentences want the same.

    train.py TAUGHT.npz OUT.pt [STEPS]
"""

import random
import sys
import time

import corpus
import dialects
import numpy as np
import torch
import words as w
from torch import nn
from torch.nn import functional as F

WIDTH, OUT, STEPS = 128, 256, 3500
BATCH, INTENTS, EACH = 384, 20, 6
# Of what is disturbed, so much is dialect; of what the teacher teaches, so much is disturbed.
DIALECT_SHARE, DISTURBED_SHARE = 0.5, 0.6
FILLERS = "äh ähm also ja halt eben hallo guten tag bitte mal ne gell eigentlich ich sag mal so".split()


class Encoder(nn.Module):
    """N-grams to words, words with their neighbours, a weighted mean over them, a vector of length 1."""

    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.randn(w.PLACES, WIDTH) * 0.1)
        self.weigh = nn.Linear(WIDTH, 1)
        self.beside = nn.Linear(3 * WIDTH, OUT)
        self.alone = nn.Linear(WIDTH, OUT)
        self.out = nn.Linear(OUT, OUT)

    def forward(self, grams):
        """`grams`: [sentences, words, n-grams], 0 where there is none."""
        flat, places = grams.flatten(0, 1).unique(dim=0, return_inverse=True)
        return self.of_words(flat, places.reshape(grams.shape[:2]))

    def of_words(self, grams, places):
        """`grams`: [different words, n-grams], `places`: [sentences, words], which of them stands where."""
        count = (grams > 0).sum(1).float()
        word = F.embedding_bag(grams, self.table, mode="sum", padding_idx=0)
        word = (word / count.clamp(min=1).sqrt()[:, None])[places]
        real = (count > 0).float()[places][..., None]
        beside = torch.cat([F.pad(word, (0, 0, 1, 0))[:, :-1], word, F.pad(word, (0, 0, 0, 1))[:, 1:]], 2)
        hidden = F.relu(self.beside(beside)) + self.alone(word)
        share = torch.sigmoid(self.weigh(word)) * real
        whole = (hidden * share).sum(1) / (share.sum(1) + 1e-3)
        return F.normalize(self.out(torch.tanh(whole)), dim=1, eps=1e-6)


def disturb(chance, text):
    """What a recogniser, a hesitant caller or another region makes of it."""
    if chance.random() < DIALECT_SHARE:
        text = dialects.spoken(chance, text)
    said = text.split()
    if len(said) > 3 and chance.random() < 0.25:
        del said[chance.randrange(len(said))]
    if chance.random() < 0.2:
        said.insert(chance.randrange(len(said) + 1), chance.choice(FILLERS))
    if chance.random() < 0.3:
        at = chance.randrange(len(said))
        word = said[at]
        if len(word) > 4:
            cut = chance.randrange(1, len(word))
            said[at] = chance.choice([word[:cut] + word[cut + 1 :], word[:cut] + " " + word[cut:],
                                      word[:cut] + chance.choice("aeioutnrs") + word[cut + 1 :]])
    return " ".join(said)


def cut(texts, known={}):
    """The different words of some texts as n-grams, and which of them stands where."""
    rows = [w.normal(text) for text in texts]
    order = {word: at for at, word in enumerate(dict.fromkeys(word for row in rows for word in row), start=1)}
    cuts = [known.setdefault(word, w.places(word)) for word in order]
    grams = np.zeros((len(order) + 1, max(map(len, cuts), default=1)), np.int64)
    for at, row in enumerate(cuts, start=1):
        grams[at, : len(row)] = row
    places = np.zeros((len(rows), max(1, *map(len, rows))), np.int64)
    for at, row in enumerate(rows):
        places[at, : len(row)] = [order[word] for word in row]
    return torch.from_numpy(grams), torch.from_numpy(places)


def batch(texts):
    """The same as the exported encoder takes it: [sentences, words, n-grams]."""
    grams, places = cut(texts)
    return grams[places]


def main():
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else STEPS
    torch.manual_seed(1)
    torch.set_num_threads(1)
    chance = random.Random(1)
    taught = np.load(sys.argv[1])
    texts, vectors = taught["texts"].tolist(), torch.from_numpy(taught["vectors"]).float()
    sentences = int(taught["sentences"])
    # the teacher's 512 numbers, turned so that the first 256 carry the most
    mean_free = vectors - vectors.mean(0)
    _, axes = torch.linalg.eigh(mean_free.T @ mean_free)
    goals = F.normalize(mean_free @ axes.flip(1)[:, :OUT], dim=1)
    kept, _, _ = corpus.read()
    intents = [name for name, said in kept.items() if name != "none_of_these" and len(said) >= EACH]
    strangers = [text for text, _ in kept.get("none_of_these", [])]
    encoder = Encoder()
    descent = torch.optim.Adam(encoder.parameters(), lr=4e-3)
    pace = torch.optim.lr_scheduler.OneCycleLR(descent, 6e-3, total_steps=steps, pct_start=0.1)
    began = time.time()
    for step in range(steps):
        chosen = [chance.randrange(sentences) for _ in range(BATCH // 3)]
        chosen += [chance.randrange(sentences, len(texts)) for _ in range(BATCH - len(chosen))]
        mine = chance.sample(intents, INTENTS)
        said = [text for name in mine for text, _ in chance.sample(kept[name], EACH)] + chance.sample(strangers, EACH)
        learned = [disturb(chance, texts[at]) if chance.random() < DISTURBED_SHARE else texts[at] for at in chosen]
        made = encoder.of_words(*cut(learned + [disturb(chance, text) for text in said]))
        near, own = made[: len(chosen)], made[len(chosen) :]
        goal = goals[chosen]
        copied = (1 - (near * goal).sum(1)).mean()
        # every sentence near the others of its intent; those of nobody near nothing
        label = torch.arange(INTENTS).repeat_interleave(EACH)
        label = torch.cat([label, torch.arange(INTENTS, INTENTS + EACH)])
        alike = own @ own.T / 0.1
        alike.fill_diagonal_(-1e9)
        same = (label[:, None] == label[None, :]).float().fill_diagonal_(0)
        together = -(alike.log_softmax(1) * same).sum(1) / same.sum(1).clamp(min=1)
        together = together[: INTENTS * EACH].mean()
        loss = 4 * copied + 0.3 * together
        descent.zero_grad()
        loss.backward()
        descent.step()
        pace.step()
        if step % 100 == 0 or step == steps - 1:
            print(f"step {step}: {copied.item():.3f} {together.item():.3f}, {time.time() - began:.0f} s", flush=True)
    torch.save(encoder.state_dict(), sys.argv[2])


if __name__ == "__main__":
    main()

"""Trains the network on what `lines.py` makes, for so many minutes, on a CPU or a GPU.

    train.py LINES_FOLDER CHECKPOINT MINUTES [--from CHECKPOINT] [--threads N]
"""

import argparse
import math
import pickle
import time
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch.nn import functional as F

import texts
from network import LOOKAHEAD, STACK, Network

INDEX = {letter: index + 1 for index, letter in enumerate(texts.ALPHABET)}
BATCH_FRAMES = 12600
# Lengths that utterances are filled up to, in frames: few shapes, so that the compiled network is compiled a few times.
BUCKETS = (240, 360, 600, 1050)
RATE = 1.5e-3
WARM_STEPS = 150
EARLY_WEIGHT = 0.25
DECAY = 0.996
AVERAGE_EVERY = 4
# A shard is passed over so often, then it goes: fresh lines are cheap.
PASSES = 3
SHARDS_HELD = 10
# With fewer, training waits: what is heard again and again is learnt by heart.
SHARDS_LEAST = 4


class Lines:
    """Batches of about the same length out of the newest shards."""

    def __init__(self, folder: Path, rng: Random):
        self.folder, self.rng, self.held, self.seen = folder, rng, {}, set()

    def refill(self) -> None:
        for file, (passes, _) in list(self.held.items()):
            if passes >= PASSES:
                del self.held[file]
        while len(self.held) < SHARDS_HELD:
            fresh = [file for file in sorted(self.folder.glob("*.pkl")) if file not in self.seen]
            if not fresh and len(self.held) >= SHARDS_LEAST:
                return
            if not fresh:
                time.sleep(2)
                continue
            self.seen.add(fresh[0])
            self.held[fresh[0]] = (0, self.usable(pickle.loads(fresh[0].read_bytes())))
            fresh[0].unlink()

    @staticmethod
    def usable(lines: list) -> list:
        out = []
        for _, text, frames in lines:
            letters = [INDEX[letter] for letter in text]
            need = len(letters) + sum(a == b for a, b in zip(letters, letters[1:]))
            steps = len(frames) // STACK - LOOKAHEAD
            if steps >= need + 2 and len(frames) <= BUCKETS[-1] and np.isfinite(frames).all():
                out.append((frames, letters))
        return out

    def batches(self):
        while True:
            self.refill()
            pool = [line for _, lines in self.held.values() for line in lines]
            self.held = {file: (passes + 1, lines) for file, (passes, lines) in self.held.items()}
            self.rng.shuffle(pool)
            batches = []
            for longest, shortest in zip(BUCKETS, (0, *BUCKETS)):
                lines = [line for line in pool if shortest < len(line[0]) <= longest]
                rows = BATCH_FRAMES // longest
                batches += [(longest, lines[at : at + rows]) for at in range(0, len(lines) - rows + 1, rows)]
            self.rng.shuffle(batches)
            yield from batches

    def tensors(self, longest, batch):
        rng = self.rng
        x = np.empty((len(batch), longest, 40), np.float32)
        for row, (frames, _) in zip(x, batch):
            n = len(frames)
            row[:n], row[n:] = frames, frames[-1]
            quiet = row[:n].mean(0)
            for _ in range(2):  # bands that are missing
                wide = rng.randrange(0, 7)
                at = rng.randrange(0, 40 - wide)
                row[:n, at : at + wide] = quiet[at : at + wide]
            for _ in range(n // 120):  # moments that are missing
                long = rng.randrange(0, 10)
                at = rng.randrange(0, n - long)
                row[at : at + long] = quiet
        steps = torch.tensor([len(frames) // STACK - LOOKAHEAD for frames, _ in batch])
        letters = torch.tensor([letter for _, line in batch for letter in line])
        return torch.from_numpy(x), steps, letters, torch.tensor([len(line) for _, line in batch])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("lines", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--from", dest="begin", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rate", type=float, default=RATE)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(arguments.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    lines, network = Lines(arguments.lines, Random(1)), Network().to(device)
    lines.refill()
    frames = np.concatenate([frames for _, held in lines.held.values() for frames, _ in held[:200]]).astype(np.float32)
    network.prior.copy_(torch.from_numpy(frames.mean(0)))
    if arguments.begin:
        network.load_state_dict(torch.load(arguments.begin, map_location=device))
    print(f"{sum(p.numel() for p in network.parameters()) / 1e6:.2f} million parameters, {device}", flush=True)
    fast = torch.compile(network, dynamic=False)
    average = {name: value.clone() for name, value in network.state_dict().items()}
    optimiser = torch.optim.AdamW(network.parameters(), arguments.rate, weight_decay=5e-3, betas=(0.9, 0.98), fused=True)
    begun = said = time.time()
    step = heard = 0
    losses = []
    for longest, batch in lines.batches():
        done = (time.time() - begun) / 60 / arguments.minutes
        if done >= 1:
            break
        rate = arguments.rate * min(1, (step + 1) / WARM_STEPS) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        x, steps, letters, lengths = lines.tensors(longest, batch)
        with torch.autocast(device, torch.bfloat16):
            out, early = fast(x.to(device), early=True)
        loss = 0
        for log_probs, weight in ((out, 1 - EARLY_WEIGHT), (early, EARLY_WEIGHT)):
            heard_of = log_probs[:, LOOKAHEAD:].transpose(0, 1)
            loss = loss + weight * F.ctc_loss(heard_of, letters, steps, lengths, 0, "sum", True) / (lengths.sum() + len(batch))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        if torch.isfinite(norm):
            optimiser.step()
        step += 1
        decay = min(DECAY, (step + 1) / (step + 40))
        for name, value in network.state_dict().items() if step % AVERAGE_EVERY == 0 else ():
            average[name].lerp_(value, 1 - decay) if value.is_floating_point() else average[name].copy_(value)
        heard += int(steps.sum()) * STACK / 360000
        losses.append(loss.item())
        if time.time() - said > 30:
            said = time.time()
            minutes = (said - begun) / 60
            print(f"{minutes:.1f} min, step {step}, {heard:.1f} h heard, loss a letter {np.mean(losses):.3f}, rate {rate:.5f}", flush=True)
            losses = []
            torch.save(average, arguments.checkpoint.with_suffix(".part"))
            arguments.checkpoint.with_suffix(".part").rename(arguments.checkpoint)
    torch.save(average, arguments.checkpoint)
    print(f"done: {step} steps, {heard:.1f} h heard", flush=True)


if __name__ == "__main__":
    main()

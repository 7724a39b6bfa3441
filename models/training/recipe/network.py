"""The network: causal convolutions over stacked log-mel frames, letters out; 270 ms of look-ahead in all.

Each layer hears `KERNEL` steps, `dilation` apart, of which the last may lie `ahead` steps in the future. The future is
had by waiting: a layer with `ahead` gives its output so many steps later, so the whole network is causal and its output
at step t speaks of the sound at t - LOOKAHEAD. That is what lets it run on a stream with the last steps of each layer's
input as its only state, and training sees exactly what a stream sees.

Levels and lines differ: besides frames as they are the network gets frames less their running mean. Two layers hear the
running mean of what they found so far, which tells them who speaks over what line.
"""

import torch
from torch import nn
from torch.nn import functional as F

BANDS, STACK, LETTERS = 40, 3, 32
WIDTH, KERNEL = 320, 7
# (dilation, ahead) of each layer.
LAYERS = [(1, 1), (1, 2), (1, 2), (2, 2), (2, 2), (2, 0), (4, 0), (2, 0), (1, 0)]
GATED = (2, 6)
GATE = 96
# Training reads letters after this layer, too.
EARLY = 4
LOOKAHEAD = sum(ahead for _, ahead in LAYERS)
STEP_MS = 30
# The running mean begins with so many frames of the mean over all training.
PRIOR_FRAMES = 40.0


class Layer(nn.Module):
    def __init__(self, dilation: int, ahead: int, gated: bool, dropout: float, inputs: int = WIDTH):
        super().__init__()
        self.past, self.ahead, self.dropout = (KERNEL - 1) * dilation, ahead, dropout
        self.conv = nn.Conv1d(inputs, WIDTH, KERNEL, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(WIDTH)
        self.residual = inputs == WIDTH
        self.gate = nn.Sequential(nn.Linear(WIDTH, GATE), nn.ReLU(), nn.Linear(GATE, WIDTH)) if gated else None

    def forward(self, x):  # [batch, channels, steps]
        steps = x.shape[2]
        padded = F.pad(x, (self.past, 0))
        y = F.relu(self.norm(self.conv(padded)))
        if self.gate is not None:
            count = torch.arange(1, steps + 1, device=x.device, dtype=torch.float32)
            mean = torch.cumsum(y.float(), 2) / count
            y = y * torch.sigmoid(self.gate(mean.transpose(1, 2))).transpose(1, 2)
        if self.dropout:
            y = F.dropout(y, self.dropout, self.training)
        if self.residual:
            y = y + padded[:, :, self.past - self.ahead : self.past - self.ahead + steps]
        return y


class Network(nn.Module):
    def __init__(self, dropout: float = 0.0):
        super().__init__()
        self.register_buffer("prior", torch.zeros(BANDS))
        inputs = [2 * BANDS * STACK] + [WIDTH] * (len(LAYERS) - 1)
        self.layers = nn.ModuleList(Layer(d, a, i in GATED, dropout, inputs[i]) for i, (d, a) in enumerate(LAYERS))
        self.letters = nn.Conv1d(WIDTH, LETTERS, 1)
        self.early = nn.Conv1d(WIDTH, LETTERS, 1)

    def normalise(self, frames):  # [batch, frames, bands]
        count = torch.arange(1, frames.shape[1] + 1, device=frames.device)[:, None] + PRIOR_FRAMES
        mean = (torch.cumsum(frames, 1) + PRIOR_FRAMES * self.prior) / count
        return torch.cat([(frames - mean) * 0.4, (frames - self.prior) * 0.2], 2)

    def forward(self, frames, early: bool = False):
        """Log probabilities [batch, frames / STACK, LETTERS]; with `early` also those of the layer in the middle, which
        training uses. Step t speaks of step t - LOOKAHEAD of the sound."""
        x = self.normalise(frames.float())
        batch, count, wide = x.shape
        x = x.reshape(batch, count // STACK, wide * STACK).transpose(1, 2)
        middle = None
        for index, layer in enumerate(self.layers):
            x = layer(x)
            if index == EARLY:
                middle = x
        out = self.letters(x).float().log_softmax(1).transpose(1, 2)
        return (out, self.early(middle).float().log_softmax(1).transpose(1, 2)) if early else out

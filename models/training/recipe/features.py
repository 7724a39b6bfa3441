"""Log-mel frames, the same numbers as `src/models/features.rs`: raw, all normalisation is the network's."""

from functools import cache

import numpy as np

RATE = 8000
BANDS, FRAME, HOP, FFT = 40, 200, 80, 256
LOW_HZ, HIGH_HZ, FLOOR = 150, 3750, 1e-7
WINDOW = np.hanning(FRAME + 1)[:FRAME].astype(np.float32)


@cache
def bands(warp_percent: int = 100) -> np.ndarray:
    """Triangles in mel; a warp moves them as another vocal tract would."""
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)
    corners = 700 * (10 ** (np.linspace(mel(LOW_HZ), mel(HIGH_HZ), BANDS + 2) / 2595) - 1)
    if warp_percent != 100:
        corners = np.minimum(corners * warp_percent / 100, RATE / 2 - 1e-3 * np.arange(BANDS + 2)[::-1])
    corners = corners * FFT / RATE
    bins = np.arange(FFT // 2 + 1)[None]
    left, top, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    weights = np.maximum(0, np.minimum((bins - left) / np.maximum(top - left, 0.5), (right - bins) / np.maximum(right - top, 0.5)))
    weights[weights.sum(1) == 0, -1] = 0.01
    return weights.astype(np.float32)


def log_mel(samples: np.ndarray, warp: float = 1.0, hop: int = HOP) -> np.ndarray:
    """[frames, 40] of 8 kHz samples in ±1."""
    if len(samples) < FRAME:
        samples = np.pad(samples, (0, FRAME - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::hop]
    spectrum = np.fft.rfft(frames * WINDOW, FFT)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return np.log(power @ bands(round(warp * 100)).T + FLOOR)

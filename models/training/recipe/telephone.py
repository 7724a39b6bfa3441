"""A clean recording becomes what arrives over a bad telephone line, as log-mel frames, differently every time.

In the order of the world: speaker's size and tempo, room, telephone (band, tilt), noise beside the speaker and our own
voice as an echo, level, clipping, codec (A-law, µ-law, GSM), lost packets. Everything is drawn from one `Random`.
"""

import io
from random import Random

import numpy as np
import soundfile
from scipy.fft import irfft, next_fast_len, rfft

from features import RATE, log_mel

# Silence around the speech, in seconds; the network looks 0.3 s ahead, so the end needs more than that.
LEAD_S, TRAIL_S = (0.05, 0.5), (0.36, 0.65)
NOISE_S = 20
# A lost packet is the one before again, fading to silence within so many samples (`call/audio/jitter.rs`).
FADE_SAMPLES = 480
# Lines that are about as the telephone company promises: with bad ones only, a network of this size learns slowly.
GOOD_LINES = 0.4


def colored(rng: np.random.Generator, tilt: float, n: int) -> np.ndarray:
    spectrum = rfft(rng.standard_normal(n))
    spectrum *= np.maximum(1, np.arange(len(spectrum))) ** -tilt
    return irfft(spectrum, n)


def noises(seed: int, voices: list[np.ndarray]) -> list[np.ndarray]:
    """Twenty seconds each of what stands beside a caller, at a level of one: hiss, rumble, street, hum, fans, babble, music."""
    rng, n = np.random.default_rng(seed), NOISE_S * RATE
    time = np.arange(n) / RATE
    out = [colored(rng, tilt, n) for tilt in (0, 0, 0.1, 0.3, 0.5, 0.7, 1.0)]
    hz = np.fft.rfftfreq(n, 1 / RATE)
    for low, high in ((300, 3400), (300, 3400), (200, 3600), (400, 3000)):  # hiss that came through a telephone itself
        out.append(irfft(rfft(rng.standard_normal(n)) / (1 + (low / np.maximum(hz, 1)) ** 8) / (1 + (hz / high) ** 24), n))
    for _ in range(4):  # passing cars, wind
        swell = np.interp(time, np.arange(0, NOISE_S + 1), rng.uniform(0.05, 1, NOISE_S + 1) ** 2)
        out.append(colored(rng, 0.6, n) * swell)
    for hz in (50, 100):
        out.append(sum(np.sin(2 * np.pi * hz * k * time + rng.uniform(0, 6)) / k for k in range(1, 12)) + 0.1 * rng.standard_normal(n))
    for count in (3, 4, 6, 8, 8):  # voices at the next table
        mix = np.zeros(n)
        for _ in range(count):
            at = 0
            while at < n:
                voice = voices[rng.integers(len(voices))][::2][: n - at].astype(np.float32)
                mix[at : at + len(voice)] += voice / (voice.std() + 1) * rng.uniform(0.4, 1)
                at += len(voice) + int(rng.uniform(0, 8000))
        out.append(mix)
    for _ in range(4):  # chords, as a radio has them
        mix, at = np.zeros(n), 0
        while at < n:
            long = int(rng.uniform(0.15, 0.7) * RATE)
            note = np.arange(min(long, n - at)) / RATE
            for _ in range(3):
                hz = 110 * 2 ** (rng.integers(0, 36) / 12)
                mix[at : at + len(note)] += sum(np.sin(2 * np.pi * hz * k * note) / k for k in (1, 2, 3)) * np.exp(-2 * note)
            at += long
        out.append(mix)
    clicks = np.zeros(n)
    clicks[rng.integers(0, n, 200)] = rng.standard_normal(200) * 20
    out.append(np.convolve(clicks, rng.standard_normal(80) * np.exp(-np.arange(80) / 15), "same") + 0.1 * rng.standard_normal(n))
    return [(noise / (noise.std() + 1e-9)).astype(np.float32) for noise in out]


def mu_law(x: np.ndarray) -> np.ndarray:
    x = np.clip(x, -1, 1)
    z = np.round(np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256) * 127.5) / 127.5
    return np.sign(z) * (np.power(256.0, np.abs(z)) - 1) / 255


def a_law(x: np.ndarray) -> np.ndarray:
    x, a = np.clip(x, -1, 1), 87.6
    size = np.abs(x)
    z = np.where(size < 1 / a, a * size, 1 + np.log(np.maximum(a * size, 1))) / (1 + np.log(a))
    z = np.round(z * 127.5) / 127.5
    back = np.where(z < 1 / (1 + np.log(a)), z * (1 + np.log(a)) / a, np.exp(z * (1 + np.log(a)) - 1) / a)
    return np.sign(x) * back


def gsm(x: np.ndarray) -> np.ndarray:
    file = io.BytesIO()
    soundfile.write(file, x, RATE, format="WAV", subtype="GSM610")
    file.seek(0)
    back = soundfile.read(file, dtype="float32")[0]
    return back[: len(x)] if len(back) >= len(x) else np.pad(back, (0, len(x) - len(back)))


def lose(y: np.ndarray, share: float, random: np.random.Generator, concealed: bool) -> np.ndarray:
    """Packets of 20 ms get lost; concealed is what is left as our jitter buffer does it, else by silence."""
    lost = random.random(len(y) // 160) < share
    lost[:1] = False
    since = 0
    for number in np.flatnonzero(lost):
        at = number * 160
        since = since + 160 if number and lost[number - 1] else 0
        fade = np.maximum(0, 1 - (since + np.arange(160)) / FADE_SAMPLES)
        y[at : at + 160] = y[at - since - 160 : at - since] * fade if concealed else 0
    return y


def clean(samples: np.ndarray) -> np.ndarray:
    """Telephone band, level and µ-law, nothing else: 8 kHz samples."""
    x = samples.astype(np.float32)
    x *= 0.5 / (np.abs(x).max() + 1)
    x = np.concatenate([np.zeros(4800, np.float32), x, np.zeros(8000, np.float32)])
    m = next_fast_len(len(x), True)
    spectrum, hz = rfft(x, m), np.arange(m // 2 + 1) * 16000 / m
    gain = 1 / (1 + (300 / np.maximum(hz, 1)) ** 8) / (1 + (hz / 3400) ** 24)
    half = (m // 2) & ~1
    y = irfft((spectrum * gain)[: half // 2 + 1], half) * (half / m)
    y = y[: len(x) // 2] + np.random.default_rng(1).standard_normal(min(len(x) // 2, half)) * 3e-4
    return mu_law(y).astype(np.float32)


def rough(samples: np.ndarray, rng: Random, background: list[np.ndarray], real: bool) -> np.ndarray:
    """Log-mel frames of `samples` (16 kHz) over a line drawn from `rng`."""
    random = np.random.default_rng(rng.randrange(1 << 30))
    x = samples.astype(np.float32)
    x *= 0.5 / (np.abs(x).max() + 1)
    x = np.concatenate([np.zeros(int(rng.uniform(*LEAD_S) * 16000), np.float32), x, np.zeros(int(rng.uniform(*TRAIL_S) * 1.2 * 16000), np.float32)])
    good = rng.random() < GOOD_LINES
    wide = 0.08 if good else 0.21 if real else 0.15
    speed = rng.uniform(1 - wide, 1 + wide * 0.9)
    m = next_fast_len(len(x), True)
    spectrum = rfft(x, m)
    if not good and rng.random() < 0.3:  # a room
        long = int(rng.uniform(0.03, 0.3) * 16000)
        echo = random.standard_normal(long) * np.exp(-6 * np.arange(long) / long) * rng.uniform(0.05, 0.3)
        echo[0] = 1
        spectrum = spectrum * rfft(echo, m)
    half = next_fast_len(int(m / 2 / speed), True) & ~1
    hz = np.arange(half // 2 + 1) * RATE / half
    low, high = rng.uniform(80, 380), rng.uniform(3000, 3700)
    gain = 1 / (1 + (low / np.maximum(hz, 1)) ** 8) / (1 + (hz / high) ** 24)
    bumps = np.interp(hz, np.linspace(0, 4000, 9), random.normal(0, rng.uniform(0, 3), 9))
    gain *= 10 ** ((rng.uniform(-4, 4) * np.log2(np.clip(hz, 200, 4000) / 1000) + bumps) / 20)
    spectrum = spectrum[: len(gain)]
    y = irfft(spectrum * gain[: len(spectrum)], half).astype(np.float32) * (half / m)
    y = y[: int(len(x) / 2 / speed)]
    loud = np.abs(y) > 0.1 * np.abs(y).max()
    power = np.sqrt(np.mean(y[loud] ** 2)) if loud.any() else 0.05

    def beside(ratio_db: float) -> np.ndarray:
        noise = background[rng.randrange(len(background))]
        at = rng.randrange(max(1, len(noise) - len(y)))
        cut = noise[at : at + len(y)]
        cut = cut if len(cut) == len(y) else np.resize(cut, len(y))
        return cut * (power / 10 ** (ratio_db / 20))

    if rng.random() < 0.8:
        y = y + beside(rng.uniform(18, 40) if good else rng.uniform(4, 24))
    if not good and rng.random() < 0.3:
        y = y + beside(rng.uniform(18, 35))
    y = y * (10 ** (rng.uniform(-14 if good else -24, 4) / 20))
    if not good and rng.random() < 0.15:
        top = np.abs(y).max() * rng.uniform(0.3, 0.8)
        y = np.clip(y, -top, top)
    y = y + random.standard_normal(len(y)).astype(np.float32) * 10 ** rng.uniform(-5.5, -3.4)
    codec = rng.random()
    y = mu_law(y) if codec < 0.4 else a_law(y) if codec < 0.8 else gsm(np.clip(y, -1, 1)) if codec < 0.9 else y
    if not good and rng.random() < 0.45:
        y = lose(y, rng.uniform(0.005, 0.06), random, rng.random() < 0.75)
    hop = round(80 * rng.uniform(0.88, 1.16)) if real and rng.random() < 0.5 else 80
    return log_mel(y.astype(np.float32), rng.uniform(0.86, 1.18), hop)

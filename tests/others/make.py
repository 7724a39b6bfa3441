"""Makes what tests/recognisers_of_others.rs compares with: tiny recognisers in the layouts of sherpa-onnx and NeMo
with random weights (only layout and arithmetic are true: they understand nothing), a sound, and what sherpa-onnx and
kaldi-native-fbank make of it. The sound is doubled to 16 kHz as call/audio/halfband.rs does it.

    python3 -m venv VENV && VENV/bin/pip install onnx==1.23.2 sherpa-onnx==2.0.1 kaldi-native-fbank==1.23.0 numpy
    VENV/bin/python tests/others/make.py [FOLDER]

With a folder everything is written there, for a run of the test against what is installed here
(KLINKE_OTHERS=FOLDER cargo test --test recognisers_of_others); without, beside this file.
"""

import json
import pathlib
import sys
import wave

import kaldi_native_fbank as knf
import numpy as np
import onnx
import sherpa_onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper

OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
PIECES = ["<blk>", "<sos/eos>", "<unk>", "▁"] + list("abdeghilmnorstuwzäü") + [
    "en", "er", "ch", "ei", "in", "▁ja", "▁nein", "▁der", "▁die", "▁ich", "▁mü", "ller", "▁ter", "min", "▁20", "."]
HOTWORDS = ["müller", "termin", "nein", "wann ich", "herrin", "dienst"]
GAIN = 1.0  # src/models/leaning.rs
WIDTH, BANDS = 48, 80


def doubled(narrow):
    """call/audio/halfband.rs: Doubler."""
    side = [10391, -3342, 1865, -1194, 799, -539, 358, -230, 140, -80, 40, -16]
    taps = np.array(side[::-1] + side, dtype=np.int64)
    sound = np.concatenate([np.zeros(23, np.int64), narrow.astype(np.int64)])
    wide = np.zeros(2 * len(narrow), np.int64)
    wide[0::2] = sound[11:11 + len(narrow)]
    wide[1::2] = np.clip((np.convolve(sound, taps[::-1], "valid") + (1 << 13)) >> 14, -32768, 32767)
    return wide.astype(np.int16)


def sound(seconds=4.0, rate=8000):
    """Voiced stretches with gliding formants, hisses and pauses."""
    rng = np.random.default_rng(4)
    t = np.arange(int(seconds * rate)) / rate
    pitch = np.cumsum(110 + 30 * np.sin(2 * np.pi * 0.7 * t)) / rate
    voice = np.zeros_like(t)
    for k in range(1, 25):
        f = k * 120
        formants = np.exp(-((f - 500 - 250 * np.sin(2 * np.pi * 1.9 * t)) / 180) ** 2)
        formants += 0.6 * np.exp(-((f - 1600 - 600 * np.sin(2 * np.pi * 1.1 * t + 1)) / 250) ** 2)
        voice += formants * np.sin(2 * np.pi * k * pitch)
    hiss = rng.standard_normal(len(t)) * (np.sin(2 * np.pi * 2.3 * t) > 0.6) * 0.5
    loud = (np.sin(2 * np.pi * 0.45 * t + 0.4) > -0.6) * (0.4 + 0.6 * np.abs(np.sin(2 * np.pi * 3.1 * t)))
    mixed = (voice + hiss) * loud + 0.003 * rng.standard_normal(len(t))
    return np.clip(mixed * 5000, -32768, 32767).astype(np.int16)


class Graph:
    """A graph with random weights."""

    def __init__(self, seed):
        self.rng, self.nodes, self.weights, self.count = np.random.default_rng(seed), [], [], 0

    def constant(self, value):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def random(self, *shape, scale=1.0):
        return self.constant((self.rng.standard_normal(shape) * scale).astype(np.float32))

    def wholes(self, *values):
        return self.constant(np.array(values, np.int64))

    def __call__(self, op, *inputs, out=None, **attributes):
        self.count += 1
        out = out or f"n{self.count}"
        self.nodes.append(h.make_node(op, list(inputs), [out], **attributes))
        return out

    def save(self, path, inputs, outputs, properties):
        ports = lambda all: [h.make_tensor_value_info(name, kind, shape) for name, kind, shape in all]
        graph = h.make_graph(self.nodes, "tiny", ports(inputs), ports(outputs), self.weights)
        model = h.make_model(graph, opset_imports=[h.make_opsetid("", 13)], ir_version=8)
        h.set_model_props(model, {key: str(value) for key, value in properties.items()})
        onnx.checker.check_model(model)
        path.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(model, path)


def states(kind):
    """Name, element, shape (None where the batch stands) of each state."""
    if kind == "lstm":
        return [("h", T.FLOAT, [2, None, 32]), ("c", T.FLOAT, [2, None, 40])], dict(
            num_encoder_layers=2, rnn_hidden_size=40, d_model=32)
    if kind == "conformer":
        return [("attn_cache", T.FLOAT, [2, 16, None, 32]), ("conv_cache", T.FLOAT, [2, 6, None, 32])], dict(
            num_encoder_layers=2, left_context=16, encoder_dim=32, pad_length=4, cnn_module_kernel=7)
    dims, layers, left, heads, keys, values, kernels = [32, 48], [1, 2], [8, 4], [2, 2], [4, 4], [4, 6], [5, 3]
    all, at = [], 0
    for stack, dim in enumerate(dims):
        for _ in range(layers[stack]):
            value = values[stack] * heads[stack]
            all += [(f"cached_key_{at}", T.FLOAT, [left[stack], None, keys[stack] * heads[stack]]),
                    (f"cached_nonlin_attn_{at}", T.FLOAT, [1, None, left[stack], 3 * dim // 4]),
                    (f"cached_val1_{at}", T.FLOAT, [left[stack], None, value]),
                    (f"cached_val2_{at}", T.FLOAT, [left[stack], None, value]),
                    (f"cached_conv1_{at}", T.FLOAT, [None, dim, kernels[stack] // 2]),
                    (f"cached_conv2_{at}", T.FLOAT, [None, dim, kernels[stack] // 2])]
            at += 1
    all += [("embed_states", T.FLOAT, [None, 128, 3, 19]), ("processed_lens", T.INT64, [None])]
    join = lambda list: ",".join(map(str, list))
    return all, dict(encoder_dims=join(dims), query_head_dims=join(keys), value_head_dims=join(values),
                     num_heads=join(heads), num_encoder_layers=join(layers), cnn_module_kernels=join(kernels),
                     left_context_len=join(left))


def encoder(kind, folder, seed):
    frames, step = {"zipformer2": (45, 32), "lstm": (9, 4), "conformer": (45, 32)}[kind]
    steps = step // 4
    g = Graph(seed)
    x = g("Slice", "x", g.wholes(frames - step), g.wholes(frames), g.wholes(1))
    x = g("Mul", g("Add", x, g.constant(np.float32(8))), g.constant(np.float32(0.15)))
    x = g("Reshape", x, g.wholes(0, steps, 4 * BANDS))
    heard = g("Tanh", g("MatMul", x, g.random(4 * BANDS, WIDTH, scale=0.12)))
    mean = g("ReduceMean", heard, axes=[1], keepdims=0)
    all, properties = states(kind)
    inputs, outputs = [("x", T.FLOAT, ["N", frames, BANDS])], [("encoder_out", T.FLOAT, ["N", steps, WIDTH])]
    total = heard
    for name, element, shape in all:
        batch = shape.index(None)
        rest = [at for at in range(len(shape)) if at != batch]
        dims = ["N" if length is None else length for length in shape]
        inputs.append((name, element, dims))
        outputs.append((f"new_{name}", element, dims))
        if element == T.INT64:
            g("Add", name, g.wholes(steps * 2), out=f"new_{name}")
            told = g("Sin", g("Mul", g("Cast", name, to=T.FLOAT), g.constant(np.float32(0.1))))
        else:
            told = g("ReduceMean", g("Mul", name, g.random(*[1 if at == batch else shape[at] for at in range(len(shape))],
                                                           scale=3.0)), axes=rest, keepdims=0)
            ramp = g.random(*[1 if at in (batch, rest[-1]) else shape[at] for at in range(len(shape))])
            part = g("Slice", mean, g.wholes(0), g.wholes(min(WIDTH, shape[rest[-1]])), g.wholes(1))
            if shape[rest[-1]] < 8:  # a convolution's: its channels are the second last
                part = g("Slice", mean, g.wholes(0), g.wholes(shape[rest[0]]), g.wholes(1))
                part = g("Unsqueeze", part, g.wholes(2))
                ramp = g.random(1, 1, shape[rest[-1]])
            else:
                part = g("Unsqueeze", part, g.wholes(*[at for at in range(len(shape)) if at not in (batch, rest[-1])]))
            fresh = g("Mul", part, ramp)
            g("Add", g("Mul", name, g.constant(np.float32(0.6))), g("Tanh", fresh), out=f"new_{name}")
        total = g("Add", total, g("Mul", g("Unsqueeze", told, g.wholes(1, 2)), g.random(1, 1, WIDTH, scale=0.7)))
    if kind == "conformer":
        inputs.append(("processed_lens", T.INT64, ["N"]))
        told = g("Sin", g("Mul", g("Cast", "processed_lens", to=T.FLOAT), g.constant(np.float32(0.1))))
        total = g("Add", total, g("Mul", g("Unsqueeze", told, g.wholes(1, 2)), g.random(1, 1, WIDTH, scale=0.7)))
    g("MatMul", g("Tanh", total), g.random(WIDTH, WIDTH, scale=0.25), out="encoder_out")
    g.save(folder / "encoder.onnx", inputs, outputs,
           dict(model_type=kind, T=frames, decode_chunk_len=step, **properties))


def transducer(kind, folder, seed, blank):
    encoder(kind, folder, seed)
    count, look_back = len(PIECES), 2
    g = Graph(seed + 1)
    known = g("Unsqueeze", g("Cast", g("GreaterOrEqual", "y", g.wholes(0)), to=T.FLOAT), g.wholes(2))
    looked = g("Gather", g.random(count, 16), g("Max", "y", g.wholes(0)))
    flat = g("Reshape", g("Mul", looked, known), g.wholes(0, 16 * look_back))
    g("Tanh", g("MatMul", flat, g.random(16 * look_back, 32, scale=0.3)), out="decoder_out")
    g.save(folder / "decoder.onnx", [("y", T.INT64, ["N", look_back])], [("decoder_out", T.FLOAT, ["N", 32])],
           dict(context_size=look_back, vocab_size=count))
    g = Graph(seed + 2)
    both = g("Add", g("MatMul", "encoder_out", g.random(WIDTH, 32, scale=0.25)),
             g("MatMul", "decoder_out", g.random(32, 32, scale=0.35)))
    bias = np.zeros(count, np.float32)
    bias[0] = blank
    g("Add", g("MatMul", g("Tanh", both), g.random(32, count, scale=0.9)), g.constant(bias), out="logit")
    g.save(folder / "joiner.onnx", [("encoder_out", T.FLOAT, ["N", WIDTH]), ("decoder_out", T.FLOAT, ["N", 32])],
           [("logit", T.FLOAT, ["N", count])], dict(joiner_dim=32))
    (folder / "tokens.txt").write_text("".join(f"{piece} {at}\n" for at, piece in enumerate(PIECES)))
    (folder / "bpe.vocab").write_text("".join(f"{piece} {-at if at > 3 else 0}\n" for at, piece in enumerate(PIECES)))


def nemo(folder, seed, blank):
    pieces = ["<unk>"] + PIECES[3:] + ["<blk>"]
    g = Graph(seed)
    heard = g("Conv", "audio_signal", g.random(WIDTH, BANDS, 8, scale=0.06), kernel_shape=[8], strides=[8],
              pads=[0, 7])
    heard = g("Transpose", g("Tanh", heard), perm=[0, 2, 1])
    told = g("Mul", g("Unsqueeze", g("Cast", "length", to=T.FLOAT), g.wholes(1, 2)), g.constant(np.float32(0.0001)))
    bias = np.zeros(len(pieces), np.float32)
    bias[-1] = blank
    heard = g("Add", g("MatMul", g("Add", heard, told), g.random(WIDTH, len(pieces), scale=0.6)), g.constant(bias))
    g("LogSoftmax", heard, axis=-1, out="logprobs")
    g.save(folder / "model.onnx", [("audio_signal", T.FLOAT, ["B", BANDS, "T"]), ("length", T.INT64, ["B"])],
           [("logprobs", T.FLOAT, ["B", "S", len(pieces)])],
           dict(vocab_size=len(pieces) - 1, normalize_type="per_feature", subsampling_factor=8,
                model_type="EncDecCTCModelBPE", version=1))
    (folder / "tokens.txt").write_text("".join(f"{piece} {at}\n" for at, piece in enumerate(pieces)))
    return pieces


def streamed(folder, narrow, **how):
    recogniser = sherpa_onnx.OnlineRecognizer.from_transducer(
        tokens=str(folder / "tokens.txt"), encoder=str(folder / "encoder.onnx"), decoder=str(folder / "decoder.onnx"),
        joiner=str(folder / "joiner.onnx"), num_threads=1, provider="cpu", **how)
    stream = recogniser.create_stream()
    frames, step = (9, 4) if folder.name == "lstm" else (45, 32)
    tail = np.zeros((frames + step) * 80, np.int16)
    stream.accept_waveform(16000, doubled(np.concatenate([narrow, tail])).astype(np.float32) / 32768)
    stream.input_finished()
    while recogniser.is_ready(stream):
        recogniser.decode_stream(stream)
    number = {piece.replace("▁", " "): at for at, piece in enumerate(PIECES)}
    pieces = [number[token.replace("▁", " ")] for token in recogniser.tokens(stream)]
    return [pieces, [round(time / 0.04) for time in recogniser.timestamps(stream)]]


def whole(folder, narrow, pieces):
    recogniser = sherpa_onnx.OfflineRecognizer.from_nemo_ctc(
        model=str(folder / "model.onnx"), tokens=str(folder / "tokens.txt"), num_threads=1)
    stream = recogniser.create_stream()
    stream.accept_waveform(16000, doubled(narrow).astype(np.float32) / 32768)
    recogniser.decode_stream(stream)
    number = {piece.replace("▁", " "): at for at, piece in enumerate(pieces)}
    times = [round(time / 0.08) for time in stream.result.timestamps]
    return [[number[token.replace("▁", " ")] for token in stream.result.tokens], times]


def features(narrow, nemo):
    """Every 40th frame and the last one."""
    options = knf.FbankOptions()
    options.frame_opts.dither, options.frame_opts.snip_edges, options.mel_opts.num_bins = 0, False, BANDS
    options.mel_opts.high_freq = -400
    if nemo:
        options.mel_opts.low_freq = options.mel_opts.high_freq = 0
        options.mel_opts.is_librosa = True
        options.frame_opts.remove_dc_offset, options.frame_opts.window_type = False, "hann"
        options.use_log_fbank = False  # NeMo adds 2**-24 to the energies
    fbank = knf.OnlineFbank(options)
    fbank.accept_waveform(16000, (doubled(narrow).astype(np.float32) / 32768).tolist())
    fbank.input_finished()
    count = fbank.num_frames_ready
    log = (lambda energy: np.log(energy + 2.0**-24)) if nemo else (lambda value: value)
    return dict(count=count, frames={at: [round(float(value), 5) for value in log(fbank.get_frame(at))]
                                     for at in [*range(0, count, 40), count - 1]})


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    narrow = sound()
    with wave.open(str(OUT / "sound.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(narrow.tobytes())
    parts = dict(all=narrow, middle=narrow[6400:22400], odd=narrow[1111:27778])
    expected = dict(sherpa_onnx=sherpa_onnx.__version__, features={}, pieces={})
    expected["features"] = dict(kaldi=features(narrow, False), nemo=features(narrow, True))
    expected["parts"] = dict(all=[0, len(narrow)], middle=[6400, 22400], odd=[1111, 27778])
    words = OUT / "hotwords.txt"
    words.write_text("".join(f"{word}\n" for word in HOTWORDS))
    for kind, seed, blank in [("zipformer2", 40, 3.2), ("lstm", 50, 3.2), ("conformer", 60, 3.2)]:
        folder = OUT / kind
        transducer(kind, folder, seed, blank)
        ways = dict(greedy=dict(decoding_method="greedy_search"),
                    beam=dict(decoding_method="modified_beam_search", max_active_paths=4),
                    hotwords=dict(decoding_method="modified_beam_search", max_active_paths=4,
                                  hotwords_file=str(words), hotwords_score=GAIN, modeling_unit="bpe",
                                  bpe_vocab=str(folder / "bpe.vocab")))
        expected["pieces"][kind] = {
            name: {way: streamed(folder, part, **how) for way, how in ways.items()} for name, part in parts.items()}
    pieces = nemo(OUT / "nemo", 70, 2.4)
    expected["pieces"]["nemo"] = {
        name: dict(greedy=whole(OUT / "nemo", part, pieces)) for name, part in parts.items()}
    (OUT / "expected.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")
    for kind, all in expected["pieces"].items():
        for name, ways in all.items():
            print(kind, name, {way: len(found[0]) for way, found in ways.items()},
                  "the hotwords change something" if ways.get("hotwords") != ways.get("beam") else "")


main()

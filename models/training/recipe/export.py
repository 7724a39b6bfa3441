"""From a checkpoint to the ONNX file that is shipped: streaming, BatchNorm folded, 8-bit weights and activations.

The graph takes any number of frames and the state of the stream (see models/de-telephone/CARD.md) and is written node by
node, so that it holds what a stream needs and nothing else. Checked here: in chunks it gives what the network gave for the
whole, and 8 bits say the same letters.

    export.py CHECKPOINT TO.onnx LINES.pkl
"""

import pickle
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

import network as net

END = np.iinfo(np.int64).max
CALIBRATION_LINES, CALIBRATION_FRAMES = 160, 240


class Graph:
    """Nodes, constants and the cut of the state, in the order in which they are written."""

    def __init__(self):
        self.nodes, self.constants, self.at, self.states = [], [], 0, []

    def node(self, kind: str, *inputs: str, **attributes) -> str:
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def constant(self, value, dtype=np.float32) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def cut(self, x: str, axis: int, start: int, end: int = END) -> str:
        ints = [self.constant([value], np.int64) for value in (start, end, axis)]
        return self.node("Slice", x, *ints)

    def last(self, x: str, axis: int) -> str:
        return self.cut(x, axis, -1)

    def state(self, *shape: int) -> str:
        """The next part of the state, [batch, *shape]."""
        size = int(np.prod(shape))
        part = self.cut("state", 1, self.at, self.at + size)
        self.at += size
        return self.node("Reshape", part, self.constant([0, *shape], np.int64))

    def keep(self, x: str) -> None:
        """What the state's next part becomes."""
        self.states.append(self.node("Flatten", x, axis=1))


def build(model: net.Network) -> onnx.ModelProto:
    g = Graph()
    numpy = lambda tensor: tensor.detach().numpy()
    total, count = g.state(1, net.BANDS), g.state(1, 1)
    summed = g.node("Add", g.node("CumSum", "log_mel", g.constant(1, np.int64)), total)
    one = helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])
    frames = g.node("Shape", g.cut("log_mel", 2, 0, 1))
    counted = g.node("Add", g.node("CumSum", g.node("ConstantOfShape", frames, value=one), g.constant(1, np.int64)), count)
    g.keep(g.last(summed, 1))
    g.keep(g.last(counted, 1))
    prior = numpy(model.prior)
    mean = g.node("Div", g.node("Add", summed, g.constant(prior * net.PRIOR_FRAMES)), g.node("Add", counted, g.constant(net.PRIOR_FRAMES)))
    relative = g.node("Mul", g.node("Sub", "log_mel", mean), g.constant(0.4))
    absolute = g.node("Mul", g.node("Sub", "log_mel", g.constant(prior)), g.constant(0.2))
    width = 2 * net.BANDS * net.STACK
    x = g.node("Reshape", g.node("Concat", relative, absolute, axis=2), g.constant([0, -1, width], np.int64))
    steps = g.node("Div", counted, g.constant(float(net.STACK)))
    thirds = [g.constant([value], np.int64) for value in (net.STACK - 1, END, 1, net.STACK)]
    steps = g.node("Slice", steps, *thirds)  # how many steps the stream has had, at each step
    for layer in model.layers:
        scale = layer.norm.weight / torch.sqrt(layer.norm.running_var + layer.norm.eps)
        weight = (layer.conv.weight * scale[:, None, None]).permute(2, 1, 0).reshape(-1, net.WIDTH)
        bias = layer.norm.bias - layer.norm.running_mean * scale
        padded = g.node("Concat", g.state(layer.past, width), x, axis=1)
        g.keep(g.cut(padded, 1, -layer.past))
        dilation = layer.past // (net.KERNEL - 1)
        here = lambda back: g.cut(padded, 1, layer.past - back, -back if back else END)
        taps = [here(layer.past - tap * dilation) for tap in range(net.KERNEL)]
        y = g.node("MatMul", g.node("Concat", *taps, axis=2), g.constant(numpy(weight)))
        y = g.node("Relu", g.node("Add", y, g.constant(numpy(bias))))
        if layer.gate is not None:
            found = g.node("Add", g.node("CumSum", y, g.constant(1, np.int64)), g.state(1, net.WIDTH))
            g.keep(g.last(found, 1))
            z = g.node("Div", found, steps)
            for index in (0, 2):
                linear = layer.gate[index]
                z = g.node("Add", g.node("MatMul", z, g.constant(numpy(linear.weight.T))), g.constant(numpy(linear.bias)))
                z = g.node("Sigmoid" if index else "Relu", z)
            y = g.node("Mul", y, z)
        x = g.node("Add", y, here(layer.ahead)) if layer.residual else y
        width = net.WIDTH
    out = g.node("MatMul", x, g.constant(numpy(model.letters.weight[:, :, 0].T)))
    out = g.node("Add", out, g.constant(numpy(model.letters.bias)))
    g.nodes.append(helper.make_node("LogSoftmax", [out], ["log_probs"], axis=2))
    g.nodes.append(helper.make_node("Concat", g.states, ["next_state"], axis=1))
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        g.nodes, "de-telephone", [value("log_mel", ["batch", "frames", net.BANDS]), value("state", ["batch", g.at])],
        [value("log_probs", ["batch", "steps", net.LETTERS]), value("next_state", ["batch", g.at])], g.constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def describe(model: onnx.ModelProto) -> None:
    state = model.graph.input[1].type.tensor_type.shape.dim[1].dim_value
    facts = {"klinke.kind": "letters", "klinke.state_len": state, "klinke.lookahead_steps": net.LOOKAHEAD}
    helper.set_model_props(model, {name: str(value) for name, value in facts.items()})


def session(path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def stream(run: onnxruntime.InferenceSession, frames: np.ndarray, chunk: int) -> np.ndarray:
    """[steps, 32] for frames that come `chunk` at a time."""
    state = np.zeros((1, run.get_inputs()[1].shape[1]), np.float32)
    out = []
    for at in range(0, len(frames) // 3 * 3, chunk):
        part = frames[at : at + chunk]
        part = part[: len(part) // 3 * 3]
        log_probs, state = run.run(None, {"log_mel": part[None].astype(np.float32), "state": state})
        out.append(log_probs[0])
    return np.concatenate(out)


class Calibration(CalibrationDataReader):
    def __init__(self, lines, state: int):
        self.state = np.zeros((1, state), np.float32)
        self.lines = iter(lines)

    def get_next(self):
        line = next(self.lines, None)
        if line is None:
            return None
        frames = line[2][:CALIBRATION_FRAMES].astype(np.float32)
        return {"log_mel": frames[None], "state": self.state}


def main() -> None:
    checkpoint, to, lines = Path(sys.argv[1]), Path(sys.argv[2]), pickle.loads(Path(sys.argv[3]).read_bytes())
    model = net.Network().eval()
    model.load_state_dict(torch.load(checkpoint, map_location="cpu"))
    plain = build(model)
    onnx.checker.check_model(plain)
    state = plain.graph.input[1].type.tensor_type.shape.dim[1].dim_value
    with tempfile.TemporaryDirectory() as folder:
        whole, ready, small = (str(Path(folder) / name) for name in ("whole.onnx", "ready.onnx", "small.onnx"))
        onnx.save(plain, whole)
        fine = session(whole)
        worst = 0.0
        for _, _, frames in lines[:: len(lines) // 12]:
            frames = frames[: len(frames) // 3 * 3].astype(np.float32)
            with torch.no_grad():
                expected = model(torch.from_numpy(frames)[None])[0].numpy()
            worst = max(worst, np.abs(np.exp(stream(fine, frames, 6)) - np.exp(expected)).max())
        print(f"in chunks against the whole network: worst difference of a probability {worst:.2e}")
        assert worst < 1e-3
        quant_pre_process(whole, ready, skip_symbolic_shape=True)
        chosen = [line for line in lines if line[1] and len(line[2]) >= CALIBRATION_FRAMES]
        chosen = chosen[:: max(1, len(chosen) // CALIBRATION_LINES)]
        big = [node.name for node in onnx.load(ready).graph.node if node.op_type == "MatMul"]
        # the gates and the letters are a hundredth of the work, and where precision is worth most
        constants = {item.name: list(item.dims) for item in onnx.load(ready).graph.initializer}
        exact = [node.name for node in onnx.load(ready).graph.node if node.op_type == "MatMul" and constants.get(node.input[1], [0])[0] < 1000]
        quantize_static(
            ready, small, Calibration(chosen, state), quant_format=QuantFormat.QDQ, op_types_to_quantize=["MatMul"],
            per_channel=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, nodes_to_exclude=exact,
            calibrate_method=CalibrationMethod.Percentile, extra_options={"CalibPercentile": 99.995})
        final = onnx.load(small)
        describe(final)
        onnx.save(final, to)
        print(f"{len(big) - len(exact)} of {len(big)} products in 8 bits")
    rough = session(str(to))
    same = total = 0
    for _, _, frames in lines[:: len(lines) // 60]:
        letters = [stream(run, frames, 6).argmax(1) for run in (fine, rough)]
        same, total = same + int((letters[0] == letters[1]).sum()), total + len(letters[0])
    print(f"8 bits say the same at {100 * same / total:.2f} % of the steps; {to.stat().st_size:,} bytes, state {state}")


if __name__ == "__main__":
    main()

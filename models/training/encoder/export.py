"""Writes the encoder as ONNX, its table in 8 bits, and checks that it still says the same.

    export.py ENCODER.pt OUT.onnx

Fails where a vector of the corpus differs from the trained one by more than a cosine of 0.99.
"""

import sys

import corpus
import numpy as np
import onnx
import onnxruntime
import torch
import train
import words
from onnx import TensorProto, helper, numpy_helper

COSINE_MIN = 0.99


def graph(weights):
    """`grams` [batch, words, n-grams] to `vector` [batch, 256]."""
    table = weights["table"].numpy().copy()
    table[0] = 0
    scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-9) / 127
    constants = {"table": np.round(table / scale).astype(np.int8), "scale": scale.astype(np.float32)}
    for name in ("weigh", "beside", "alone", "out"):
        constants[f"{name}.w"] = weights[f"{name}.weight"].numpy().T.copy()
        constants[f"{name}.b"] = weights[f"{name}.bias"].numpy()
    whole = {"zero": 0, "last": [2], "second": [1], "from": [0], "to": [-1], "one": [1], "end": [1 << 40],
             "before": [0, 1, 0, 0, 0, 0], "behind": [0, 0, 0, 0, 1, 0]}
    constants |= {name: np.array(value, np.int64) for name, value in whole.items()}
    constants |= {name: np.array(value, np.float32) for name, value in {"unit": 1, "little": 1e-3, "least": 1e-6}.items()}
    nodes = []

    def node(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))

    def linear(name, given):
        node("MatMul", [given, f"{name}.w"], f"{name}.product")
        node("Add", [f"{name}.product", f"{name}.b"], name)

    node("Greater", ["grams", "zero"], "there.is")
    node("Cast", ["there.is"], "there", to=TensorProto.FLOAT)
    node("ReduceSum", ["there", "last"], "count", keepdims=1)
    node("Gather", ["table", "grams"], "rows.small")
    node("Cast", ["rows.small"], "rows.float", to=TensorProto.FLOAT)
    node("Gather", ["scale", "grams"], "rows.scale")
    node("Mul", ["rows.float", "rows.scale"], "rows")
    node("ReduceSum", ["rows", "last"], "sum", keepdims=0)
    node("Max", ["count", "unit"], "count.some")
    node("Sqrt", ["count.some"], "count.root")
    node("Squeeze", ["count.root", "last"], "divisor2")
    node("Unsqueeze", ["divisor2", "last"], "divisor")
    node("Div", ["sum", "divisor"], "word")
    node("Min", ["count", "unit"], "real3")
    node("Squeeze", ["real3", "last"], "real2")
    node("Unsqueeze", ["real2", "last"], "real")
    node("Pad", ["word", "before"], "shifted")
    node("Slice", ["shifted", "from", "to", "second"], "previous")
    node("Pad", ["word", "behind"], "shifted.back")
    node("Slice", ["shifted.back", "one", "end", "second"], "next")
    node("Concat", ["previous", "word", "next"], "three", axis=2)
    linear("beside", "three")
    node("Relu", ["beside"], "neighbours")
    linear("alone", "word")
    node("Add", ["neighbours", "alone"], "hidden")
    linear("weigh", "word")
    node("Sigmoid", ["weigh"], "share.any")
    node("Mul", ["share.any", "real"], "share")
    node("Mul", ["hidden", "share"], "weighed")
    node("ReduceSum", ["weighed", "second"], "top", keepdims=0)
    node("ReduceSum", ["share", "second"], "bottom", keepdims=0)
    node("Add", ["bottom", "little"], "bottom.some")
    node("Div", ["top", "bottom.some"], "whole")
    node("Tanh", ["whole"], "bent")
    linear("out", "bent")
    node("ReduceL2", ["out", "second"], "length", keepdims=1)
    node("Max", ["length", "least"], "length.some")
    node("Div", ["out", "length.some"], "vector")
    given = [helper.make_tensor_value_info("grams", TensorProto.INT64, ["batch", "words", "grams"])]
    made = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["batch", train.OUT])]
    held = [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()]
    model = helper.make_model(helper.make_graph(nodes, "de-sentences", given, made, held),
                              opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    properties = {"klinke.kind": "sentences", "klinke.places": str(words.PLACES)}
    helper.set_model_props(model, properties)
    onnx.checker.check_model(model)
    return model


def main():
    weights = torch.load(sys.argv[1])
    onnx.save(graph(weights), sys.argv[2])
    encoder = train.Encoder()
    encoder.load_state_dict(weights)
    session = onnxruntime.InferenceSession(sys.argv[2])
    least = 1.0
    texts = [text for part in corpus.read() for said in part.values() for text, _ in said]
    for at in range(0, len(texts), 64):
        grams = train.batch(texts[at : at + 64])
        with torch.no_grad():
            trained = encoder(grams).numpy()
        least = min(least, float((session.run(None, {"grams": grams.numpy()})[0] * trained).sum(1).min()))
    print(f"{len(texts)} sentences, least cosine to the trained encoder {least:.4f}")
    if least < COSINE_MIN:
        sys.exit("the exported encoder says something else than the trained one")


if __name__ == "__main__":
    main()

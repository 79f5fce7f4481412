"""Makes the tiny sentence model that the tests of the ONNX embedding run, and the vectors that onnxruntime gives for it.

    pip install onnx onnxruntime tokenizers numpy
    python reference/make_tiny_sentence_model.py crates/monazite-mapping/tests/data/tiny-sentence-model

Nothing is learnt: a table of random vectors by token, one layer of attention over the tokens, a normalisation. It has the
three inputs and the output of all-MiniLM-L6-v2, and a vocabulary of a dozen words.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "magnets", "of", "metal", "cerium", "compounds", "live", "horses", "electric", "motors"]
WIDTH = 8


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20250801)
    weights = {
        "words": rng.normal(size=(len(WORDS), WIDTH)),
        "types": rng.normal(size=(2, WIDTH)) * 0.1,
        "query": rng.normal(size=(WIDTH, WIDTH)) * 0.3,
        "scale": np.ones(WIDTH) * 1.5,
        "shift": rng.normal(size=WIDTH) * 0.1,
    }
    weights = {name: value.astype(np.float32) for name, value in weights.items()}
    node = helper.make_node
    nodes = [
        node("Gather", ["words", "input_ids"], ["word"]),
        node("Gather", ["types", "token_type_ids"], ["type"]),
        node("Add", ["word", "type"], ["token"]),
        node("MatMul", ["token", "query"], ["asked"]),
        node("Transpose", ["token"], ["turned"], perm=[0, 2, 1]),
        node("MatMul", ["asked", "turned"], ["raw"]),
        node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["mask", "axis"], ["row"]),
        node("Mul", ["raw", "row"], ["scores"]),
        node("Softmax", ["scores"], ["shares"], axis=-1),
        node("MatMul", ["shares", "token"], ["mixed"]),
        node("Add", ["mixed", "token"], ["sum"]),
        node("LayerNormalization", ["sum", "scale", "shift"], ["last_hidden_state"], axis=-1),
    ]
    shape = ["batch", "sequence"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask", "token_type_ids")]
    outputs = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, WIDTH])]
    constants = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    constants.append(numpy_helper.from_array(np.array([1], dtype=np.int64), "axis"))
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, folder / "model.onnx")
    tokenizer = {
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": [
            {"id": i, "content": WORDS[i], "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} for i in range(4)
        ],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "special_tokens": {t: {"id": t, "ids": [WORDS.index(t)], "tokens": [t]} for t in ("[CLS]", "[SEP]")},
        },
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: i for i, word in enumerate(WORDS)}, "unk_token": "[UNK]"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, indent=1) + "\n")

    import onnxruntime
    from tokenizers import Tokenizer

    words = Tokenizer.from_file(str(folder / "tokenizer.json"))
    words.no_padding()
    words.enable_truncation(256)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    lines = []
    for text in ["Magnets of metal", "cerium compounds", "live horses", "Electric motors of unknown metal", ""]:
        ids = np.array([words.encode(text).ids], dtype=np.int64)
        (states,) = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)})
        mean = states[0].mean(axis=0)
        mean /= np.linalg.norm(mean)
        lines.append({"text": text, "vector": [round(float(x), 7) for x in mean]})
    (folder / "expected.json").write_text("[\n" + ",\n".join(" " + json.dumps(line) for line in lines) + "\n]\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

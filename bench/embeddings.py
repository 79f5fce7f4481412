"""Embedding the texts of all HS6 codes: monazite-mapping and sentence-transformers, same model, same threads, in turn.

    cargo build --release -p monazite-mapping --example embed
    python bench/embeddings.py TABLE.csv MINILM_FOLDER ONNX_FOLDER... [--threads 1] [--runs 3]

TABLE.csv has the columns code,description. MINILM_FOLDER holds the weights for sentence-transformers, each ONNX_FOLDER a
model.onnx and tokenizer.json of the same model. Each run is a process of its own; the time is that of the embedding alone
(without loading the model and importing libraries), in wall seconds and, from the operating system's account of the process
around it, in CPU seconds. Prints the ratios of neighbouring runs and the cosines between the two sets of vectors.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

root = Path(__file__).resolve().parent.parent
embed = root / "target/release/examples/embed"

BASELINE = """
import csv, os, sys, time
table, model, out, threads = sys.argv[1:]
import torch
torch.set_num_threads(int(threads))
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(model, device="cpu")
with open(table, encoding="utf-8", newline="") as file:
    texts = [row["description"] for row in csv.DictReader(file)]
before, cpu = time.perf_counter(), time.process_time()
vectors = model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
print(len(texts), round(time.perf_counter() - before, 3), round(time.process_time() - cpu, 3))
vectors.astype("<f4").tofile(out)
"""


def run(command):
    environment = dict(os.environ, HF_HUB_OFFLINE="1", OMP_NUM_THREADS=str(a.threads))
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    out = process.stdout.read().decode().split()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return dict(texts=int(out[0]), wall=float(out[1]), cpu=usage.ru_utime + usage.ru_stime, inside=float(out[2]) if len(out) > 2 else None, mb=usage.ru_maxrss / 1024)


ap = argparse.ArgumentParser()
ap.add_argument("table")
ap.add_argument("minilm")
ap.add_argument("onnx", nargs="+")
ap.add_argument("--threads", type=int, default=1)
ap.add_argument("--runs", type=int, default=3)
a = ap.parse_args()
middle = lambda rows, key: statistics.median(row[key] for row in rows)
with tempfile.TemporaryDirectory() as folder:
    theirs_file, ours_file = Path(folder) / "theirs", Path(folder) / "ours"
    for onnx in [*a.onnx, "static"]:
        pairs = []
        for _ in range(a.runs if onnx != "static" else 1):
            ours = run([embed, onnx, a.table, ours_file, a.threads])
            theirs = run([sys.executable, "-c", BASELINE, a.table, a.minilm, theirs_file, a.threads])
            pairs.append((ours, theirs))
        ours, theirs = [p[0] for p in pairs], [p[1] for p in pairs]
        x, y = (np.fromfile(f, dtype="<f4").reshape(ours[0]["texts"], -1) for f in (ours_file, theirs_file))
        print(f"{onnx}: {ours[0]['texts']} texts, {a.threads} thread(s)")
        print(f"  monazite               {middle(ours, 'cpu'):7.1f} CPU s for the whole process, {middle(ours, 'wall'):7.1f} s wall for the embedding, {middle(ours, 'mb'):5.0f} MB")
        print(f"  sentence-transformers  {middle(theirs, 'cpu'):7.1f} CPU s for the whole process, {middle(theirs, 'inside'):7.1f} CPU s and {middle(theirs, 'wall'):.1f} s wall for the embedding, {middle(theirs, 'mb'):5.0f} MB")
        if onnx == "static":
            continue
        # The whole process of ours against the embedding alone of theirs: the comparison that is hardest on ours.
        ratios = [t["inside"] / o["cpu"] for o, t in pairs]
        print(f"  theirs (embedding alone) / ours (whole process), CPU: {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")
        cosines = (x.astype(np.float64) * y).sum(axis=1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)
        rng = np.random.default_rng(0)
        i, j = rng.integers(len(x), size=(2, 200_000))
        apart = np.abs((x[i].astype(np.float64) * x[j]).sum(axis=1) - (y[i].astype(np.float64) * y[j]).sum(axis=1))
        print(f"  cosine of each vector with theirs: at least {cosines.min():.6f}; cosines between texts differ by at most {apart.max():.2e}")

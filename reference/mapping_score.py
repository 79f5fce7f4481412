"""Scores links against a reference list, and says what embeddings alone would give.

    python reference/mapping_score.py GOLD.csv candidates CANDIDATES.csv
    python reference/mapping_score.py GOLD.csv nearest PRODUCTS.csv MODEL_FOLDER

GOLD.csv has the columns input,output (studies/rare-earths/gold.csv). `candidates` scores a candidates file by votes; the
recall is also given over those links of the list whose input the file has any link from. `nearest` takes the k codes
whose texts are nearest to the text of each input of the list for its outputs, without any language model. MODEL_FOLDER is
a static model (needs model2vec) or a sentence model (needs sentence-transformers).
"""

import csv
import sys
from collections import Counter
from pathlib import Path

import numpy as np


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def score(name, links, gold):
    """Links and reference as sets of pairs."""
    hit = links & gold
    asked = {i for i, _ in links}
    near = {(i, o) for i, o in gold if i in asked}
    share = lambda a, b: f"{a / b:.3f}" if b else "undefined"
    print(
        f"{name}: {len(links)} links, {len(hit)} of them in the list of {len(gold)}; precision {share(len(hit), len(links))}, "
        f"recall {share(len(hit), len(gold))}, recall from the inputs reached {share(len(hit), len(near))}"
    )
    return hit


def candidates(gold, path):
    votes = Counter((row["input"], row["output"]) for row in rows_of(path))
    for k in range(1, max(votes.values(), default=0) + 1):
        hit = score(f"at least {k} votes", {pair for pair, v in votes.items() if v >= k}, gold)
        if k == 1:
            print("  found:", ", ".join(f"{i}->{o} ({votes[i, o]})" for i, o in sorted(hit)))


def nearest(gold, products_file, folder):
    sys.path.insert(0, str(Path(__file__).parent))
    from embedding_floor import embedder

    products = [row for row in rows_of(products_file) if not row["code"].startswith("99")]
    codes = [row["code"] for row in products]
    vectors = np.asarray(embedder(folder)([row["description"] for row in products]), dtype=np.float64)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    inputs = sorted({i for i, _ in gold if i in codes})
    order = {}
    for i in inputs:
        at = codes.index(i)
        cosines = vectors @ vectors[at]
        cosines[at] = -2
        order[i] = [codes[j] for j in np.argsort(-cosines, kind="stable")]
    for k in (1, 5, 10, 20, 50):
        score(f"nearest {k}", {(i, o) for i in inputs for o in order[i][:k]}, gold)
    ranks = [order[i].index(o) + 1 for i, o in gold if i in order and o in codes]
    print(f"rank of the right output among {len(codes) - 1}: median {np.median(ranks):.0f} (by chance {len(codes) / 2:.0f})")
    same = [i[:4] == o[:4] for i in inputs for o in order[i][:10]]
    print(f"of the nearest 10, {np.mean(same):.2f} are of the same heading as the input: near is alike, not made of")


if __name__ == "__main__":
    reference = {(row["input"], row["output"]) for row in rows_of(sys.argv[1])}
    if sys.argv[2] == "candidates":
        candidates(reference, sys.argv[3])
    else:
        nearest(reference, sys.argv[3], sys.argv[4])

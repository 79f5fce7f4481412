"""How well an embedding model finds the HS code that a description means, and from which cosine on.

    python reference/embedding_floor.py PRODUCTS.csv MODEL...

MODEL is a folder: of a static model (config.json with `apply_pca`, model.safetensors, tokenizer.json; needs model2vec) or of
a sentence model (needs sentence-transformers). PRODUCTS.csv has the columns code,description.

For each floor: descriptions of goods whose nearest code is right and above it, whose nearest code is wrong and above it,
and texts that are no goods but find a code above it. The floor chosen is the one with the largest right - (wrong + no
good) / 2, of equals the smallest: a wrong match counts half, because votes and the test on trade come after it, while
nothing brings back a match that was lost.
"""

import csv
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def embedder(folder):
    if "apply_pca" in (Path(folder) / "config.json").read_text():
        from model2vec import StaticModel

        return StaticModel.from_pretrained(folder).encode
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(folder, device="cpu").encode


def main(products_file, folders):
    products = [row for row in rows_of(products_file) if not row["code"].startswith("99")]
    goods = rows_of(HERE / "values" / "good_descriptions.csv")
    for folder in folders:
        encode = embedder(folder)
        unit = lambda texts: (lambda v: v / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-12))(np.asarray(encode(texts), dtype=np.float64))
        cosines = unit([g["text"] for g in goods]) @ unit([p["description"] for p in products]).T
        best = cosines.argmax(axis=1)
        top = cosines.max(axis=1)
        found = [products[b]["code"] for b in best]
        is_good = np.array([bool(g["codes"]) for g in goods])
        right = np.array([any(f.startswith(c) for c in g["codes"].split()) for f, g in zip(found, goods)])
        heading = np.array([any(f[:4] == c[:4] for c in g["codes"].split()) for f, g in zip(found, goods)])
        print(f"{folder}: nearest code right {right.sum()} of {is_good.sum()}, heading right {heading.sum()}")
        rows = []
        for floor in np.arange(0.2, 0.9, 0.025):
            above = top >= floor
            rows.append((floor, (above & right).sum(), (above & is_good & ~right).sum(), (above & ~is_good).sum()))
        for floor, r, w, n in rows:
            print(f"  floor {floor:.3f}: right {r:2d}, wrong {w:2d}, no good {n:2d}, net {r - (w + n) / 2}")
        chosen = max(rows, key=lambda row: (row[1] - (row[2] + row[3]) / 2, -row[0]))
        print(f"  chosen {chosen[0]:.3f}")
        for g, f, t, ok in zip(goods, found, top, right):
            if not ok and t >= chosen[0]:
                text = next(p["description"] for p in products if p["code"] == f)
                print(f"    {t:.2f} {g['text']!r} -> {f} {text[:70]}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

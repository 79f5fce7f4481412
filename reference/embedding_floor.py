"""How well an embedding model finds the HS code that a description means, and from which cosine on.

    python reference/embedding_floor.py PRODUCTS.csv MODEL...

MODEL is a folder: of a static model (config.json with `apply_pca`, model.safetensors, tokenizer.json; needs model2vec) or of
a sentence model (needs sentence-transformers). PRODUCTS.csv has the columns code,description.

For each floor: descriptions of goods whose nearest code is right and above it, whose nearest code is wrong and above it,
and texts that are no goods but find a code above it. The floor chosen is the one with the largest right - (wrong + no
good) / 2, of equals the smallest: a wrong match counts half, because votes and the test on trade come after it, while
nothing brings back a match that was lost.

Two more floors are for answers that name a code with the description. The code floor is the largest multiple of .05 that every description
reaches with one of its right codes: texts such as "Electric accumulators, other" are far from what they hold (a lithium-ion battery), so a
code that a capable model names needs little support; shares of other codes that pass show what the floor keeps out. The heading floor, for
the nearest code of a heading that is named, is the largest multiple of .05 that 95 % of the descriptions reach within their right heading.
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


def floors_of_codes(cosines, goods, codes):
    best, in_heading, others = [], [], {"same heading": [], "same chapter": [], "elsewhere": []}
    for row, good in zip(cosines, goods):
        right = good["codes"].split()
        if not right:
            continue
        is_right = np.array([any(c.startswith(r) for r in right) for c in codes])
        heading = np.array([any(c[:4] == r[:4] for r in right) for c in codes])
        chapter = np.array([any(c[:2] == r[:2] for r in right) for c in codes])
        best.append(row[is_right].max())
        at = np.flatnonzero(heading)[row[heading].argmax()]
        in_heading.append((row[at], is_right[at]))
        others["same heading"].extend(row[heading & ~is_right])
        others["same chapter"].extend(row[chapter & ~heading])
        others["elsewhere"].extend(row[~chapter])
    for floor in np.arange(0.05, 0.55, 0.05):
        passing = ", ".join(f"{name} {np.mean(np.array(list_) >= floor):.3f}" for name, list_ in others.items())
        above = [ok for cosine, ok in in_heading if cosine >= floor]
        print(
            f"  code floor {floor:.2f}: right codes that pass {np.mean(np.array(best) >= floor):.3f}; others that pass: {passing}; "
            f"nearest of the right heading passes {len(above) / len(in_heading):.3f}, of these right {np.mean(above):.3f}"
        )


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
        floors_of_codes(cosines, goods, [p["code"] for p in products])
        for g, f, t, ok in zip(goods, found, top, right):
            if not ok and t >= chosen[0]:
                text = next(p["description"] for p in products if p["code"] == f)
                print(f"    {t:.2f} {g['text']!r} -> {f} {text[:70]}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

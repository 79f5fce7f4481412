"""Scores links against a reference list, and says what embeddings alone would give.

    python reference/mapping_score.py GOLD.csv candidates CANDIDATES.csv [--surplus FILE.csv] [--texts PRODUCTS.csv]
    python reference/mapping_score.py GOLD.csv runs MATCHES.csv
    python reference/mapping_score.py GOLD.csv recording ANSWERS.jsonl.gz [--goods N]
    python reference/mapping_score.py GOLD.csv nearest PRODUCTS.csv MODEL_FOLDER

GOLD.csv has the columns input,output,chain (studies/rare-earths/gold.csv).

`candidates` scores a candidates file by votes, at six and at four digits, and by chain: precision, recall, and the recall over those
links of the list whose input the file has any link from. Precision is a lower bound: a link that the list lacks may be right. Links
with at least six votes that the list lacks go to the file of --surplus, with the texts of --texts, to be judged by reading.

`runs` scores what each run named in open answers (matches.csv of a mapping), all runs together, and how far any two runs agree.

`recording` scores all that a recording holds, whatever study it was asked for: the codes that open answers name, of each answer the first N
goods (15), and the confirmations of pairs. Codes are taken as they are named, without a look at the descriptions.

`nearest` takes the k codes whose texts are nearest to the text of each input of the list for its outputs, without any language model.
MODEL_FOLDER is a static model (needs model2vec) or a sentence model (needs sentence-transformers).
"""

import argparse
import csv
import sys
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

SURPLUS_VOTES = 6


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def share(a, b):
    return f"{a / b:.3f}" if b else "-"


def cut(links, digits):
    """Links between codes of fewer digits; links within one code fall away."""
    short = {(i[:digits], o[:digits]) for i, o in links}
    return {(i, o) for i, o in short if i != o}


def score(links, gold, digits):
    """Found, precision, recall, and recall over those links of the list whose six-digit input the links come from."""
    asked = {i for i, _ in links}
    near = cut({(i, o) for i, o in gold if i in asked}, digits)
    links, gold = cut(links, digits), cut(gold, digits)
    hit = links & gold
    return len(hit), share(len(hit), len(links)), share(len(hit), len(gold)), share(len(links & near), len(near))


def lines(name, links, gold):
    for digits in (6, 4):
        found, precision, recall, near = score(links, gold, digits)
        print(f"{name if digits == 6 else '':<22} {digits} digits  links {len(cut(links, digits)):5}  found {found:3}  precision {precision:>5}  recall {recall:>5}  from inputs reached {near:>5}")


def candidates(gold_rows, path, surplus, texts):
    gold = {(row["input"], row["output"]) for row in gold_rows}
    votes = Counter((row["input"], row["output"]) for row in rows_of(path))
    most = max(votes.values(), default=0)
    by_votes = {k: {pair for pair, v in votes.items() if v >= k} for k in range(1, most + 1)}
    for k, links in by_votes.items():
        lines(f"at least {k} votes", links, gold)
    chains = defaultdict(set)
    for row in gold_rows:
        chains[row.get("chain") or "-"].add((row["input"], row["output"]))
    print("\nrecall by chain, six and four digits:")
    print("votes  " + "  ".join(f"{name:>13}" for name in sorted(chains)))
    for k, links in by_votes.items():
        parts = []
        for name in sorted(chains):
            six, four = (score(links, chains[name], d)[2] for d in (6, 4))
            parts.append(f"{six:>6} {four:>6}")
        print(f"{k:5}  " + "  ".join(parts))
    missing = sorted(gold - by_votes.get(1, set()))
    print(f"\nnever found ({len(missing)}):", ", ".join(f"{i}->{o}" for i, o in missing))
    beyond = sorted(by_votes.get(SURPLUS_VOTES, set()) - gold)
    print(f"with at least {SURPLUS_VOTES} votes and not in the list: {len(beyond)}")
    if surplus:
        text_of = {row["code"]: row["description"] for row in rows_of(texts)} if texts else {}
        with open(surplus, "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["input", "output", "votes", "input_text", "output_text", "right", "why"])
            for i, o in beyond:
                out.writerow([i, o, votes[i, o], text_of.get(i, ""), text_of.get(o, ""), "", ""])
        print(f"written to {surplus}: fill in right (yes, no) and why (a document)")


def runs(gold_rows, path):
    gold = {(row["input"], row["output"]) for row in gold_rows}
    named = defaultdict(set)
    ways = Counter()
    for row in rows_of(path):
        ways[row["way"]] += 1
        if row["linked"] == "yes":
            pair = (row["code"], row["product"]) if row["question"] == "inputs" else (row["product"], row["code"])
            named[int(row["run"])].add(pair)
    print("goods by way:", ", ".join(f"{way} {count}" for way, count in ways.most_common()))
    for run in sorted(named):
        lines(f"run {run}", named[run], gold)
    lines("all runs", set().union(*named.values()), gold)
    for digits in (6, 4):
        pairs = [(cut(named[a], digits), cut(named[b], digits)) for a, b in combinations(sorted(named), 2)]
        likes = [len(a & b) / len(a | b) for a, b in pairs if a | b]
        if likes:
            print(f"two runs share {sum(likes) / len(likes):.3f} of their links at {digits} digits (Jaccard, mean of {len(likes)} pairs)")


def recording(gold_rows, path, goods):
    import gzip
    import json

    gold = {(row["input"], row["output"]) for row in gold_rows}
    named = defaultdict(set)
    asked, votes = set(), Counter()
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file][1:]
    for record in records:
        kind, *about = record["key"].split("-")
        if not record.get("answer") or about[-1] == "again":
            continue
        answer = json.loads(record["answer"])
        if kind == "uses":
            asked.add(about[0])
            named[int(about[1][1:])] |= {(about[0], good["code"]) for good in answer["goods"][:goods] if good["code"] != about[0]}
        elif kind == "confirm" and answer["answer"] == "yes":
            votes[about[0], about[1]] += 1
    runs_of = Counter(pair for links in named.values() for pair in links)
    print(f"{len(records)} answers; {len(asked)} products asked about; {len(runs_of)} links named in the first {goods} goods")
    inputs = {i for i, _ in gold}
    print(f"of {len(inputs)} inputs of the list {len(inputs & asked)} were asked about")
    together = set(runs_of)
    confirmed = {pair for pair in together if votes[pair] >= SURPLUS_VOTES}
    everyone = {pair for pair in confirmed if runs_of[pair] == len(named)}
    for name, links in (("all runs together", together), (f"at least {SURPLUS_VOTES} votes", confirmed), ("and named by all runs", everyone)):
        # Inputs that were asked about count, also where nothing was found.
        for digits in (6, 4):
            near = cut({(i, o) for i, o in gold if i in asked}, digits)
            hit = cut(links, digits)
            whole = cut(gold, digits)
            print(f"{name if digits == 6 else '':<22} {digits} digits  links {len(hit):5}  of asked inputs {share(len(hit & near), len(near))} of {len(near)}  of the whole list {share(len(hit & whole), len(whole))} of {len(whole)}")
    chains = defaultdict(set)
    for row in gold_rows:
        chains[row.get("chain") or "-"].add((row["input"], row["output"]))
    print("\nby chain, of links with asked inputs, together and with votes, at six and at four digits:")
    for name in sorted(chains):
        near = {(i, o) for i, o in chains[name] if i in asked}
        parts = [share(len(cut(links, d) & cut(near, d)), len(cut(near, d))) for links in (together, confirmed) for d in (6, 4)]
        print(f"  {name:<10} {len(near):3} of {len(chains[name]):3}  " + "  ".join(parts))
    missing = sorted((i, o) for i, o in gold if i in asked and (i, o) not in together)
    print(f"never named ({len(missing)}):", ", ".join(f"{i}->{o}" for i, o in missing))
    unvoted = sorted((i, o) for i, o in gold if (i, o) in together - confirmed)
    print(f"named, and fewer than {SURPLUS_VOTES} votes ({len(unvoted)}):", ", ".join(f"{i}->{o} {votes[i, o]}" for i, o in unvoted))


def nearest(gold_rows, products_file, folder):
    import numpy as np

    sys.path.insert(0, str(Path(__file__).parent))
    from embedding_floor import embedder

    gold = {(row["input"], row["output"]) for row in gold_rows}
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
        lines(f"nearest {k}", {(i, o) for i in inputs for o in order[i][:k]}, gold)
    ranks = [order[i].index(o) + 1 for i, o in gold if i in order and o in codes]
    print(f"rank of the right output among {len(codes) - 1}: median {np.median(ranks):.0f} (by chance {len(codes) / 2:.0f})")
    same = [i[:4] == o[:4] for i in inputs for o in order[i][:10]]
    print(f"of the nearest 10, {np.mean(same):.2f} are of the same heading as the input: near is alike, not made of")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold")
    parser.add_argument("what", choices=["candidates", "runs", "recording", "nearest"])
    parser.add_argument("file")
    parser.add_argument("model", nargs="?")
    parser.add_argument("--surplus")
    parser.add_argument("--texts")
    parser.add_argument("--goods", type=int, default=15)
    given = parser.parse_args()
    gold_rows = rows_of(given.gold)
    if given.what == "candidates":
        candidates(gold_rows, given.file, given.surplus, given.texts)
    elif given.what == "runs":
        runs(gold_rows, given.file)
    elif given.what == "recording":
        recording(gold_rows, given.file, given.goods)
    else:
        nearest(gold_rows, given.file, given.model)


if __name__ == "__main__":
    main()

"""Compares the codes of mapped chains with the codes that published lists name for the same material.

    python reference/published_lists.py studies/rare-earths studies/lithium studies/cobalt studies/gallium

For each study: the codes that its candidates reach from its seeds by links with `chain.votes` votes, beside those of
reference/values/published_lists.csv for its material (which list names which code is in that file, with where it was seen). Lists are of
other editions; a code that HS 2007 lacks is compared with the code that it came from. Ores and scrap are no uses of the seeds: the walk goes
outward, so they are told apart.
"""

import csv
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).parent
# What the codes of later editions were in HS 2007 (UNSD correlation tables).
BEFORE = {"850760": "850780", "281219": "281210", "285390": "285100", "811230": "811292"}
UPSTREAM = ("25", "26")


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def reached(study):
    settings = tomllib.loads((study / "study.toml").read_text(encoding="utf-8"))
    votes = Counter((row["input"], row["output"]) for row in rows_of(study / "candidates.csv"))
    links = defaultdict(list)
    for (one, other), count in votes.items():
        if count >= settings["chain"]["votes"]:
            links[one].append(other)
    tiers = dict.fromkeys(settings["study"]["seeds"], 0)
    frontier = list(tiers)
    while frontier:
        frontier = sorted({o for i in frontier for o in links[i]} - tiers.keys())
        depth = max(tiers.values()) + 1
        tiers.update(dict.fromkeys(frontier, depth))
    return settings["study"]["material"], tiers


def main():
    published = defaultdict(lambda: defaultdict(set))
    for row in rows_of(HERE / "values" / "published_lists.csv"):
        code = BEFORE.get(row["hs6"], row["hs6"])
        published[row["material"]][code].add(row["list"])
    for folder in map(Path, sys.argv[1:]):
        material, tiers = reached(folder)
        lists = published[material]
        of_chain = {c for c in lists if not c.startswith(UPSTREAM)}
        found = sorted(of_chain & tiers.keys())
        print(f"{material}: {len(tiers)} codes in the chain; {len(lists)} codes in {len(set().union(*lists.values()))} lists, {len(lists) - len(of_chain)} of them ores")
        print(f"  in both {len(found)} of {len(of_chain)}:", ", ".join(f"{c} (tier {tiers[c]}, {len(lists[c])} lists)" for c in found))
        missing = sorted(of_chain - tiers.keys())
        print("  in lists alone:", ", ".join(f"{c} ({len(lists[c])}: {'; '.join(sorted(lists[c]))[:60]})" for c in missing) or "none")


if __name__ == "__main__":
    main()

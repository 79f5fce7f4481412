"""An independent computation of what `monazite what-if` and `monazite diversify` answer, with numpy and dense matrices.

    python reference/what_if.py                                      target/release/monazite on runs/example
    python reference/what_if.py --program PROGRAM --run DIR          another program, another run

Asks the program with --json and computes the same from flows.parquet and stability.csv of the run; nothing is shared but the definitions
(docs/methods/23-shocks.md, 24-diversification.md). Compared, each to 1e-10 relative, for the products in focus of the example in three years:

- the stop of the largest supplier: loss shares of the world and of every importer listed, none, exposure and mass balance, by iteration;
- the power of every supplier listed, by iteration, under exposure and mass balance, direct shares, multiplier, concentration of the damage;
- fills of a pool, by iteration;
- plans of the three largest importers (Dinkelbach's method), STR before and after, the frontier;
- a swap, and everybody's plans one after the other and all at once (value iteration).

numpy does the mathematics; pandas reads the files.
"""
import argparse, json, subprocess, sys
from pathlib import Path
import numpy as np
import pandas as pd

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--program", default=root / "target/release/monazite")
ap.add_argument("--run", default=root / "runs/example")
args = ap.parse_args()
run = Path(args.run)
flows = pd.read_parquet(run / "flows.parquet")
flows["product"] = flows["product"].astype(str)
pv = pd.read_csv(run / "stability.csv", keep_default_na=False)
instability = {(r.year, r.country): 1 - r.pv / 100 for r in pv.itertuples()}
worst, failed = {}, []


def compare(what, found, expected, tolerance=1e-10):
    off = abs(found - expected) / max(1.0, abs(expected))
    worst[what] = max(worst.get(what, 0.0), off)
    if not off < tolerance:
        failed.append(f"{what}: {found}, not {expected}")


def ask(*question):
    command = [str(args.program), "--json", "--quiet", question[0], str(run), *map(str, question[1:])]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}{done.stdout}")
    return json.loads(done.stdout)


class Year:
    """One product in one year; rows are suppliers."""

    def __init__(self, product, year):
        own = flows[(flows["product"] == product) & (flows.year == year)]
        self.codes = sorted(set(own.exporter) | set(own.importer))
        at = {code: i for i, code in enumerate(self.codes)}
        n = len(self.codes)
        self.t = np.zeros((n, n))
        for a, c, v in zip(own.exporter, own.importer, own.value):
            self.t[at[a], at[c]] += v
        self.m, self.x = self.t.sum(0), self.t.sum(1)
        self.w = np.array([instability.get((year, code), 0.0) for code in self.codes])
        with np.errstate(divide="ignore", invalid="ignore"):
            self.s = np.where(self.m > 0, self.t / np.where(self.m > 0, self.m, 1), 0.0)
            mass = np.where(self.x > 0, np.minimum(1, self.m / np.where(self.x > 0, self.x, 1)), 1.0)
            exposure = self.m / np.where(self.m + self.x > 0, self.m + self.x, 1)
        mass[self.m == 0] = 0
        self.phi = {"none": np.zeros(n), "exposure": exposure, "mass_balance": mass}
        self.at = at

    def stop(self, a, phi, fill=0.0):
        """Loss shares if a sells nothing, from l = 0."""
        l = np.zeros(len(self.m))
        for _ in range(200_000):
            x = phi * l
            x[a] = 1.0
            new = (1 - fill) * (self.s.T @ x)
            if np.max(np.abs(new - l)) < 1e-16:
                return new
            l = new
        return l

    def pool(self, a, phi, kappa):
        """Least fill of a pool if a stops and all others can sell kappa more; halving between too little and enough."""
        spare_share = np.full(len(self.m), kappa)
        spare_share[a] = 0
        rho = 0.0
        for _ in range(100_000):
            l = self.stop(a, phi, rho)
            x = phi * l
            spare = (spare_share * self.x * (1 - x)).sum()
            x[a] = 1.0
            need = (self.m * (self.s.T @ x)).sum()
            new = min(1.0, spare / need)
            if abs(new - rho) < 1e-15:
                return new
            rho = max(rho, new)
        return rho

    def excess(self, s):
        phi = self.phi["mass_balance"]
        v = self.w[:, None] * s
        return np.linalg.solve(np.eye(len(self.w)) - (phi[:, None] * v).T, v.sum(0))

    def limits(self, c, delta=0.1, kappa=0.25, least=0.01):
        s0 = self.s[:, c]
        may = (self.x > 0) & ((s0 > 0) | (self.x >= least * self.t.sum()))
        up = np.where(may, np.minimum(1, s0 + kappa * np.maximum(0, self.x - self.t[:, c]) / self.m[c]), s0)
        up[c] = 0
        return s0, np.maximum(up, 0), delta

    def cheapest(self, prices, s0, up, delta):
        s, left = s0.copy(), delta
        order = sorted(range(len(s)), key=lambda a: (prices[a], a))
        lo, hi = 0, len(order) - 1
        while left > 1e-16 and lo < hi:
            to, source = order[lo], order[hi]
            if prices[source] <= prices[to]:
                break
            # What was moved to a supplier does not go on.
            room, have = up[to] - s[to], min(s[source], s0[source])
            if room <= 0:
                lo += 1
                continue
            if have <= 0:
                hi -= 1
                continue
            step = min(room, have, left)
            s[to] += step
            s[source] -= step
            left -= step
        return s

    def plan(self, c, s0, up, delta, shares=None):
        """Least e_c: buy the cheapest at the prices of the present solution, all else held, until nothing falls."""
        shares = self.s if shares is None else shares
        s, best = s0, None
        for _ in range(100):
            now = shares.copy()
            now[:, c] = s
            e = self.excess(now)
            if best is not None and e[c] >= best[0] - 1e-15:
                return best
            best = (e[c], s)
            s = self.cheapest(self.w * (1 + self.phi["mass_balance"] * e), s0, up, delta)
        return best


focus = ["284690", "280530", "282200", "250410"]
for product in focus:
    for year in (2007, 2015, 2023):
        y = Year(product, year)
        total = y.t.sum()
        # Scan.
        found = ask("what-if", "--product", product, "--year", year)["chokepoints"]["suppliers"]
        for line in found:
            a = y.at[line["supplier"]["code"]]
            others = np.arange(len(y.m)) != a
            lost = (y.m * y.stop(a, y.phi["mass_balance"]))[others]
            exposure = (y.m * y.stop(a, y.phi["exposure"]))[others]
            compare("power", line["power_share"], lost.sum() / y.m[others].sum())
            compare("exposure", line["share_exposure"], exposure.sum() / y.m[others].sum())
            compare("direct", line["direct_share"], y.x[a] / y.m[others].sum())
            compare("multiplier", line["multiplier"], lost.sum() / y.x[a])
            compare("damage", line["damage_hhi"], ((lost / lost.sum()) ** 2).sum())
        # The stop of the largest.
        top = y.codes[int(np.argmax(y.x))]
        a = y.at[top]
        others = np.arange(len(y.m)) != a
        answer = ask("what-if", "--without", top, "--product", product, "--year", year)["scenarios"][0]
        for reading, phi in y.phi.items():
            loss = y.stop(a, phi)
            compare("world " + reading, answer["products"][0]["share"][reading], (y.m * loss)[others].sum() / y.m[others].sum())
            for line in answer["losers"] + answer["hardest"]:
                compare("importer " + reading, line["share"][reading], loss[y.at[line["importer"]["code"]]])
        answer = ask("what-if", "--without", top, "--product", product, "--year", year, "--capacity", 0.1)["scenarios"][0]
        fill = answer["products"][0]["fill"]
        if fill:
            compare("fill", fill["total"], y.pool(a, y.phi["mass_balance"], 0.1))
        # Plans.
        for c in np.argsort(-y.m)[:3]:
            plan = ask("diversify", "--country", y.codes[c], "--product", product, "--year", year)["plan"]
            best = y.plan(c, *y.limits(c))
            compare("plan before", plan["mass_balance"]["str"]["before"], 1 + y.excess(y.s)[c])
            compare("plan after", plan["mass_balance"]["str"]["after"], 1 + best[0])
            for point in plan["frontier"]:
                s0, up, _ = y.limits(c)
                compare("frontier", point["str"], 1 + y.plan(c, s0, up, point["allowed"])[0])

y = Year("284690", 2023)
for least in (0.0, 0.01):
    # One after the other.
    shares, left, e0 = y.s.copy(), 0.25 * y.x, y.excess(y.s)
    for c in sorted(np.flatnonzero(y.m > 0), key=lambda c: (-y.m[c], c)):
        s0, up, delta = y.limits(c, least=least)
        up = np.minimum(up, s0 + left / y.m[c])
        s = y.plan(c, s0, up, delta, shares)[1]
        left = np.maximum(0, left - y.m[c] * np.maximum(0, s - s0))
        shares[:, c] = s
    mean = lambda e: 1 + (y.m * e).sum() / y.t.sum()
    all_ = ask("diversify", "--product", 284690, "--all", "sequential", "--min-supplier-share", least)["everyone"]
    compare("mean before", all_["mean_before"], mean(e0))
    compare("sequential", all_["mean_after"], mean(y.excess(shares)))
    # All at once: value iteration, contracting as w < 1.
    e, shares = e0, y.s.copy()
    for _ in range(300):
        prices = y.w * (1 + y.phi["mass_balance"] * e)
        for c in np.flatnonzero(y.m > 0):
            shares[:, c] = y.cheapest(prices, *y.limits(c, least=least))
        new = y.excess(shares)
        if np.max(np.abs(new - e)) < 1e-15:
            break
        e = new
    all_ = ask("diversify", "--product", 284690, "--all", "simultaneous", "--min-supplier-share", least)["everyone"]
    compare("simultaneous", all_["mean_after"], mean(new))

# A swap: the USA take 5 % from Japan instead of China.
c, i, j = (y.at[code] for code in ("USA", "CHN", "JPN"))
t, v = y.t.copy(), 0.05 * y.m[c]
others = [d for d in range(len(y.m)) if d not in (c, i, j)]
part = v / y.t[j, others].sum()
t[i, c] -= v
t[j, c] += v
for d in others:
    t[i, d] += part * y.t[j, d]
    t[j, d] -= part * y.t[j, d]
after = y.excess(np.where(y.m > 0, t / np.where(y.m > 0, y.m, 1), 0.0))
change = y.m * (after - y.excess(y.s))
answer = ask("diversify", "--country", "USA", "--product", 284690, "--swap", "CHN:JPN:0.05")["swap"]
compare("swap", answer["own"]["after"], 1 + after[c])
compare("paid by others", answer["paid_by_others"], -(change.sum() - change[c]) / change[c])

for what, off in worst.items():
    print(f"  {what:<24} {off:.1e}")
if failed:
    print("\n".join(failed[:20]))
    sys.exit(f"{len(failed)} numbers differ")
print("all the same to 1e-10")

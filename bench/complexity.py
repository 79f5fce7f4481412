"""Economic complexity of a year, beside what one would write with numpy, and two packages.

    python bench/generate.py --out bench/data/year --rows 9e6
    cargo run --release -- import bench/data/year --out bench/data/year.store
    cargo build --release --examples
    python bench/complexity.py bench/data/year.store [--packages] [--repeat 5]

The same exports on all sides: the example measure_complexity adds them up from the store and writes them. CPU seconds (user + system) of the computation alone, one thread, medians: RCA and M; ECI and PCI; proximity of all pairs;
density, outlook and gain. numpy has the symmetric form, and products of whole matrices; `--packages` adds economic-complexity (no outlook) and ecomplexity, which both need pandas. ECI and outlook of numpy and ours are compared.
"""
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
import argparse, json, statistics, subprocess, tempfile, time
from pathlib import Path

import numpy as np

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("store")
ap.add_argument("--year", type=int, default=2023)
ap.add_argument("--repeat", type=int, default=5)
ap.add_argument("--packages", action="store_true")
a = ap.parse_args()
program = root / "target/release/examples/measure_complexity"


def ours(*more):
    return json.loads(subprocess.run([str(program), a.store, str(a.year), *more], check=True, capture_output=True, text=True).stdout)


with tempfile.TemporaryDirectory() as folder:
    first = ours(f"{folder}/exports.f64")
    X = np.fromfile(f"{folder}/exports.f64").reshape(first["products"], first["all_countries"]).T.copy()
X = X[X.sum(1) > 0]


def theirs():
    laps, before = {}, time.process_time()

    def lap(name):
        nonlocal before
        laps[name], before = time.process_time() - before, time.process_time()

    R = (X / X.sum(1, keepdims=True)) / (X.sum(0) / X.sum())
    M = (R >= 1).astype(float)
    kc, kp = M.sum(1), M.sum(0)
    lap("rca")
    S = (M / np.sqrt(kc)[:, None]) / np.sqrt(kp)
    W, U = np.linalg.eigh(S @ S.T)
    e = U[:, -2] / np.sqrt(kc)
    e *= np.sign(np.corrcoef(e, kc)[0, 1])
    q = (M.T @ e) / kp / W[-2] / e.std()
    eci = (e - e.mean()) / e.std()
    lap("eci_pci")
    f = M.T @ M
    f = f / np.maximum(kp[:, None], kp[None])
    lap("proximity")
    density = (M @ f) / f.sum(0)
    outlook = ((1 - M) * density * q).sum(1)
    gain = (1 - M) * ((1 - M) @ (f * (q / f.sum(1))[:, None]))
    lap("density_outlook_gain")
    return laps, eci, outlook


PARTS = ["rca", "eci_pci", "proximity", "density_outlook_gain"]
mine = [first] + [ours() for _ in range(a.repeat - 1)]
numpy = [theirs() for _ in range(a.repeat)]
print(f"{first['countries']} countries by {first['products']} products, {first['ones']:,} ones")
apart = [float(np.abs(np.array(first[name]) - numpy[0][at]).max()) for name, at in (("eci", 1), ("coi", 2))]
print(f"ECI and outlook apart by {apart[0]:.1e} and {apart[1]:.1e}")
assert max(apart) < 1e-8
for part in PARTS:
    print(f"  {part:<22} monazite {statistics.median(of[part] for of in mine):6.3f}  numpy {statistics.median(of[0][part] for of in numpy):6.3f}")
total = [statistics.median(sum(of[p] for p in PARTS) for of in side) for side in (mine, [of[0] for of in numpy])]
print(f"  {'all of these':<22} monazite {total[0]:6.3f}  numpy {total[1]:6.3f}  ({total[1] / total[0]:.1f} times)")
for part in ("read", "fitness", "whole"):
    print(f"  {part:<22} monazite {statistics.median(of[part] for of in mine):6.3f}")
if a.packages:
    import contextlib, io, warnings
    import pandas as pd

    warnings.filterwarnings("ignore")
    table = pd.DataFrame(X, index=[f"c{c:03d}" for c in range(len(X))], columns=[f"p{p:04d}" for p in range(X.shape[1])])
    import economic_complexity as ec

    before = time.process_time()
    rca = ec.rca(table)
    ec.complexity(rca)
    ec.relatedness(rca, proximities=ec.proximity(rca))
    print(f"  economic-complexity (no outlook, no gain) {time.process_time() - before:.2f}")
    from ecomplexity import ecomplexity

    long = table.stack().rename("v").reset_index().set_axis(["country", "product", "v"], axis=1).assign(t=a.year)
    before = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        ecomplexity(long, {"time": "t", "loc": "country", "prod": "product", "val": "v"}, verbose=False, check_logsupermodularity=False)
    print(f"  ecomplexity {time.process_time() - before:.2f}")

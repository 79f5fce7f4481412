"""UMAP and density-based merging, side by side with umap-learn and numpy.

    python bench/umap.py --run runs/example [--runs 3]

Needs `cargo build --release --examples`, a run of the example study, and Python with umap-learn 0.5, scikit-learn, pandas, pyarrow. CPU
seconds are user + system: for umap-learn those of a second fit in a process that has compiled everything; for monazite those of a whole process, reading and
writing included. Trustworthiness is scikit-learn's, k = 15.
"""
import argparse, os, statistics, subprocess, sys, tempfile, time
from pathlib import Path

import numpy as np

root = Path(__file__).resolve().parent.parent
# This file has the name of the package that it imports.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != root / "bench"]
ap = argparse.ArgumentParser()
ap.add_argument("--run", default=str(root / "runs/example"))
ap.add_argument("--runs", type=int, default=3)
a = ap.parse_args()
driver = root / "target/release/examples/typology"
folder = Path(tempfile.mkdtemp())


def example():
    """The rows of the example study's map: complete or filled with the median, z-scores."""
    import pandas as pd
    d = pd.read_parquet(Path(a.run) / "profiles.parquet")
    f = d.columns[3:list(d.columns).index("composite")]
    d = d[d[f].isna().sum(axis=1) <= len(f) / 2]
    x = d[f].fillna(d[f].median())
    return ((x - x.mean()) / x.std()).to_numpy()


def digits():
    from sklearn.datasets import load_digits
    return load_digits().data.astype(float)


def planted(countries=230, years=17, features=54, types=5):
    """Countries of five types over 17 years: a character of their own, a drift, and noise from year to year."""
    r = np.random.default_rng(7)
    centre = r.normal(size=(types, features)) * 1.6
    own = r.normal(size=(countries, features)) * 0.45
    drift = np.linspace(-0.3, 0.3, years)[None, :, None] * r.normal(size=(countries, 1, features))
    x = centre[np.arange(countries) % types][:, None, :] + own[:, None, :] + drift
    return (x + r.normal(size=(countries, years, features)) * 0.5).reshape(-1, features)


def ours(command):
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE)
    out = process.stdout.read().decode().strip()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return usage.ru_utime + usage.ru_stime, out


def cpu():
    return time.process_time()


def main():
    import warnings
    warnings.filterwarnings("ignore", message="n_jobs value")
    import umap
    from sklearn.manifold import trustworthiness
    for name, make in (("planted panel", planted), ("example study's profiles", example), ("scikit-learn's digits", digits)):
        x = make()
        rows, out = folder / "rows.csv", folder / "map.csv"
        np.savetxt(rows, x, delimiter=",", fmt="%.17g")
        for neighbours in (15, 50):
            theirs = lambda seed: umap.UMAP(n_neighbors=neighbours, min_dist=0.3, n_epochs=500, random_state=seed)
            theirs(1).fit(x)
            pairs = []
            for _ in range(a.runs):
                own, said = ours([driver, "map", rows, neighbours, out])
                start = cpu()
                other = theirs(42).fit_transform(x)
                pairs.append((own, cpu() - start))
            middle = [statistics.median(p[i] for p in pairs) for i in (0, 1)]
            ratios = [p[1] / p[0] for p in pairs]
            trust = [trustworthiness(x, e, n_neighbors=15) for e in (np.loadtxt(out, delimiter=","), other)]
            print(f"{name}, {x.shape[0]} x {x.shape[1]}, {neighbours} neighbours: CPU s {middle[0]:.2f} (umap-learn {middle[1]:.2f}), "
                  f"{statistics.median(ratios):.1f} times less ({min(ratios):.1f} to {max(ratios):.1f}); "
                  f"trustworthiness {trust[0]:.4f} (umap-learn {trust[1]:.4f})", flush=True)
    for level in ("very_low", "very_high", "adaptive"):
        _, said = ours([driver, "clusters", folder / "map.csv", level, 10])
        print(f"density-based merging of the last map, {level}, M = 256: {said}")
    x = np.vstack([np.random.default_rng(1).normal(size=(1300, 2)) + c for c in ((0, 0), (9, 0), (0, 9))])
    np.savetxt(folder / "points.csv", x, delimiter=",", fmt="%.17g")
    for level in ("very_low", "very_high", "adaptive"):
        _, said = ours([driver, "clusters", folder / "points.csv", level, 10])
        print(f"density-based merging of 3,900 points, {level}, M = 256: {said}")


if __name__ == "__main__":
    main()

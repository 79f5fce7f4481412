"""Economic complexity of a made-up release: monazite beside numpy and three packages.

    pip install numpy "pandas<3" pyarrow ecomplexity==0.5.3 economic-complexity==0.3.0 econcomplex==1.0.1
    python reference/complexity.py [--program target/release/monazite] [--countries 60] [--products 1200]

Makes a release with bench/generate.py, runs `monazite complexity` on it twice (a product among those near to itself, and not), and compares every number of its tables with dense numpy written from the
definitions of docs/methods/25-complexity.md and with the packages, where they mean the same: to 1e-9. Signs and scales that differ are stated in the line that compares them. What is of another
definition is said, with the rank correlation. Ends with an error if anything that should agree does not.
"""
import argparse, io, contextlib, json, subprocess, sys, tempfile, warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

root = Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--program", default=str(root / "target/release/monazite"))
ap.add_argument("--countries", type=int, default=60)
ap.add_argument("--products", type=int, default=1200)
ap.add_argument("--rows", type=float, default=150_000)
a = ap.parse_args()
warnings.filterwarnings("ignore")
wrong = []


def compare(what, found, expected, within=1e-9):
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    assert found.shape == expected.shape, (what, found.shape, expected.shape)
    same = np.isnan(found) == np.isnan(expected)
    size = max(1.0, np.nanmax(np.abs(expected)))
    apart = np.nanmax(np.abs(found - expected)) / size
    fine = bool(same.all()) and apart <= within
    print(f"  {'same' if fine else 'APART'} to {apart:.1e}  {what} ({found.size:,} numbers)")
    if not fine:
        wrong.append(what)


def differs(what, found, other):
    print(f"  other definition  {what}: rank correlation {pd.Series(np.ravel(found)).corr(pd.Series(np.ravel(other)), method='spearman'):.4f}")


def run(folder, release, *options):
    out = folder / ("out" + "".join(options).replace("-", "_"))
    subprocess.run([a.program, "complexity", str(release), "--min-exports", "0", "--min-proximity", "0.3", "--out", str(out), "--quiet", *options], check=True,
                   stdout=subprocess.DEVNULL)
    return out


def table(out):
    eci = pd.read_csv(out / "eci.csv", keep_default_na=False, na_values=[""], float_precision="round_trip").set_index("country")
    pci = pd.read_csv(out / "pci.csv", dtype={"product": str}, float_precision="round_trip").set_index("product")
    long = pq.read_table(out / "density.parquet").to_pandas()
    wide = lambda column: long.pivot(index="country", columns="product", values=column).reindex(index=eci.index, columns=pci.index)
    return eci, pci, wide


with tempfile.TemporaryDirectory() as folder:
    folder = Path(folder)
    release = folder / "release"
    subprocess.run([sys.executable, str(root / "bench/generate.py"), "--out", str(release), "--countries", str(a.countries), "--products", str(a.products),
                    "--rows", str(a.rows)], check=True, stdout=subprocess.DEVNULL)
    flows = pd.read_parquet(next(Path(f"{release}-parquet").glob("*.parquet")))
    names = pd.read_csv(release / "country_codes_V202501.csv").set_index("country_code").country_iso3
    flows["country"], flows["product"] = flows.i.map(names), flows.k.map("{:06d}".format)
    with_itself, without = run(folder, release), run(folder, release, "--without-itself")
    eci, pci, wide = table(with_itself)
    _, _, wide_without = table(without)
    near = pq.read_table(with_itself / "proximity.parquet").to_pandas()
    text = dict(line.split(": ", 1) for line in (with_itself / "about.txt").read_text().splitlines())

exports = flows.groupby(["country", "product"]).v.sum().unstack(fill_value=0.0).reindex(index=eci.index, columns=pci.index).fillna(0.0)
left_out = flows.country.nunique() - len(eci), flows["product"].nunique() - len(pci)
print(f"{len(eci)} countries by {len(pci)} products; left out {left_out[0]} and {left_out[1]}")
assert left_out == (0, 0), "nothing is left out, so that all programs see the same"

print("numpy, dense, from the definitions")
X = exports.to_numpy(float)
R = (X / X.sum(1, keepdims=True)) / (X.sum(0) / X.sum())
M = (R >= 1).astype(float)
kc, kp = M.sum(1), M.sum(0)
compare("exports", wide("exports_thousand_usd"), X)
compare("RCA", wide("rca"), R)
assert (wide("advantage").to_numpy() == M).all()
compare("diversity", eci.diversity, kc)
compare("ubiquity", pci.ubiquity, kp)
S = (M / np.sqrt(kc)[:, None] / kp) @ (M / np.sqrt(kc)[:, None]).T
W, U = np.linalg.eigh(S)
v = U[:, -2] / np.sqrt(kc)
v *= np.sign(np.corrcoef(v, kc)[0, 1])
m, s, l2 = v.mean(), v.std(), W[-2]
compare("eigenvalues, the first five", [float(x) for x in text["Eigenvalues"].split(", ")], W[::-1][:5])
compare("ECI", eci.eci, (v - m) / s)
compare("PCI, mean ECI of the exporters", pci.pci, (M.T @ ((v - m) / s)) / kp)
shared = M.T @ M
phi = shared / np.maximum(kp[:, None], kp)
at = {p: n for n, p in enumerate(pci.index)}
first, second = near.product_1.map(at).to_numpy(), near.product_2.map(at).to_numpy()
compare("proximity of near pairs", near.proximity, phi[first, second])
compare("their exporters in common", near.shared_exporters, shared[first, second])
assert len(near) == int((np.triu(phi, 1) >= 0.3).sum()), "all pairs from the threshold on, once"
q = (M.T @ v) / kp / l2 / s


def space(phi):
    density = M @ phi / phi.sum(0)
    outlook = ((1 - M) * density * q).sum(1)
    gain = np.where(M == 1, np.nan, (1 - M) @ (phi * (q / phi.sum(1))[:, None]))
    return density, (outlook - outlook.mean()) / outlook.std(), gain


density, coi, cog = space(phi)
alone = phi.copy()
np.fill_diagonal(alone, 0)
compare("density", wide("density"), density)
compare("COI", eci.coi, coi)
compare("COG", wide("cog"), cog)
compare("density without itself", wide_without("density"), space(alone)[0])
compare("COG without itself", wide_without("cog"), space(alone)[2])


def fitness(rounds):
    F, Q = np.ones(len(kc)), np.ones(len(kp))
    for _ in range(rounds):
        F, Q = M @ Q, 1 / (M.T @ (1 / F))
        F, Q = F / F.mean(), Q / Q.mean()
    return F, Q


F, Q = fitness(200)
compare("fitness after 200", eci.fitness, F)
compare("quality after 200", pci.quality, Q)
rank = lambda x: pd.Series(x).rank(ascending=False, method="min")
unlike = eci[eci.fitness_rank_200.to_numpy() != rank(eci.fitness.to_numpy()).to_numpy()]
assert unlike.empty, unlike
compare("ranks after 100", eci.fitness_rank_100, rank(fitness(100)[0]))

print("ecomplexity")
from ecomplexity import ecomplexity

long = flows.groupby(["t", "country", "product"], as_index=False).v.sum()
with contextlib.redirect_stdout(io.StringIO()):
    e = ecomplexity(long, {"time": "t", "loc": "country", "prod": "product", "val": "v"}, verbose=False, check_logsupermodularity=False)
grid = lambda column: e.pivot(index="country", columns="product", values=column).reindex(index=eci.index, columns=pci.index)
compare("M", wide("advantage"), grid("mcp"))
compare("ECI: mean 0, sd with n, sign by diversity", eci.eci, e.groupby("country").eci.first().reindex(eci.index))
theirs = e.groupby("product").pci.first().reindex(pci.index)
compare("PCI: theirs is PCI/λ₂ + (m/s)(1/λ₂ - 1)", pci.pci / l2 + (m / s) * (1 / l2 - 1), theirs)
compare("density, a product near to itself", wide("density"), grid("density"))
compare("COI: mean 0, sd with n", eci.coi, e.groupby("country").coi.first().reindex(eci.index))
compare("COG, theirs 0 where exported", wide("cog").fillna(0.0), grid("cog"))

print("economic-complexity")
import economic_complexity as ec

rca = ec.rca(exports)
compare("RCA", wide("rca"), rca)
compare("proximity, theirs 0 with itself", phi[first, second], ec.proximity(rca).to_numpy()[first, second])
compare("density without itself (relatedness)", wide_without("density"), ec.relatedness(rca))
reflected, reflected_products = ec.complexity(rca)
differs("ECI by 19 rounds of reflections, sd with n - 1", eci.eci, reflected.reindex(eci.index))
differs("PCI by 19 rounds of reflections", pci.pci, reflected_products.reindex(pci.index))
differs("opportunity gain, less density times PCI", wide_without("cog").fillna(0.0), ec.opportunity_gain(rca, pci=pci.pci).where(M == 0, 0.0))

print("econcomplex")
import econcomplex

index, products = econcomplex.eci_pci(exports, method="eigenvector")
compare("ECI: mean 0, sd with n", eci.eci, index)
z = lambda x: (x - x.mean()) / x.std(ddof=0)
compare("PCI: theirs is standardised over the products", z(pci.pci), products)
compare("density: theirs is 100 times that without itself", 100 * wide_without("density"), econcomplex.relatedness_density(exports))
# Theirs takes Q from the F of the same round, so that a round of theirs is two of the definition: F, Q, F, Q, ... from Q = 1.
raw = econcomplex.fitness_complexity(exports, iterations=100, tol=0.0)
compare("quality: 100 of its rounds are 200", pci.quality, raw[1])
compare("fitness: 100 of its rounds are 199 (numpy's)", fitness(199)[0], raw[0])
differs("COI of its own PCI, not standardised", eci.coi, econcomplex.coi(exports, products))
differs("COG normed by the row of the product", wide_without("cog").fillna(0.0), econcomplex.cog(exports, products))

print("the Python package, if it is there")
try:
    import monazite as mz
except ImportError:
    print("  it is not")
else:
    found = mz.complexity(flows[["t", "k", "country", "j", "v"]].assign(j=flows.j.map(names)), columns={"exporter": "country"}, min_exports=0, min_proximity=0.3)
    assert found.countries["country"] == list(eci.index) and found.products["product"] == list(pci.index)
    for name, ours, theirs in (
        ("ECI", found.countries["eci"], eci.eci), ("COI", found.countries["coi"], eci.coi), ("fitness", found.countries["fitness"], eci.fitness),
        ("PCI", found.products["pci"], pci.pci), ("quality", found.products["quality"], pci.quality), ("proximity", found.proximity["proximity"], near.proximity),
        ("density", found.density.to_pandas().density, wide("density").to_numpy().ravel()), ("COG", found.density.to_pandas().cog, wide("cog").to_numpy().ravel()),
    ):
        compare(name, ours, theirs, 0.0)

if wrong:
    sys.exit("not the same: " + "; ".join(wrong))
print("all that means the same is the same")

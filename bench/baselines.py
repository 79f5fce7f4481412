"""What a user would pick instead of monazite, each as short and as fast as we could make it.

    python bench/baselines.py JOB DATA [--engine ...]

Jobs: import (csv to zstd Parquet, unsorted), direct (exposure, HHI, RCA of every country and product), risk (STR and influence).
DATA is a folder of bench/generate.py. Prints sums, so that results can be compared with monazite's.
"""
import argparse, glob, os
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ap = argparse.ArgumentParser()
ap.add_argument("job", choices=["import", "direct", "risk"])
ap.add_argument("data")
ap.add_argument("--engine", default="")
a = ap.parse_args()
tables = sorted(glob.glob(f"{a.data}-parquet/baci_Y*.parquet"))

if a.job == "import":
    import polars as pl
    for path in sorted(glob.glob(f"{a.data}/BACI_*.csv")):
        d = pl.read_csv(path, schema_overrides={"t": pl.Int16, "i": pl.Int16, "j": pl.Int16, "k": pl.String, "v": pl.Float64, "q": pl.Float64}, null_values="NA")
        d.write_parquet("/tmp/monazite-bench.parquet", compression="zstd")
        print(d.height, d["v"].sum(), os.path.getsize("/tmp/monazite-bench.parquet"))
    os.remove("/tmp/monazite-bench.parquet")

elif a.job == "direct" and a.engine == "polars":
    import polars as pl
    L = pl.scan_parquet(tables)
    m = L.group_by("t", "k", pl.col("j").alias("c")).agg(imp=pl.col("v").sum(), s2=(pl.col("v") ** 2).sum())
    x = L.group_by("t", "k", pl.col("i").alias("c")).agg(exp=pl.col("v").sum())
    e = pl.col("exp")
    r = (m.join(x, on=["t", "k", "c"], how="full", coalesce=True).with_columns(pl.col("imp", "exp").fill_null(0.0))
         .with_columns(exposure=pl.col("imp") / (pl.col("imp") + e), hhi=pl.col("s2") / pl.col("imp") ** 2,
                       rca=(e / e.sum().over("t", "c")) / (e.sum().over("t", "k") / e.sum().over("t"))).collect())
    print(r.height, r["exposure"].sum(), r["hhi"].fill_nan(0).sum(), r["rca"].sum())

elif a.job == "direct" and a.engine == "duckdb":
    import duckdb
    r = duckdb.connect().execute(f"""with b as (select t,k,i,j,v from read_parquet({tables!r})),
      m as (select t,k,j c,sum(v) imp,sum(v*v) s2 from b group by all), x as (select t,k,i c,sum(v) exp from b group by all),
      r as (select t,k,c,coalesce(imp,0) imp,coalesce(exp,0) exp,s2 from m full join x using (t,k,c)),
      o as (select t,k,c,imp/(imp+exp) exposure,s2/nullif(imp,0)^2 hhi,
        (exp/sum(exp) over (partition by t,c))/(sum(exp) over (partition by t,k)/sum(exp) over (partition by t)) rca from r)
      select count(*),sum(exposure),sum(hhi),sum(rca) from o""").fetchone()
    print(*r)

else:
    import numpy as np, pyarrow.parquet as pq, csv
    from scipy.linalg import lu_factor, lu_solve
    with open(f"{a.data}/country_codes_V202501.csv") as f:
        code_of = {r["country_iso3"]: int(r["country_code"]) for r in csv.DictReader(f)}
    ranks = {}
    with open(f"{a.data}/wgi_pv.csv") as f:
        for r in csv.DictReader(f):
            ranks[int(r["year"]), code_of[r["iso3"]]] = float(r["pv_rank"])
    place = np.zeros(1000, np.int64)
    codes = np.sort(list(code_of.values()))
    place[codes] = np.arange(n := len(codes))
    one, eye = np.ones(n), np.eye(n)
    count, totals = 0, np.zeros(2)
    for path in tables:
        t = pq.read_table(path, columns=["i", "j", "k", "v"])
        I, J, K, V = (t.column(c).to_numpy() for c in "ijkv")
        year = int(path[-12:-8])
        w = np.array([1 - ranks.get((year, c), 50.0) / 100 for c in codes])
        # Group by product: a look-up table to 16 bits, then numpy's radix sort.
        seen = np.zeros(1_000_001, bool)
        seen[K] = True
        slot = np.cumsum(seen).astype(np.uint16)
        group = slot[K]
        order = np.argsort(group, kind="stable")
        I, J, V = place[I[order]], place[J[order]], V[order]
        bounds = np.searchsorted(group[order], np.arange(1, slot[-1] + 2))
        for g in range(slot[-1]):
            s = slice(bounds[g], bounds[g + 1])
            i, j, v = I[s], J[s], V[s]
            if a.engine == "block":     # only countries that import and export lie on chains
                imports, exports = np.bincount(j, v, n), np.bincount(i, v, n)
                inside = np.flatnonzero((imports > 0) & (exports > 0))
                M = np.zeros((n, n))
                M[j, i] = v / imports[j] * w[i]
                B = M[np.ix_(inside, inside)]
                lu = lu_factor(np.eye(len(inside)) - B, overwrite_a=True, check_finite=False)
                b = 1 + (M[inside].sum(1) - B.sum(1))
                x = one.copy()
                x[inside] = lu_solve(lu, b, check_finite=False)
                str_ = 1 + M @ x
                y = one.copy()
                y[inside] = lu_solve(lu, 1 + (M[:, inside].sum(0) - B.sum(0)), trans=1, check_finite=False)
                sent = 1 + M.T @ y
            else:
                M = np.zeros((n, n))
                M[j, i] = v
                imports = M.sum(1, keepdims=True)
                np.divide(M, imports, out=M, where=imports > 0)
                M *= w
                if a.engine == "inverse":
                    L = np.linalg.inv(eye - M)
                    str_, sent = L.sum(1), L.sum(0) - np.diag(L) + 1
                else:
                    lu = lu_factor(eye - M, overwrite_a=True, check_finite=False)
                    str_, sent = lu_solve(lu, one, check_finite=False), lu_solve(lu, one, trans=1, check_finite=False)
            totals += str_.sum(), sent.sum() - n
            count += 1
    print(count, *totals)

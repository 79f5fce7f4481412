"""Maps, clusters and regressions against numpy and pyfixest."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import monazite as mz


def clouds() -> np.ndarray:
    rng = np.random.default_rng(4)
    centres = np.repeat([[0.0, 0, 0], [12, 0, 3], [0, 12, -3]], 60, axis=0)
    return centres + rng.normal(size=centres.shape)


def test_a_map_keeps_clouds_apart_whatever_the_order_and_the_threads() -> None:
    rows = clouds()
    place = np.column_stack(list(mz.umap(rows, seed=7).to_dict().values()))
    assert place.shape == (180, 2) and np.isfinite(place).all()
    centres = [place[at : at + 60].mean(axis=0) for at in (0, 60, 120)]
    spread = max(place[at : at + 60].std() for at in (0, 60, 120))
    assert min(np.linalg.norm(centres[a] - centres[b]) for a, b in [(0, 1), (0, 2), (1, 2)]) > spread
    frame = pd.DataFrame(rows, columns=["a", "b", "c"])
    assert mz.umap(frame, seed=7, threads=1) == mz.umap(frame, seed=7, threads=2)
    order = np.random.default_rng(1).permutation(len(rows))
    again = np.column_stack(list(mz.umap(rows[order], seed=7).to_dict().values()))
    np.testing.assert_array_equal(again, place[order])
    assert mz.umap(frame, seed=8) != mz.umap(frame, seed=7)
    assert mz.umap(frame.assign(text="x"), features=["a", "b", "c"], seed=7) == mz.umap(frame, seed=7)


def test_clusters_are_the_clouds() -> None:
    rng = np.random.default_rng(5)
    centres = np.repeat([[0.0, 0], [30, 0], [0, 30]], 300, axis=0)
    points = centres + rng.normal(size=centres.shape)
    found = mz.density_merging(points).to_pandas()
    for at in (0, 300, 600):
        inside = found["cluster"][at : at + 300]
        assert (inside == inside.mode()[0]).mean() > 0.9 and inside.mode()[0] > 0
    assert found["cluster"].max() == 3
    assert mz.density_merging({"x": points[:, 0], "y": points[:, 1]}).to_pandas().equals(found)


def data() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    n = 600
    country, product = rng.integers(0, 25, n), rng.integers(0, 40, n)
    x, z = rng.normal(size=n), rng.normal(size=n)
    y = 1 + 0.5 * x - 0.2 * z + 0.3 * (country % 3) + rng.normal(size=n) * (1 + country / 25)
    frame = pd.DataFrame({"y": y, "x": x, "z": z, "country": country, "product": product})
    frame["kind"] = np.array(["a", "b", "c"])[country % 3]
    frame.loc[5, "y"] = np.nan
    frame.loc[7, "kind"] = None
    return frame


def test_least_squares_by_hand() -> None:
    frame = data()
    found = mz.regress(frame, "y", ["x", "z"], errors="classical")
    kept = frame.dropna(subset=["y", "x", "z"])
    design = np.column_stack([np.ones(len(kept)), kept["x"], kept["z"]])
    estimate, squares, *_ = np.linalg.lstsq(design, kept["y"].to_numpy(), rcond=None)
    table = found.table.to_pandas().set_index("term")
    names = ["constant", "x", "z"]
    np.testing.assert_allclose(table.loc[names, "estimate"], estimate, rtol=1e-11)
    variance = squares[0] / (len(kept) - 3) * np.linalg.inv(design.T @ design)
    np.testing.assert_allclose(table.loc[names, "standard_error"], np.sqrt(np.diag(variance)), rtol=1e-10)
    np.testing.assert_allclose(table["t"], table["estimate"] / table["standard_error"], rtol=1e-12)
    assert found.rows == len(kept) == 599 and found.left_out == {"y": 1} and found.parameters == 3
    total = ((kept["y"] - kept["y"].mean()) ** 2).sum()
    assert found.r2 == pytest.approx(1 - squares[0] / total, rel=1e-11)


@pytest.mark.parametrize(
    ("how", "vcov", "formula"),
    [
        ({"errors": "hc1"}, "HC1", "y ~ x + z"),
        ({"cluster": "country"}, {"CRV1": "country"}, "y ~ x + z"),
        ({"cluster": "country", "absorb": ["product"]}, {"CRV1": "country"}, "y ~ x + z | product"),
        ({"cluster": ["country", "product"]}, {"CRV1": "country + product"}, "y ~ x + z"),
        ({"factors": ["kind"], "references": {"kind": "b"}, "errors": "hc1"}, "HC1", "y ~ x + z + C(kind)"),
    ],
)
def test_the_same_as_pyfixest(how: dict, vcov: object, formula: str) -> None:
    fixest = pytest.importorskip("pyfixest")
    frame = data()
    needed = ["y", "x", "z", *(["kind"] if "factors" in how else [])]
    kept = frame.dropna(subset=needed)
    # Clusters in two ways: each way with its own number of clusters, as in Stata's reghdfe.
    ssc = fixest.ssc(G_df="conventional") if isinstance(how.get("cluster"), list) else fixest.ssc()
    theirs = fixest.feols(formula, kept, vcov=vcov, ssc=ssc).tidy()
    ours = mz.regress(frame, "y", ["x", "z"], **how).table.to_pandas().set_index("term")
    for term in ("x", "z"):
        assert ours.loc[term, "estimate"] == pytest.approx(theirs.loc[term, "Estimate"], rel=1e-9)
        assert ours.loc[term, "standard_error"] == pytest.approx(theirs.loc[term, "Std. Error"], rel=1e-6)


def test_it_prints_itself_and_survives_a_pickle() -> None:
    found = mz.regress(data(), "y", ["x"], cluster=["country", "product"], stars=[0.1, 0.05, 0.01])
    latex = found.to_latex()
    assert "\\toprule" in latex and "clustered by country and product (country: 25, product: 40)" in latex
    assert found._repr_html_().startswith('<table class="regression">')
    assert "***" in found.to_markdown().replace("\\*", "*")
    assert "(" in found.to_latex("paper") and found.to_latex("paper") != latex
    assert "| x " in found.to_markdown() and "| Constant " in found.to_markdown()
    with pytest.raises(ValueError, match="notation: 'apa' is none"):
        found.to_html("apa")  # type: ignore[arg-type]
    again = pickle.loads(pickle.dumps(found))
    assert again.table == found.table and again.to_latex() == latex and again.rows == found.rows
    hostile = mz.regress({"<b>": [1.0, 2.5, 3.0], "x": [1, 2, 3]}, "<b>", ["x"], errors="classical")
    assert "<b>" not in hostile._repr_html_()

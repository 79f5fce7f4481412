"""Links between products, maps, clusters and regressions of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monazite import _monazite
from monazite._arguments import natural
from monazite._monazite import Regression, Table
from monazite._tables import Progress, common


def links(
    flows: Any,
    candidates: Any = None,
    *,
    least_z: float = 3.0,
    columns: Mapping[str, str] | None = None,
    country_codes: Mapping[int, str] | None = None,
    options: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """Whether trade bears out that one product is an input of another.

    Who imports the input should export the output: rho is the correlation across countries of imports of
    the input and exports of the output. Big countries trade much of everything, so it is compared with the
    correlations of the same imports with the exports of all other products (the null): z = (rho -
    null_mean) / null_sd, p is the share of the null that is at least as large, fdr the false discovery rate
    among the candidates (`docs/methods/12-value-chain.md` says what this can and cannot show). The section
    chain of ``options`` says how it is tested.

    Args:
        flows: A table of flows, of all products if it can be: the null is the products that it holds.
        candidates: A table with input and output, six digits of the HS; or a list of codes, of which every
            ordered pair is tested. Without it every pair of products is, and those with z of at least
            ``least_z`` come back, without fdr.
        least_z: See candidates.

    Returns:
        input, output, rho, null_mean, null_sd, z, p, fdr, null_size, in the order of the candidates. All
        are null for a pair that cannot be tested: nobody imports the input, or nobody exports the output.

    Raises:
        InputError: A table is wrong; the exception has the row and the column.

    >>> import monazite as mz
    >>> flows = {
    ...     "year": [2023] * 6,
    ...     "product": ["284690"] * 3 + ["850511"] * 2 + ["330499"],
    ...     "exporter": ["CHN", "CHN", "CHN", "JPN", "DEU", "USA"],
    ...     "importer": ["JPN", "DEU", "USA", "USA", "USA", "CHN"],
    ...     "value": [60.0, 30.0, 1.0, 90.0, 40.0, 50.0],
    ... }
    >>> table = mz.links(flows, {"input": ["284690"], "output": ["850511"]})
    >>> round(table["rho"][0], 3), table["null_size"]
    (0.998, [2])
    """
    if isinstance(candidates, (list, tuple)):
        listed = [f"{code:06}" if isinstance(code, int) else str(code) for code in dict.fromkeys(candidates)]
        pairs = [(one, other) for one in listed for other in listed if one != other]
        candidates = Table({"input": [one for one, _ in pairs], "output": [other for _, other in pairs]})
    how = common(columns, country_codes, options, threads, progress)
    return _monazite.links(flows, candidates, least_z, *how)


def umap(
    table: Any,
    *,
    features: Sequence[str] | None = None,
    neighbours: int = 15,
    min_dist: float = 0.3,
    metric: str = "euclidean",
    epochs: int | None = None,
    initialisation: str = "spectral",
    seed: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """A map of rows in the plane: rows that are alike lie close (UMAP; `docs/methods/15-umap.md`).

    The map is the same for the same seed, whatever the order of the rows or the number of threads; rows
    that are equal share a place. Scale the features before if their units differ.

    Args:
        table: A table whose columns are numbers, or a two-dimensional array.
        features: The columns that count; all if None.
        neighbours: Neighbours of a row, itself counted: few show the fine structure, many the coarse one.
        min_dist: How close rows may come on the map.
        metric: euclidean or manhattan.
        epochs: Rounds of moving; None takes 500, and 200 beyond 10,000 rows.
        initialisation: spectral, principal_components or random.
        seed: Of everything random.

    Returns:
        x and y, in the order of the rows.

    Raises:
        InputError: A value is missing or no number, or there are too few rows that differ.
        ValueError: A parameter is out of its range.

    >>> import monazite as mz
    >>> a = [i // 20 * 9.0 + i * 2 % 7 for i in range(60)]
    >>> rows = {"a": a, "b": [i // 20 * 9.0 + i * 3 % 5 for i in range(60)]}
    >>> mz.umap(rows, neighbours=10).column_names
    ['x', 'y']
    """
    return _monazite.umap(
        table,
        None if features is None else list(features),
        natural("neighbours", neighbours),
        min_dist,
        metric,
        natural("epochs", epochs),
        initialisation,
        natural("seed", seed),
        natural("threads", threads),
        progress,
    )


def density_merging(points: Any, *, detail: str = "very_low", compat_scale_quirk: bool = False) -> Table:
    """Clusters of points in the plane by density-based merging.

    The method of Walther et al. 2009; `docs/methods/16-density-merging.md`.

    Args:
        points: A table of two columns, or an array of that shape: what :func:`umap` returns.
        detail: very_low (default), low, medium, high, very_high, most_high or adaptive.
        compat_scale_quirk: Behave as the authors' program at the levels high, medium and low.

    Returns:
        cluster, from 1, and 0 for points in none; and height, the density over its standard error, null
        where that vanishes.

    Raises:
        InputError: A coordinate is missing or no number, there are fewer than two points, or they have no
            spread on an axis.
        ValueError: There is no such level.

    >>> import monazite as mz
    >>> cloud = [(i * 0.7549 % 1, i * 0.5698 % 1) for i in range(200)]
    >>> x = [u + v for u, v in cloud]
    >>> points = {"x": x + [20 + x for x in x], "y": [u - v for u, v in cloud] * 2}
    >>> sorted(set(mz.density_merging(points)["cluster"]) - {0})
    [1, 2]
    """
    return _monazite.density_merging(points, detail, compat_scale_quirk)


def regress(
    table: Any,
    outcome: str,
    regressors: Sequence[str],
    *,
    factors: Sequence[str] = (),
    absorb: Sequence[str] = (),
    cluster: str | Sequence[str] = (),
    references: Mapping[str, str] | None = None,
    errors: str = "hc1",
    intercept: bool = True,
    level: float = 0.95,
    stars: Sequence[float] = (),
) -> Regression:
    """Ordinary least squares on the columns of a table.

    Standard errors, effects that are absorbed and the printed table are those of
    `docs/methods/18-regression.md`.

    Args:
        table: Any table; rows that lack one of the columns are left out, and ``left_out`` counts them.
        outcome: The column that is explained.
        regressors: Columns of numbers that explain it.
        factors: Columns whose levels get coefficients of their own, against the level in ``references``,
            else the first.
        absorb: Columns whose effects are taken out without being reported.
        cluster: One column, or two, by which standard errors are clustered.
        references: By factor: the level that the others are compared with.
        errors: Without clusters: classical, hc1 or hc3.
        intercept: Whether there is a constant.
        level: Level of the confidence intervals.
        stars: Levels of significance with one, two, three stars in the printed table, such as (0.1, 0.05).

    Returns:
        A Regression: ``table`` has a row a coefficient; ``rows``, ``r2``, ``to_latex()``,
        ``to_markdown()``. It shows itself in Jupyter.

    Raises:
        InputError: A column is missing or has the wrong type.
        MonaziteError: The model cannot be estimated: too few rows, a column that does not vary, columns
            that cannot be told apart.
        ValueError: An argument is out of its range.

    >>> import monazite as mz
    >>> found = mz.regress({"y": [1.0, 3.1, 4.9, 7.0], "x": [0, 1, 2, 3]}, "y", ["x"], errors="classical")
    >>> found.table["term"], [round(value, 3) for value in found.table["estimate"]], found.rows
    (['constant', 'x'], [1.03, 1.98], 4)
    """
    levels = list(stars)
    if any(not 0 < of < 1 for of in levels) or any(a <= b for a, b in zip(levels, levels[1:])):
        raise ValueError(
            f"stars: levels between 0 and 1 are wanted, the largest first, such as (0.1, 0.05, 0.01): {levels}"
        )
    return _monazite.regress(
        table,
        outcome,
        list(regressors),
        list(factors),
        list(absorb),
        [cluster] if isinstance(cluster, str) else list(cluster),
        {name: str(level) for name, level in (references or {}).items()},
        errors,
        intercept,
        level,
        levels,
    )

# %% [markdown]
# # Systemic trade risk of your own table
#
# Any table of flows will do: year, product, exporter, importer, value in thousand USD. Political stability is a table of iso3, year and pv (0 to 100), or
# a file of the Governance Indicators as downloaded.

# %%
import monazite as mz
import pandas as pd

flows = pd.DataFrame(
    {
        "year": [2023] * 5,
        "product": ["284690"] * 5,
        "exporter": ["CHN", "CHN", "MYS", "JPN", "USA"],
        "importer": ["USA", "JPN", "JPN", "USA", "JPN"],
        "value": [60.0, 30.0, 20.0, 20.0, 10.0],
    }
)
stability = pd.DataFrame({"iso3": ["CHN", "JPN", "MYS", "USA"], "year": 2023, "pv": [30.0, 90.0, 52.0, 50.0]})
risk = mz.systemic_trade_risk(flows, stability).to_pandas()
print(risk.round(3).to_string(index=False))
#> product  year country   str  str_direct  str_indirect
#>  284690  2023     CHN 1.000       0.000         0.000
#>  284690  2023     JPN 1.641       0.593         0.047
#>  284690  2023     MYS 1.000       0.000         0.000
#>  284690  2023     USA 1.566       0.550         0.016

# %% [markdown]
# By hand, for the USA: three quarters from China (w = 1 - 0.3 = 0.7), one quarter from Japan (w = 0.1), whose own chain goes on:
# STR(USA) = 1 + 0.7 · 3/4 · STR(CHN) + 0.1 · 1/4 · STR(JPN). China and Malaysia import nothing, so their chains end.

# %%
str_of = dict(zip(risk["country"], risk["str"]))
by_hand = 1 + 0.7 * 0.75 * 1 + 0.1 * 0.25 * str_of["JPN"]
print(abs(str_of["USA"] - by_hand) < 1e-12)
#> True

# %% [markdown]
# ## All indicators at once, any library
#
# The same call takes pandas, polars, pyarrow and DuckDB; columns that are called otherwise are named.

# %%
import duckdb
import polars as pl

foreign = pl.DataFrame(flows).rename({"exporter": "from", "importer": "to"})
one = mz.product_years(foreign, stability, columns={"exporter": "from", "importer": "to"})
two = mz.product_years(duckdb.sql("select * from flows"), stability)
print(one == two, len(one), one.column_names[:6])
#> True 4 ['product', 'year', 'country', 'imports', 'exports', 'exposure']

# %% [markdown]
# ## What is wrong is said with its place

# %%
try:
    mz.product_years(flows.assign(value=[60.0, 30.0, -20.0, 20.0, 10.0]), stability)
except mz.InputError as error:
    print(error)
    print(error.line, error.column)
#> row 3 of flows: column value: -20 is negative
#> 3 value

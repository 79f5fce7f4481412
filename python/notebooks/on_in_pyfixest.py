# %% [markdown]
# # Take the regression on in pyfixest
#
# The panel of the regression is a table like any other: check the program's numbers in another implementation, then go your own way.

# %%
import monazite as mz
import pyfixest as pf

run = mz.run(mz.example(), progress=None)
panel = run.table("regression/panel").to_pandas()
rows = panel[panel["in_log"] == 1]
print(len(rows), "rows of", len(panel))
#> 2075 rows of 16288

# %% [markdown]
# ## The same numbers from another implementation

# %%
formula = (
    "change_rca_log ~ rca_log + exposure + hhi + str + inputs_exposure + inputs_hhi + inputs_str + inputs_rca_log"
    " + i(cluster, ref=1) + i(tier, ref=0)"
)
fit = pf.feols(formula, data=rows, vcov={"CRV1": "country + product"})
ours = run.table("regression/table").to_pandas().query("preset == 'log'").set_index("term")
terms = {"exposure": "Exposure", "hhi": "HHI", "str": "STR", "inputs_str": "STR (inputs)"}
for theirs, our in terms.items():
    print(f"{our:13} {fit.coef()[theirs]:8.4f}  differs by less than 1e-9: {abs(fit.coef()[theirs] - ours['estimate'][our]) < 1e-9}")
#> Exposure       -1.2973  differs by less than 1e-9: True
#> HHI            -0.2213  differs by less than 1e-9: True
#> STR             0.1313  differs by less than 1e-9: True
#> STR (inputs)    0.5404  differs by less than 1e-9: True

# %% [markdown]
# ## And on: country effects in place of clusters
#
# What is left of STR when every country is compared with itself?

# %%
within = pf.feols(
    "change_rca_log ~ rca_log + exposure + hhi + str + inputs_hhi + inputs_str | country",
    data=rows,
    vcov={"CRV1": "country + product"},
)
shown = within.tidy().loc[["str", "inputs_str"], ["Estimate", "Std. Error", "Pr(>|t|)"]]
print(shown.round(3).to_string())
#>              Estimate  Std. Error  Pr(>|t|)
#> Coefficient
#> str            -0.057       0.330     0.864
#> inputs_str      0.325       0.122     0.012

# %% [markdown]
# ## The engine's own regression, on any table

# %%
own = mz.regress(
    rows,
    "change_rca_log",
    ["rca_log", "exposure", "hhi", "str", "inputs_hhi", "inputs_str"],
    absorb=["country"],
    cluster=["country", "product"],
)
print(own.to_markdown())
#> | change\_rca\_log | (1) |
#> |:---|---:|
#> | rca\_log | −0.437 (0.033) |
#> | exposure | −1.557 (0.344) |
#> | hhi | −0.187 (0.387) |
#> | str | −0.057 (0.330) |
#> | inputs\_hhi | −0.259 (0.368) |
#> | inputs\_str | 0.325 (0.123) |
#> | Country fixed effects | yes |
#> | N | 2,075 |
#> | R² | 0.235 |
#> | R² within | 0.137 |
#>
#> Standard errors in parentheses: clustered by country and product (country: 148, product: 34). Fixed effects taken out: country.
#>

# %% [markdown]
# # The paper's run from Python
#
# *Systemic Trade Risk Suppresses Comparative Advantage in Rare Earth Dependent Industries* (Klimek, Baum, Gerschberger, Hess 2025), on the example that
# comes with the package: BACI trade in 74 raw materials. For the paper's own products, say `mz.Study.from_toml("studies/rare-earths/study.toml")` with
# the zip of BACI named in its `[data]`; everything below stays as it is.

# %%
import monazite as mz

study = mz.example()
run = mz.run(study, progress=None)
print(run)
#> Run in memory: Critical raw materials, 2007-2023

# %% [markdown]
# ## What the numbers carry, in sentences

# %%
for finding in run.findings[:2]:
    print(finding)
#> STR of the average importer of 284690 (compounds, inorganic or organic…) rose for certain from 2007 to 2023. Under mass balance: from 1.54 to 1.86, +0.32 [0.20, 0.44], above 0 in every draw. In the paper’s reading: from 1.73 to 3.59, +1.87 [1.03, 2.53], above 0 in every draw. For China, the largest importer, STR rose for certain: +0.49 [0.29, 0.64] under mass balance, +2.73 [1.76, 3.58] in the paper’s reading. Most of what the paper’s number has above 1 in 2023 (67 %) is more than mass balance allows.
#> For the average importer of 284610 (cerium compounds) no change is established from 2007 to 2023. Under mass balance: from 1.55 to 1.51, -0.05 [-0.19, 0.07], above 0 in 21 % of the draws. In the paper’s reading: from 1.68 to 1.76, +0.07 [-0.21, 0.27], above 0 in 62 % of the draws. For Japan, the largest importer: under mass balance STR fell for certain, -0.18 [-0.39, -0.03]; in the paper’s reading no change is established, -0.11 [-0.47, 0.14].

# %% [markdown]
# ## Who is at risk?
#
# STR in both readings: the paper's, and the one in which a country passes on at most what it bought.

# %%
print(run.rank("str", product="284690", top=5))
#> Systemic trade risk (STR), 284690, 2023
#> Compounds, inorganic or organic (excluding cerium), of rare-earth metals, of yttrium, scandium or of mixtures…. Negligible imports by Myanmar create a feedback loop: mean 3.59, 1.94 without
#>
#>    Country             Systemic trade risk (STR)  Mass-balanced systemic trade risk  Imports (thousand USD)
#> 1  Russian Federation          4.08 [3.04, 4.85]                  2.38 [2.12, 2.51]                  12,398
#> 2  Brazil                      3.67 [2.80, 4.30]                  2.24 [2.03, 2.36]                   3,719
#> 3  Canada                      3.43 [2.71, 4.00]                  2.22 [2.01, 2.37]                   3,438
#> 4  Rep. of Korea               3.46 [2.65, 4.06]                  2.15 [1.93, 2.27]                  53,629
#> 5  Mexico                      2.98 [2.39, 3.58]                  2.15 [1.92, 2.40]                   5,628
#>
#> Countries are in the order of the mass-balanced number, since the two readings differ here by more than 0.1. In the paper’s number a country passes on all the risk behind what it buys, however little it buys; mass balance lets it pass on at most what it bought.
#> 118 countries with less than 0.1 % of world imports are not ranked.
#> 83 countries have no value.
#> 22 more countries follow.
#> In brackets: where the middle 90 % of 200 draws of political stability lie, given its standard errors; the number before them is not their middle.
#> CEPII BACI, HS92, version not stated; 2007 to 2023; 74 products, 228 countries. Political stability: World Bank WGI, long layout of the 2024 update (1996-2023), percentile rank.
#>

# %% [markdown]
# ## The value chain
#
# Products by tier: the seeds are tier 0, what is made of them tier 1, and so on.

# %%
products = run.products.to_pandas()
print(products["tier"].value_counts().sort_index().to_string())
#> tier
#> 0.0    14
#> 1.0    17
#> 2.0     4

# %%
run.figure("network", country="USA", year=2023).save("network.pdf")
#> network.pdf

# %% [markdown]
# ## Kinds of countries

# %%
clusters = run.table("typology/clusters", columns=["cluster", "countries", "composite", "stability"])
print(clusters)
#> cluster  countries  composite  stability
#>       0          1   -1.18649   0.457143
#>       1         21   0.471645   0.729027
#>       2         51   0.234173     0.8624
#>       3         10  -0.614805   0.210622
#>       4         25  -0.888981   0.418061
#>       5         41   -1.04441   0.768242
#>       6          4   -1.57074   0.898333
#>       7         62   -1.59087   0.525125
#> 8 rows

# %% [markdown]
# ## Does dependence hold countries back?
#
# The regression on logarithms, with standard errors clustered by country and product.

# %%
table = run.table("regression/table").to_pandas().query("preset == 'log' and kind == 'regressor'")
print(table[["term", "estimate", "se_two_way", "p"]].round(3).to_string(index=False))
#>              term  estimate  se_two_way     p
#>               RCA    -0.388       0.038 0.000
#>          Exposure    -1.297       0.325 0.000
#>               HHI    -0.221       0.413 0.596
#>               STR     0.131       0.311 0.676
#> Exposure (inputs)    -0.364       0.479 0.453
#>      HHI (inputs)    -1.092       0.486 0.031
#>      STR (inputs)     0.540       0.320 0.101
#>      RCA (inputs)     0.033       0.065 0.619

# %% [markdown]
# ## How far is it known?
#
# Bands from the standard errors of political stability; a change is outside its own uncertainty if its band does not hold 0.

# %%
changes = run.uncertainty["band_changes"].to_pandas()
world = changes.query("product == '284690' and who == 'WORLD' and part == 'change'")
print(world[["reading", "from_year", "to_year", "point", "p025", "p975"]].round(2).to_string(index=False))
#>      reading  from_year  to_year  point  p025  p975
#>         full       2007     2023   1.87  1.03  2.53
#> mass_balance       2007     2023   0.32  0.20  0.44

# %% [markdown]
# # A figure of your own from the tables
#
# Every number of a run is in a table; missing is null, countries are ISO3, products are text.

# %%
import matplotlib.pyplot as plt
import monazite as mz

run = mz.run(mz.example(), until="indicators", progress=None)
table = run.table("indicators", product="284690", columns=["year", "country", "imports", "str", "str_mass_balance"])
panel = table.to_pandas()
print(table)
#> year  country  imports      str  str_mass_balance
#> 2007      ABW        0
#> 2007      AFG        0
#> 2007      AGO    3.417  1.45656           1.43849
#> 2007      AIA        0
#> 2007      ALB        0
#> 2007      AND        0        1                 1
#> 2007      ANT        0
#> 2007      ARE  417.749  1.78384            1.6648
#> 2007      ARG  907.263  1.40255           1.34977
#> 2007      ARM    0.498  1.68698           1.57702
#>    …        …        …        …                 …
#> 2023      VEN    7.505   3.9731            2.3438
#> 2023      VGB        0
#> 2023      VNM   182824   2.4081           1.68543
#> 2023      VUT        0
#> 2023      WLF        0
#> 2023      WSM   22.001  1.08996           1.06706
#> 2023      YEM        0
#> 2023      ZAF  5238.25  2.08078            1.5089
#> 2023      ZMB    1.355   2.8274            2.1382
#> 2023      ZWE    20.93  2.64688           2.12118
#> 3,766 rows

# %% [markdown]
# STR of the five largest importers of rare-earth compounds: the paper's reading dashed, the mass-balanced one solid.

# %%
largest = panel[panel["year"] == 2023].nlargest(5, "imports")["country"].tolist()
figure, axes = plt.subplots(figsize=(7, 4))
for country in largest:
    own = panel[panel["country"] == country]
    (line,) = axes.plot(own["year"], own["str_mass_balance"], label=country)
    axes.plot(own["year"], own["str"], linestyle="--", color=line.get_color(), linewidth=0.8)
axes.set_xlabel("Year")
axes.set_ylabel("Systemic trade risk")
axes.legend(frameon=False)
figure.savefig("str_of_importers.png", dpi=200)
print(largest)
#> ['CHN', 'JPN', 'VNM', 'USA', 'THA']

# %% [markdown]
# ## The house's figures, without writing a line
#
# A figure shows itself in a notebook, and is saved as SVG, PNG or PDF.

# %%
print(list(run.figures)[:4])
trend = run.figure("trend", product=["284690", "280530"])
print(trend.caption)
#> ['network', 'str_trends', 'origins', 'chokepoints']
#> Systemic trade risk (STR), mean over importers, weighted by imports.
#>
#> Years without a value are gaps.
#> Systemic trade risk (STR), mean over importers, weighted by imports. 284690 Compounds, inorganic or organic (excluding…: 1.73 in 2007, 3.59 in 2023 (mass-balanced 1.54, 1.86); 280530 Earth-metals, rare: scandium and yttrium…: 1.76 in 2007, 1.98 in 2023 (mass-balanced 1.65, 1.59).
#>
#> Definitions. Exposure: M/(M + X), imports over imports and exports of a product. HHI: concentration of suppliers, sum of squared import shares. STR: systemic trade risk, the column sum of (I - V)^-1, where V is the share of each supplier in a country's imports times the supplier's political instability; 1 means none. Mass-balanced STR: the same if a country passes on at most what it bought, the share min(1, M/X) of what it sells. Influence: what a country adds to the STR of others.
#>
#> Data. CEPII BACI, HS92, version not stated; 2007 to 2023; 74 products, 228 countries. Political stability: World Bank WGI, long layout of the 2024 update (1996-2023), percentile rank.
#>
#> Numbers. figures/trend_str_284690-280530.csv
#>
#> Made by monazite 0.1.0 from the study "Critical raw materials, 2007-2023" (sha256 ccaba40642f0); two columns, 180 mm wide.
#>

# %%
trend.save("trend.svg")
print(trend.data)
#> product  country                                                name  year    value  feedback_loop  mass_balance
#>  284690           284690 Compounds, inorganic or organic (excluding…  2007  1.72613          False       1.54151
#>  284690           284690 Compounds, inorganic or organic (excluding…  2008  1.77376          False       1.55701
#>  284690           284690 Compounds, inorganic or organic (excluding…  2009  1.73726          False       1.51718
#>  284690           284690 Compounds, inorganic or organic (excluding…  2010  2.00562          False       1.64085
#>  284690           284690 Compounds, inorganic or organic (excluding…  2011  1.98269           True        1.6478
#>  284690           284690 Compounds, inorganic or organic (excluding…  2012  1.83043          False       1.56306
#>  284690           284690 Compounds, inorganic or organic (excluding…  2013  1.74683          False       1.55662
#>  284690           284690 Compounds, inorganic or organic (excluding…  2014  1.81263          False       1.57961
#>  284690           284690 Compounds, inorganic or organic (excluding…  2015  1.86779          False       1.59773
#>  284690           284690 Compounds, inorganic or organic (excluding…  2016  1.94332          False       1.62443
#>       …        …                                                   …     …        …              …             …
#>  280530             280530 Earth-metals, rare: scandium and yttrium…  2014  1.92065           True       1.51776
#>  280530             280530 Earth-metals, rare: scandium and yttrium…  2015  2.06207          False       1.54279
#>  280530             280530 Earth-metals, rare: scandium and yttrium…  2016  1.73166          False       1.46008
#>  280530             280530 Earth-metals, rare: scandium and yttrium…  2017   1.6676          False       1.47425
#>  280530             280530 Earth-metals, rare: scandium and yttrium…  2018   1.9041          False        1.5374
#>  280530             280530 Earth-metals, rare: scandium and yttrium…  2019  1.85677          False        1.5381
#>  280530             280530 Earth-metals, rare: scandium and yttrium…  2020  1.96563          False       1.58219
#>  280530             280530 Earth-metals, rare: scandium and yttrium…  2021  2.21402          False       1.64525
#>  280530             280530 Earth-metals, rare: scandium and yttrium…  2022   1.9972           True       1.58545
#>  280530             280530 Earth-metals, rare: scandium and yttrium…  2023   1.9825          False       1.59163
#> 34 rows

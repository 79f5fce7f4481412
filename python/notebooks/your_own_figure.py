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

# %% [markdown]
# ## The house's figures, without writing a line
#
# A figure shows itself in a notebook, and is saved as SVG, PNG or PDF.

# %%
print(list(run.figures)[:4])
trend = run.figure("trend", product=["284690", "280530"])
print(trend.caption)

# %%
trend.save("trend.svg")
print(trend.data)

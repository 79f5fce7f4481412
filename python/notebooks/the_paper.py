# %% [markdown]
# # The paper's run from Python
#
# *Systemic Trade Risk Suppresses Comparative Advantage in Rare Earth Dependent Industries* (Klimek, Baum, Gerschberger, Hess 2025), on the example that
# comes with the package: BACI trade in 74 raw materials. On a whole BACI release, say `mz.Study.from_toml("studies/rare-earths/study.toml")` with
# `trade="BACI_HS07_V202501.zip"` in its `[data]`; everything below stays as it is.

# %%
import monazite as mz

study = mz.example()
run = mz.run(study, progress=None)
print(run)

# %% [markdown]
# ## What the numbers carry, in sentences

# %%
for finding in run.findings[:3]:
    print(finding)

# %% [markdown]
# ## Who is at risk?
#
# STR in both readings: the paper's, and the one in which a country passes on at most what it bought.

# %%
print(run.rank("str", product="284690", top=5))

# %% [markdown]
# ## The value chain
#
# Products by tier: the seeds are tier 0, what is made of them tier 1, and so on.

# %%
chain = run.products.to_pandas()
print(chain.groupby("tier").size().to_string())

# %%
run.figure("network", country="USA", year=2023).save("network.pdf")

# %% [markdown]
# ## Kinds of countries

# %%
clusters = run.table("typology/assignments").to_pandas()
print(clusters.groupby("cluster").size().to_string())

# %% [markdown]
# ## Does dependence hold countries back?

# %%
coefficients = run.table("regression/coefficients").to_pandas()
print(coefficients.round(3).head(8).to_string(index=False))

# %% [markdown]
# ## How far is it known?
#
# Bands from the standard errors of political stability; a change is outside its own uncertainty if its band does not hold 0.

# %%
changes = run.uncertainty["band_changes"].to_pandas()
print(changes.query("product == '284690'").round(2).to_string(index=False))

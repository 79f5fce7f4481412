# %% [markdown]
# # Take the regression on in pyfixest
#
# The panel of the regression is a table like any other: check the program's numbers in another implementation, then go your own way.

# %%
import monazite as mz
import pyfixest as pf

run = mz.run(mz.example(), progress=None)
panel = run.table("regression/panel").to_pandas()
print(panel.shape[1], "columns,", len(panel), "rows")

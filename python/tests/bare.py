"""What a new user does, in an environment in which there is nothing but the wheel: no Rust, no numpy, no other package.

Not a test of pytest, which such an environment does not have: ./test python runs it with the interpreter of the environment.
"""

from __future__ import annotations

import importlib.util
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

import monazite as mz

others = [name for name in ("numpy", "pandas", "polars", "pyarrow", "tqdm") if importlib.util.find_spec(name)]
assert not others, f"this environment has more than the wheel: {others}"
assert "site-packages" in mz.__file__, mz.__file__

# The three lines of the README.
run = mz.run(mz.example(), until="indicators", progress=None)
indicators = run.indicators
figure = run.figure("network", country="USA", year=2023)

assert len(indicators) > 200_000 and indicators.column_names[:3] == ["year", "product", "country"]
assert figure._repr_svg_().startswith("<svg") and "Production network of USA, 2023" in figure.caption
assert pickle.loads(pickle.dumps(indicators)) == indicators

flows = {
    "year": [2023] * 3,
    "product": ["284690"] * 3,
    "exporter": ["CHN", "CHN", "JPN"],
    "importer": ["USA", "JPN", "USA"],
    "value": [60.0, 30.0, 20.0],
}
risk = mz.systemic_trade_risk(flows, {"iso3": ["CHN", "JPN", "USA"], "year": [2023] * 3, "pv": [30.0, 90.0, 50.0]})
usa = risk["str"][risk["country"].index("USA")]
# Three quarters from China, whose chain ends; a quarter from Japan, which buys all it has from China.
assert abs(usa - (1 + 0.7 * 0.75 + 0.1 * 0.25 * 1.7)) < 1e-12, usa
assert "more rows" in indicators._repr_html_()

with tempfile.TemporaryDirectory() as folder:
    place = Path(folder)
    figure.save(place / "network.pdf")
    assert (place / "network.pdf").read_bytes().startswith(b"%PDF")
    for command in ([sys.executable, "-m", "monazite"], [str(Path(sys.executable).with_name("monazite"))]):
        said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout
        assert said.startswith(f"monazite {mz.__version__}"), said
    wrong = subprocess.run([sys.executable, "-m", "monazite", "run", "none.toml"], capture_output=True, text=True)
    assert wrong.returncode == 1 and "none.toml" in wrong.stderr, wrong

print(f"the wheel on its own: {len(indicators):,} rows of indicators, a figure, the command")

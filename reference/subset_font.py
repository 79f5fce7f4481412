"""The font of the figures, cut to the letters that figures need.

    pip install fonttools==4.55.3 brotli==1.1.0
    python reference/subset_font.py FOLDER_WITH_INTER_OTF crates/monazite/assets/fonts

FOLDER holds Inter-Regular.otf and Inter-SemiBold.otf of Inter 4.0; their checksums are compared with those below. For each weight an
.otf is written (for measuring text, PNG and PDF) and a .woff2 with the same letters (for SVG and HTML).
"""

import hashlib
import sys
from pathlib import Path

from fontTools import subset

SOURCES = {
    "Inter-Regular.otf": "a7e791e8f5a0fb02b65663f7fca73e1d1ca9543f772ad480cbd76f4e3fe3f8cc",
    "Inter-SemiBold.otf": "8c1990b6012254ea2b487161697d107357dd0ee55811cfd91c8c11227bbef457",
}

# Basic Latin, Latin-1, Latin Extended-A, the Romanian and Vietnamese letters of country names, Greek, and signs.
LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), *range(0x391, 0x3CA)]
SIGNS = "–—‘’“”„•…′″‹›€−×÷±≈≠≤≥∝∑√∞→←↑↓⟨⟩⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄№™△▲○●◯"


def main(source, target):
    options = subset.Options()
    options.layout_features = ["kern", "mark", "ccmp"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = True
    options.recalc_timestamp = False
    for name, checksum in SOURCES.items():
        path = Path(source) / name
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != checksum:
            sys.exit(f"{path}: this is another edition of the font (sha256 {found})")
        for flavor, ending in ((None, ".otf"), ("woff2", ".woff2")):
            options.flavor = flavor
            font = subset.load_font(str(path), options)
            cut = subset.Subsetter(options)
            cut.populate(unicodes=LETTERS, text=SIGNS)
            cut.subset(font)
            subset.save_font(font, str(Path(target) / (path.stem + ending)), options)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Makes the static embedding model that comes with monazite-mapping.

The model is distilled from the sentence model all-MiniLM-L6-v2 (Apache-2.0) by Model2Vec: each token of the
vocabulary goes through the sentence model once, the 384 dimensions are reduced to 256 by PCA, and the rows are stored
as int8. A text is then the mean of the rows of its tokens.

    pip install "model2vec[distill]==0.10.*"
    python reference/make_static_model.py MINILM_FOLDER crates/monazite-mapping/assets/static

MINILM_FOLDER holds the original weights (model.safetensors, config.json, tokenizer.json). About two minutes of one
core, no network. LICENSE and NOTICE are taken over from MINILM_FOLDER if they are there.
"""

import gzip
import hashlib
import json
import sys
import tempfile
from pathlib import Path


def main(source: Path, target: Path) -> None:
    from model2vec.distill import distill

    model = distill(model_name=str(source), pca_dims=256, quantize_to="int8")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        made = Path(folder)
        config = json.loads((made / "config.json").read_text())
        # Only what a reader of the model needs; the tool also writes the local path of its source.
        config = {key: config[key] for key in sorted(config) if key in {"normalize", "hidden_dim", "seq_length", "apply_pca"}}
        config["source"] = "sentence-transformers/all-MiniLM-L6-v2"
        (target / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        for name in ("model.safetensors", "tokenizer.json"):
            content = (made / name).read_bytes()
            # No file name and no time in the header: the same input gives the same file.
            with open(target / f"{name}.gz", "wb") as file:
                with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=9, mtime=0) as packed:
                    packed.write(content)
            print(name, len(content), hashlib.sha256(content).hexdigest())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

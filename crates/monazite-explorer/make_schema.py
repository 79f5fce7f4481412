"""Makes explorer.schema.json from web/src/contract.ts; run it after a change of the contract.

    npm install ts-json-schema-generator   (in any folder)
    python make_schema.py PATH/TO/node_modules/.bin/ts-json-schema-generator [CONTRACT]
"""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
# A comparison holds more than the page shows of it.
ROOTS = {
    "Explorer": False,
    "ProductYearsFile": False,
    "FindingsFile": False,
    "ChainFile": False,
    "EvidenceFile": False,
    "IndicesFile": False,
    "ScenarioAnswer": False,
    "PlanAnswer": False,
    "Comparison": True,
}


def main():
    generator = sys.argv[1]
    contract = sys.argv[2] if len(sys.argv) > 2 else HERE / "web/src/contract.ts"
    definitions = {}
    for root, more in ROOTS.items():
        command = [generator, "--path", str(contract), "--type", root, "--no-type-check"]
        command += ["--additional-properties"] if more else []
        made = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for name, definition in json.loads(made)["definitions"].items():
            definitions.setdefault(name, definition)
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Answers of the explorer",
        "description": "explorer.json and its parts, the answers of whatif and diversify, and comparison.json; made from web/src/contract.ts by make_schema.py",
        "definitions": dict(sorted(definitions.items())),
        "$ref": "#/definitions/Explorer",
    }
    (HERE / "explorer.schema.json").write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n")


main()

#!/usr/bin/env bash
# Tests of the page: types, units, whether dist/ is what its sources build, and the browser tests over exports of four folders that the program
# makes of the example, of the study of 2002, of a made-up world, and of two made-up worlds side by side.
#
#     tests/all.sh PROGRAM        a `monazite` with `explore`; needs node, npm, Chromium and python3 with venv
set -euo pipefail
monazite=$(realpath "$1")
cd "$(dirname "$0")/.."
root=$(cd ../../.. && pwd)
python=$root/target/python/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! "$python" -c 'import duckdb' 2>/dev/null; then
    [ -x "$python" ] || python3 -m venv "$root/target/python"
    "$python" -m pip install --quiet duckdb
fi

npm ci --no-audit --no-fund --silent
npm run --silent check
npm test --silent
cp -r dist "$work/dist"
npm run --silent build
if ! diff -r "$work/dist" dist; then
    echo "dist/ is not what its sources build: commit what npm run build makes of them" >&2
    exit 1
fi

# Makes a made-up world from a seed and runs it.
made_up() {
    "$monazite" example --planted --products 20 --others 10 --countries 40 --years 8 --seed "$1" --out "$work/world-$1"
    "$monazite" run "$work/world-$1/study.toml" --out "$work/runs/made-up-$1"
}
# Exports a run, or two, and tests the folder.
browser() {
    local name=$1 && shift
    "$monazite" explore "$@" --export "$work/site/$name"
    PYTHON=$python npm run --silent browser -- "$work/site/$name"
}
{
    made_up 1
    made_up 2
    "$monazite" run "$root/studies/example/study.toml" --out "$work/runs/example"
    "$monazite" run "$root/studies/clean-technology-2002/study.toml" --out "$work/runs/2002"
} >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
browser example "$work/runs/example"
PYTHON=$python node tests/browser/newcomer.mjs "$work/site/example"
# The looks of the views do not depend on the run: one mode and print will do.
export MODES=light,print
browser 2002 "$work/runs/2002"
browser made-up "$work/runs/made-up-1"
ONLY='^(two|compare|a link|material)' browser two "$work/runs/made-up-1" "$work/runs/made-up-2"

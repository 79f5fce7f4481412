"""Flips one bit at a time in a store or in the folder of a finished run, and looks what the program makes of it.

    python bench/flips.py --store DIR --study FILE --flips 200        a store of any size; the study reads it (data.store)
    python bench/flips.py --run DIR --flips 200

Half of the flips are in a file chosen by its size, half in any file. For a store, `monazite store verify` has to fail and name the file, and `monazite
indicators` of the study has to fail and name it, or to give the same bytes as before: it reads only what it needs, and mends what it can. For a run,
`monazite report` has to fail and name the file, or to give the same page: it does not read every table. No panic, nothing that takes longer than two minutes. The last line says what came of all.
"""
import argparse, hashlib, pathlib, random, shutil, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ap = argparse.ArgumentParser()
ap.add_argument("--store", type=pathlib.Path)
ap.add_argument("--study", type=pathlib.Path)
ap.add_argument("--run", type=pathlib.Path)
ap.add_argument("--flips", type=int, default=200)
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--program", default=str(ROOT / "target/release/monazite"))
a = ap.parse_args()
random.seed(a.seed)


def call(*arguments):
    try:
        done = subprocess.run([a.program, "--quiet", *map(str, arguments)], capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return None, "took too long"
    return done.returncode, done.stderr


def flip(path, at, bit):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1 << bit]))


def tables(run):
    """What a run says, but for wall times."""
    found = {}
    for path in sorted(run.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found[str(path.relative_to(run))] = hashlib.sha256(data.split(b"[timing]")[0] if path.name == "manifest.toml" else data).digest()
    return found


def judge(code, says, path):
    """What is wrong with an answer to a damaged file; None if it names it."""
    if code is None or "panicked" in says or code not in (0, 1):
        return f"exit {code}: {says.strip()[-300:]}"
    if code == 0:
        return "nothing noticed"
    return None if path.name in says else f"does not name {path.name}: {says.strip()[-300:]}"


place = a.store or a.run
files = [p for p in sorted(place.rglob("*")) if p.is_file() and p.stat().st_size > 0 and p.name != ".lock"]
size = sum(p.stat().st_size for p in files)
counts, bad = {}, []
with tempfile.TemporaryDirectory() as temporary:
    out = pathlib.Path(temporary) / "run"

    def compute():
        shutil.rmtree(out, ignore_errors=True)
        code, says = call("indicators", a.study, "--out", out)
        return code, says, tables(out) if code == 0 else None

    expected = tables(a.run) if a.run else None
    if a.store:
        code, says, expected = compute()
        assert code == 0, says
    for number in range(a.flips):
        path = random.choices(files, [p.stat().st_size for p in files])[0] if number % 2 else random.choice(files)
        before = hashlib.sha256(path.read_bytes()).digest()
        at, bit = random.randrange(path.stat().st_size), random.randrange(8)
        flip(path, at, bit)
        if a.store:
            wrong = judge(*call("store", "verify", a.store), path)
            what = "verify names the file"
            code, says, found = compute()
            if code == 0 and found == expected:
                what += ", the study gives the same bytes"
            elif code == 0:
                wrong = wrong or "the study gives something else"
            else:
                wrong = wrong or judge(code, says, path)
                what += ", so does the study"
        else:
            code, says = call("report", a.run)
            wrong, what = judge(code, says, path), "report names the file"
            if code == 0:
                name = str(path.relative_to(a.run))
                same = {**tables(a.run), name: b""} == {**expected, name: b""}
                wrong, what = None if same else "the report is another one", "report does not read the file, and is the same"
        if hashlib.sha256(path.read_bytes()).digest() != before:
            flip(path, at, bit)
        assert hashlib.sha256(path.read_bytes()).digest() == before, f"{path} was changed"
        counts[wrong and "wrong" or what] = counts.get(wrong and "wrong" or what, 0) + 1
        if wrong:
            bad.append(f"{path.relative_to(place)} byte {at} bit {bit}: {wrong}")
            print(bad[-1], flush=True)
print(f"{a.flips} flips in {len(files)} files, {size / 2**20:.1f} MiB: " + "; ".join(f"{k}: {v}" for k, v in sorted(counts.items())))
sys.exit(bool(bad))

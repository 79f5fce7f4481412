"""kill -9 at random moments of every command that writes: is what it leaves whole, and does the next call give the same bytes?

    cargo build --release
    python bench/kill.py                 # 50 kills of each command
    python bench/kill.py --kills 5       # a quick look

A planted world is imported, run, and so on. Each command is first left alone, for its time and its bytes. Then it is killed, each time in a
fresh copy of what it starts from: half of the times at a random moment of its run, half of the times shortly after it has begun to put things
into their places, which is the moment that matters and takes a hundredth of the time. After each kill

- what a reader finds is whole: every file that the manifest lists is there with its checksum, in its place or set aside, or there is no
  manifest, as before;
- the next call of the same command succeeds, its files are those of a call that was left alone, byte for byte but for wall times, and
  nothing hidden is left.

Python 3.11 or newer, Linux; nothing else is needed. The exit code is 1 if any kill left something else.
"""

import argparse
import hashlib
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib

SIGNED = "# SHA-256 of everything above: "
ROOT = pathlib.Path(__file__).resolve().parent.parent


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def call(program, arguments, folder):
    done = subprocess.run([program, "--quiet", *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr}")


def contents(folder):
    """Every file below a folder; of manifests what is not a wall time."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name == ".lock" and (path.parent / "store.toml").exists():
            continue
        data = path.read_bytes()
        if path.name == "manifest.toml":
            data = data.split(b"[timing]")[0]
        # The sums of a package are about its manifest too, and a store knows when its files were last changed.
        if path.name == "SHA256SUMS":
            data = b"".join(l for l in data.splitlines(True) if not l.endswith(b"manifest.toml\n"))
        if path.name in ("store.toml", "year.toml"):
            data = b"".join(l for l in data.splitlines(True) if not l.startswith(b"stamp"))
        found[str(path.relative_to(folder))] = data
    return found


def reader_of_run(run):
    """What is wrong with a run for who reads it now; None if nothing is."""
    manifest = run / "manifest.toml"
    if not manifest.exists():
        return None
    text = manifest.read_text(encoding="utf-8")
    body, _, line = text.rpartition(SIGNED)
    if sha256(body.encode()) != line.strip():
        return "the manifest is not signed"
    for file in tomllib.loads(text)["files"]:
        places = [run / file["name"], run / ".old" / file["name"]]
        if not any(p.is_file() and sha256(p.read_bytes()) == file["sha256"] for p in places):
            return f"{file['name']} is not there"
    return None


def reader_of_store(store):
    if not (store / "store.toml").exists():
        return None
    for year in tomllib.loads((store / "store.toml").read_text(encoding="utf-8"))["years"]:
        for key, value in year.items():
            if key.endswith("_sha256"):
                found = [p for p in store.rglob("*.parquet") if sha256(p.read_bytes()) == value]
                if not found:
                    return f"{key} of {year['year']} is not there"
    return None


def reader_of_package(package):
    if not package.exists():
        return None
    sums = package / "SHA256SUMS"
    if not sums.exists():
        return "half a package"
    for line in sums.read_text(encoding="utf-8").splitlines():
        value, name = line.split("  ", 1)
        if sha256((package / name).read_bytes()) != value:
            return f"{name} is not there"
    return None


def begun(folder, out):
    """Whether things are being put into their places."""
    place = folder / out
    return any(p.exists() for p in [place / ".commit", place / "store.partial", place / "store.toml", folder / f".{out}.partial"])


def kill_once(program, arguments, folder, out, took, at_commit):
    process = subprocess.Popen([program, "--quiet", *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if at_commit:
        while process.poll() is None and not begun(folder, out):
            pass
        time.sleep(random.random() * 0.004)
    else:
        time.sleep(random.random() * took)
    killed = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return killed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--program", default=str(ROOT / "target/release/monazite"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    random.seed(options.seed)
    bad = 0
    with tempfile.TemporaryDirectory() as temporary:
        base = pathlib.Path(temporary) / "base"
        base.mkdir()
        sizes = ["--products", "25", "--others", "15", "--countries", "16", "--years", "7"]
        call(program, ["example", "--planted", "--out", "planted", *sizes], base)
        study = base / "planted/study.toml"
        study.write_text(study.read_text() + "\n[typology]\nneighbours = 20\nrepetitions = 2\n")
        other = study.read_text().replace("random_seed = ", "random_seed = 9").replace("hubs = [\"AAA\"]", "hubs = []")
        (base / "planted/other.toml").write_text(other)
        bare = pathlib.Path(temporary) / "bare"
        shutil.copytree(base, bare, copy_function=shutil.copy2)
        call(program, ["run", "planted/other.toml", "--out", "run"], base)
        older = pathlib.Path(temporary) / "older"
        shutil.copytree(base, older, copy_function=shutil.copy2)
        call(program, ["run", "planted/study.toml", "--out", "run"], base)
        call(program, ["report", "run", "--figures", "network", "--year", "2009"], base)
        regress = ["regress", "run", "--study", "planted/study.toml", "--covariance", "hc1"]
        commands = [
            ("import", ["import", "planted/release", "--out", "store"], "store", bare, reader_of_store),
            ("run", ["run", "planted/study.toml", "--out", "run"], "run", older, reader_of_run),
            ("typology", ["typology", "run", "--neighbours", "15"], "run", base, reader_of_run),
            ("regress", regress, "run", base, reader_of_run),
            ("report", ["report", "run"], "run", base, reader_of_run),
            ("replicate", ["replicate", "run", "--out", "package", "--study", "planted/study.toml"], "package", base, reader_of_package),
        ]
        for name, arguments, out, start, reader in commands:
            work = pathlib.Path(temporary) / "work"

            def fresh():
                shutil.rmtree(work, ignore_errors=True)
                shutil.copytree(start, work, copy_function=shutil.copy2)

            fresh()
            began = time.monotonic()
            call(program, arguments, work)
            took = time.monotonic() - began
            expected = contents(work / out)
            whole, during = 0, 0
            for kill in range(options.kills):
                fresh()
                during += kill_once(program, arguments, work, out, took, kill % 2 == 1)
                wrong = reader(work / out)
                if wrong is None:
                    again = subprocess.run([program, "--quiet", *arguments], cwd=work, capture_output=True, text=True)
                    if name == "replicate" and again.returncode != 0 and contents(work / out) == expected:
                        pass  # It was finished, and a package is not replaced.
                    elif again.returncode != 0:
                        wrong = f"the next call fails: {again.stderr.strip()}"
                    elif contents(work / out) != expected:
                        now = contents(work / out)
                        differ = [f for f in now.keys() | expected.keys() if now.get(f) != expected.get(f)]
                        wrong = f"the next call gives other bytes: {', '.join(sorted(differ)[:5])}"
                    elif any(p.name.startswith(".") for p in work.glob(".*")):
                        wrong = "something hidden is left"
                if wrong is None:
                    whole += 1
                else:
                    bad += 1
                    print(f"{name}, kill {kill}: {wrong}")
            print(f"{name:<10} {whole} of {options.kills} whole; {during} killed before they had ended; {took:.2f} s alone", flush=True)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()

"""A standalone cluster of Spark on loopback: a master and workers as processes, to be killed. Linux only, for
/proc.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

FAST_TO_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def environment() -> dict[str, str]:
    import pyspark

    import monazite

    # The workers import the package that the tests import, whether it is installed or built in its folder.
    package = str(Path(monazite.__file__).parent.parent)
    path = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {
        **os.environ,
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_MASTER_OPTS": "-Dspark.deploy.maxExecutorRetries=-1",
        "SPARK_DAEMON_MEMORY": "300m",
        "SPARK_DAEMON_JAVA_OPTS": FAST_TO_START,
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYTHONPATH": path,
        "OPENBLAS_NUM_THREADS": "1",
    }


def session_settings() -> dict[str, str]:
    """What a session needs on a machine that is small and on which processes die."""
    return {
        "spark.executor.memory": "700m",
        "spark.executor.cores": "1",
        "spark.executor.extraJavaOptions": FAST_TO_START,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.executor.heartbeatInterval": "5s",
        "spark.network.timeout": "60s",
        "spark.sql.files.maxPartitionBytes": "256k",
        "spark.sql.files.openCostInBytes": "1k",
    }


def processes() -> dict[int, tuple[int, str]]:
    """Parent and command line of every process."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (OSError, ValueError):
            continue
        found[int(folder.name)] = (parent, words)
    return found


def below(pid: int) -> dict[int, str]:
    """All that a process has started, and what they have, with their command lines."""
    every = processes()
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        for child, (of, words) in every.items():
            if of == parent and child not in found:
                found[child] = words
                waiting.append(child)
    return found


class Cluster:
    """A master and workers of one core each."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.logs = open(folder / "cluster.log", "wb")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"spark://127.0.0.1:{self.port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.master = self._start("master.Master", "--port", str(self.port))
        self._wait_for_port()
        for _ in range(workers):
            self.add_worker()

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        environ = environment()
        program = [
            f"{environ['SPARK_HOME']}/bin/spark-class",
            f"org.apache.spark.deploy.{name}",
            "--host",
            "127.0.0.1",
            "--webui-port",
            "0",
        ]
        return subprocess.Popen(
            [*program, *arguments], env=environ, stdout=self.logs, stderr=self.logs, start_new_session=True
        )

    def _wait_for_port(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with socket.socket() as there:
                if there.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError(f"the master did not start; see {self.folder / 'cluster.log'}")

    def add_worker(self) -> None:
        work = self.folder / f"work-{len(self.workers)}-{time.monotonic_ns()}"
        self.workers.append(self._start("worker.Worker", "-c", "1", "-m", "1500m", "-d", str(work), self.url))

    def executors(self) -> dict[int, int]:
        """Executors by the worker that has them."""
        found = {}
        for worker in self.workers:
            if worker.poll() is None:
                found.update(
                    {
                        pid: worker.pid
                        for pid, words in below(worker.pid).items()
                        if "CoarseGrainedExecutorBackend" in words
                    }
                )
        return found

    def pythons(self) -> list[int]:
        """The Python processes that executors have, those that compute; their daemons if there is none
        yet.
        """
        daemons, computing = [], []
        for executor in self.executors():
            for pid, words in below(executor).items():
                if "pyspark" in words:
                    daemons.append(pid)
                    computing += [child for child, more in below(pid).items() if "pyspark" in more]
        return sorted(set(computing)) or sorted(set(daemons))

    def kill_worker(self, worker: int) -> None:
        """Kills a worker with its executors, as when a machine goes down."""
        for pid in [worker, *below(worker)]:
            kill(pid)
        self.workers = [w for w in self.workers if w.pid != worker or w.wait() is None]

    def stop(self) -> None:
        for process in [*self.workers, self.master]:
            for pid in [*below(process.pid), process.pid]:
                kill(pid)
            process.wait()
        self.logs.close()


def kill(pid: int) -> bool:
    """kill -9; False if it had ended by itself."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


class Driver:
    """A driver in a process of its own, which does one job after the other; see spark_driver.py."""

    def __init__(self, cluster: Cluster, store: Path, stability: Path, years: tuple[int, int]) -> None:
        self.errors = open(cluster.folder / "driver.log", "wb")
        program = [
            sys.executable,
            str(Path(__file__).with_name("spark_driver.py")),
            cluster.url,
            str(store),
            str(stability),
            *map(str, years),
        ]
        self.process = subprocess.Popen(
            program,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            start_new_session=True,
        )
        self.answer("ready")

    def begin(self, layout: str, out: Path) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{layout} {out}\n")
        self.process.stdin.flush()
        self.answer("begun")

    def answer(self, wanted: str) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith(wanted):
            raise RuntimeError(f"the driver said {line!r} and not {wanted}; see {self.errors.name}")
        return line.strip()

    def stop(self) -> None:
        for pid in [*below(self.process.pid), self.process.pid]:
            kill(pid)
        self.process.wait()
        self.errors.close()

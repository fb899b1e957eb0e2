"""A PostgreSQL of our own for one run: every commit is flushed to disk, as in production."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "postgres.sh"
#: Checkpoints and vacuums must not fall into one round and miss another.
SETTINGS = "-c max_wal_size=4GB -c checkpoint_timeout=30min"


@contextmanager
def cluster() -> Iterator[str]:
    """Yield the address of an empty cluster, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sanwei-bench-") as folder:
        Path(folder).chmod(0o755)
        place = f"{folder}/pg"
        environment = os.environ | {"PG_OPTIONS": SETTINGS}
        started = subprocess.run(
            [str(SCRIPT), "start", place], check=True, stdout=subprocess.PIPE, env=environment
        )
        try:
            yield started.stdout.decode().strip()
        finally:
            subprocess.run([str(SCRIPT), "stop", place], check=True)


def binary(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else name


def database(address: str, name: str) -> str:
    """Create another database in the cluster; returns its address."""
    subprocess.run([binary("psql"), "-q", "-c", f"create database {name}", address], check=True)
    return address.rsplit("/", 1)[0] + f"/{name}"

"""Debian's PostgreSQL as a process of a test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import missing
from tests.programs import free_port

DEBIAN = Path("/usr/lib/postgresql")


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database. Skips the test where PostgreSQL is not installed.

    The server refuses to run as root: then it is the user that Debian's package made.
    """
    programs = sorted(DEBIAN.glob("*/bin/initdb"))
    if not programs:
        missing("postgresql is not installed")
    folder_of_programs, user = programs[-1].parent, "postgres" if os.getuid() == 0 else None
    with TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        if user is not None:
            shutil.chown(folder, user)
        data = str(folder / "data")

        def run(program: str, *arguments: str) -> None:
            command = [str(folder_of_programs / program), "-D", data, *arguments]
            subprocess.run(command, cwd=folder, user=user, check=True, stdout=subprocess.DEVNULL, timeout=60)

        run("initdb", "--auth=trust", "--username=yibao")
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-p {port} -k {folder} -h 127.0.0.1", "start")
        try:
            yield f"postgresql://yibao@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")

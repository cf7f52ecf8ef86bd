"""Packages from npm that some tests need, fetched once for each lock file."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from tests.conftest import missing


def install(npm: str, here: Path, package: str, cache: Path) -> Path:
    """A folder in ``cache`` with the files of ``here`` and what its lock file names; ``package`` is one of that.

    Skips the test where it cannot be fetched.
    """
    lock = here / "package-lock.json"
    folder = cache / f"{here.name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    folder.mkdir(exist_ok=True)
    for file in here.iterdir():
        if file.is_file():
            shutil.copy(file, folder / file.name)
    if not (folder / "node_modules" / package / "package.json").exists():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            missing(f"npm cannot install {package}")
    return folder

"""``make soak``: what the door must bear, with real processes, for some minutes. It prints the counts."""

from __future__ import annotations

import signal
import sys
import time

from knowledge.editor.release import Releases
from tests.soak.faults import compare
from tests.soak.garbage import throw
from tests.soak.swap import swap
from webhook.command_line.terminal import load

_begun = time.monotonic()


def main() -> None:
    # So that what was started is stopped when this is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    release = Releases(load().var.absolute()).live()
    held = [compare(release, tell), swap(release, tell), throw(release, tell)]
    tell("all of it holds" if all(held) else "something does not hold")
    sys.exit(not all(held))


def tell(line: str) -> None:
    print(f"{time.monotonic() - _begun:5.0f} s  {line}", flush=True)


if __name__ == "__main__":
    main()

"""`visitsync listen` in a process of its own that kills itself at a chosen commit.

python -m tests.push.mortal_listener PORT POINT. The point (0: none) is counted as in tests.nothing_lost.stops.
"""

import os
import signal
import sys

from tests.nothing_lost.stops import Points
from visitsync.wiring.cli import run


def main() -> None:
    port, point = sys.argv[1:3]
    Points(int(point) or None, lambda: os.kill(os.getpid(), signal.SIGKILL)).watch()
    sys.exit(run(["listen", "--port", port]))


if __name__ == "__main__":
    main()

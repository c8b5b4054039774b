"""Make .venv with a working pip, also where Debian ships Python without ensurepip."""

import os
import subprocess
import sys
from pathlib import Path

VENV = Path(".venv")


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"Visitsync needs Python 3.11 or later; this is {sys.version.split()[0]}. Try: make PYTHON=python3.11")
    if subprocess.call([sys.executable, "-c", "import ensurepip"], stderr=subprocess.DEVNULL) == 0:
        run([sys.executable, "-m", "venv", str(VENV)])
    elif subprocess.call([sys.executable, "-m", "pip", "--version"], stdout=subprocess.DEVNULL) == 0:
        run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
        run([sys.executable, "-m", "pip", "--python", str(VENV / "bin" / "python"), "install", "--quiet", "pip"])
    elif os.geteuid() == 0:
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "install", "-y", "-qq", "python3-venv"])
        run([sys.executable, "-m", "venv", str(VENV)])
    else:
        sys.exit("This Python has neither ensurepip nor pip. Once, as root: apt-get install python3-venv")


def run(command: list[str]) -> None:
    if subprocess.call(command) != 0:
        sys.exit(f"Preparing the virtual environment failed at: {' '.join(command)}")


if __name__ == "__main__":
    main()

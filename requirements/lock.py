"""Pin what pyproject.toml asks for into run.txt and dev.txt, with hashes and without any registry's address."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parent / "pyproject.toml"
OPTIONS = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet", "--python-version", "3.11"]


def main() -> None:
    compile_to("run.txt", ["--group", "build"])
    compile_to("dev.txt", ["--group", "build", "--group", "dev"])


def compile_to(name: str, groups: list[str]) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *groups, str(PROJECT), "-o", str(HERE / name)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=HERE.parent)


if __name__ == "__main__":
    main()

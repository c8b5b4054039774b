"""Make .venv with a working pip: also where Debian ships Python without ensurepip, and without asking for root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST = (3, 11)
OTHER_NAMES = ("python3.11", "python3.12", "python3.13", "python3.14")

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"

# Debian keeps pip as a wheel beside Python, in a package that `python3-venv` would bring.
DEBIAN_WHEELS = Path("/usr/share/python-wheels")
DEBIAN_PACKAGE = "python3-pip-whl"


def main() -> None:
    if sys.version_info < OLDEST:
        continue_with_a_newer_python()
    if has_pip():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if not run(sys.executable, "-m", "venv", "--without-pip", str(VENV)):
        sys.exit(f"{sys.executable} cannot make a virtual environment in {Path.cwd()}: see above.")
    for bring_pip in (from_ensurepip, from_debian_s_wheel, from_another_pip, from_uv, from_debian_s_archive):
        if bring_pip() and has_pip():
            return
    shutil.rmtree(VENV, ignore_errors=True)
    sys.exit(
        "This Python has neither ensurepip nor pip, and neither could be fetched. "
        "Once, as root: apt-get install python3-venv (or your system's package of that kind), then try again."
    )


def continue_with_a_newer_python() -> None:
    for name in OTHER_NAMES:
        program = shutil.which(name)
        if program:
            os.execv(program, [program, *sys.argv])  # noqa: S606 - the same script, no shell
    found = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"Visitsync needs Python 3.11 or later; this is {found}. Install one, or: make PYTHON=/path/to/python3.11")


def has_pip() -> bool:
    return PYTHON.exists() and run(str(PYTHON), "-m", "pip", "--version", quiet=True)


def from_ensurepip() -> bool:
    return run(str(PYTHON), "-m", "ensurepip", quiet=True)


def from_debian_s_wheel() -> bool:
    return any(install_wheel(wheel) for wheel in sorted(DEBIAN_WHEELS.glob("pip-*.whl"), reverse=True))


def from_another_pip() -> bool:
    return run(sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip", quiet=True)


def from_uv() -> bool:
    return bool(shutil.which("uv")) and run("uv", "pip", "install", "--quiet", "--python", str(PYTHON), "pip")


def from_debian_s_archive() -> bool:
    """Fetch the package with apt, which checks its signature, and unpack it here: no root, nothing installed."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return False
    with tempfile.TemporaryDirectory() as folder:
        state, cache, unpacked = (Path(folder, name) for name in ("state", "cache", "unpacked"))
        for needed in (state / "lists" / "partial", cache / "archives" / "partial"):
            needed.mkdir(parents=True)
        options = [f"Dir::State={state}", f"Dir::Cache={cache}", "Dir::State::status=/dev/null", "Debug::NoLocking=1"]
        apt = ["apt-get", "-qq", *(f"-o{option}" for option in (*options, f"APT::Sandbox::User={user_name()}"))]
        return (
            run(*apt, "update", folder=folder)
            and run(*apt, "download", DEBIAN_PACKAGE, folder=folder)
            and all(run("dpkg-deb", "-x", str(package), str(unpacked)) for package in Path(folder).glob("*.deb"))
            and any(install_wheel(wheel) for wheel in unpacked.rglob("pip-*.whl"))
        )


def install_wheel(wheel: Path) -> bool:
    """A wheel of pip can install itself: Python imports from it as it is."""
    return run(str(PYTHON), str(wheel / "pip"), "install", "--quiet", "--no-index", "--no-deps", str(wheel))


def user_name() -> str:
    """Whom apt downloads as: ourselves, because its own user may not write to our folder."""
    return "root" if os.geteuid() == 0 else ""


def run(*command: str, quiet: bool = False, folder: str | None = None) -> bool:
    output = subprocess.DEVNULL if quiet else None
    without_cache = os.environ | {"PIP_NO_CACHE_DIR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}
    return subprocess.call(command, stdout=output, stderr=output, cwd=folder, env=without_cache) == 0


if __name__ == "__main__":
    main()

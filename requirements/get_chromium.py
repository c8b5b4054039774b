"""Find or fetch the browser that the tests drive, Debian's chromium: installed by root, else unpacked into .venv."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

BROWSER = "chromium"
# Playwright's driver, a Node.js, wants libatomic1. The fonts are those that the tests' fonts.conf names.
PACKAGES = ("chromium", "libatomic1", "fonts-inter", "fonts-dejavu-core")

VENV = Path(".venv")
UNPACKED = VENV / "chromium"
STARTER = VENV / "bin" / BROWSER
DRIVER = (str(VENV / "bin" / "python"), "-m", "playwright", "--version")
LIBRARY_FOLDERS = ("usr/lib/chromium", "usr/lib/*-linux-gnu*", "usr/lib/*-linux-gnu*/pulseaudio", "lib/*-linux-gnu*")

PATIENT = ("Acquire::Retries=3", "Acquire::http::Timeout=30", "Acquire::https::Timeout=30", "DPkg::Lock::Timeout=300")
SILENT = {"DEBIAN_FRONTEND": "noninteractive"}

NONE_TO_BE_HAD = (
    "NO BROWSER: chromium with its driver was neither found nor could it be fetched with apt. "
    "THE TESTS OF THE PAGES WILL BE SKIPPED. "
    f"Once, as root: apt-get install {' '.join(PACKAGES)}"
)


def main() -> None:
    if is_there():
        return
    say("Fetching Debian's chromium for the tests of the pages, once: about 130 MB.")
    ways = (install, unpack) if os.geteuid() == 0 else (unpack,)
    if not (has_apt() and any(bring_it() and starts() for bring_it in ways)):
        STARTER.unlink(missing_ok=True)
        say(NONE_TO_BE_HAD)


def is_there() -> bool:
    return bool(program()) and run(*DRIVER, quiet=True, libraries=unpacked_libraries())


def program() -> str | None:
    """Ours first, as the tests look for it."""
    return shutil.which(BROWSER, path=os.pathsep.join((str(STARTER.parent), os.environ.get("PATH", os.defpath))))


def starts() -> bool:
    return is_there() and run(str(program()), "--version", quiet=True)


def has_apt() -> bool:
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def install() -> bool:
    """As root: the system's own way. The lists of packages are read anew only if those here are missing or outdated."""
    apt = apt_get()
    wanted = (*apt, "install", "--yes", "--no-install-recommends", *PACKAGES)
    if run(*wanted, quiet=True):
        return True
    run(*apt, "update", quiet=True)  # may complain of a source that is not needed: the next step tells
    return run(*wanted)


def unpack() -> bool:
    """As anybody: apt fetches and checks what this system lacks, with lists of its own, and nothing is installed."""
    with tempfile.TemporaryDirectory(dir=VENV) as folder:
        state, cache, unpacked = (Path(folder, name).absolute() for name in ("state", "cache", "unpacked"))
        for needed in (state / "lists" / "partial", cache / "archives" / "partial", unpacked):
            needed.mkdir(parents=True)
        apt = apt_get(
            f"Dir::State={state}",
            f"Dir::Cache={cache}",
            "Dir::State::status=/var/lib/dpkg/status",
            "Debug::NoLocking=1",
            f"APT::Sandbox::User={'root' if os.geteuid() == 0 else ''}",
        )
        run(*apt, "update", quiet=True)
        if not run(*apt, "install", "--yes", "--no-install-recommends", "--download-only", *PACKAGES):
            return False
        packages = list((cache / "archives").glob("*.deb"))
        if not all(run("dpkg-deb", "--extract", str(package), str(unpacked)) for package in packages):
            return False
        shutil.rmtree(UNPACKED, ignore_errors=True)
        unpacked.rename(UNPACKED)
    if (UNPACKED / "usr/lib/chromium").exists():  # it may have been only other packages that this system lacked
        write_starter()
    return True


def write_starter() -> None:
    """A program that starts the unpacked browser with the libraries that were unpacked beside it."""
    listed = ":".join(f"$here/{folder.relative_to(UNPACKED)}" for folder in unpacked_libraries())
    STARTER.write_text(
        "#!/bin/sh\n"
        'here=$(cd "$(dirname "$0")/../chromium" && pwd)\n'
        f'export LD_LIBRARY_PATH="{listed}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"\n'
        'exec "$here/usr/lib/chromium/chromium" "$@"\n'
    )
    STARTER.chmod(0o755)


def unpacked_libraries() -> list[Path]:
    return [found for pattern in LIBRARY_FOLDERS for found in sorted(UNPACKED.glob(pattern)) if found.is_dir()]


def apt_get(*options: str) -> tuple[str, ...]:
    return ("apt-get", "-qq", *(f"-o{option}" for option in (*PATIENT, *options)))


def run(*command: str, quiet: bool = False, libraries: Sequence[Path] = ()) -> bool:
    errors = subprocess.DEVNULL if quiet else None
    searched = {"LD_LIBRARY_PATH": os.pathsep.join(str(folder.absolute()) for folder in libraries)} if libraries else {}
    return (
        subprocess.call(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=os.environ | SILENT | searched,
        )
        == 0
    )


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()

"""Refresh what we ship from npm: two faces of one typeface and the icons listed, as one SVG sprite.

Run by hand when a version or the list of icons changes; nothing of npm is needed to run or test Guichet.
Writes static/vendor/ with its licences and VENDOR.md (name, version, licence, sha256 of each file).
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from json import loads
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
POLICE = "@fontsource-variable/atkinson-hyperlegible-next@5.3.0"
ICONES = "bootstrap-icons@1.13.2"
FACES = [f"atkinson-hyperlegible-next-{subset}-wght-normal.woff2" for subset in ("latin", "latin-ext")]
TRACE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def fetch(package: str, workshop: Path) -> Path:
    """Return the unpacked folder of an npm package. Raises CalledProcessError when npm cannot find it."""
    told = subprocess.run(
        ["npm", "pack", "--silent", package], cwd=workshop, check=True, capture_output=True, text=True
    )
    archive = workshop / told.stdout.split()[-1]
    folder = workshop / archive.stem
    with tarfile.open(archive) as tar:
        safe: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Python 3.11.4 and later
        tar.extractall(folder, **safe)  # noqa: S202 pinned packages, checked by their hash
    return folder / "package"


def copy_faces(package: Path) -> list[Path]:
    """Copy the two upright faces (the italic is synthesised: it is rare on our screens) and their licence."""
    kept = [shutil.copyfile(package / "files" / face, VENDOR / "polices" / face) for face in FACES]
    return [*kept, shutil.copyfile(package / "LICENSE", VENDOR / "polices" / "LICENSE")]


def read_list() -> list[str]:
    """Return the names of icons asked for, sorted, each once."""
    lines = (VENDOR / "icones" / "liste.txt").read_text().splitlines()
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


def build_sprite(package: Path) -> list[Path]:
    """Write one <symbol> for each icon listed. Exits with the missing names, if any."""
    names = read_list()
    sources = {name: package / "icons" / f"{name}.svg" for name in names}
    missing = [name for name, source in sources.items() if not source.exists()]
    if missing:
        sys.exit(f"Not in bootstrap-icons: {', '.join(missing)}")
    symbols = [
        f'<symbol id="{name}" viewBox="0 0 16 16">{TRACE.search(source.read_text())[1].strip()}</symbol>'
        for name, source in sources.items()
    ]
    sprite = VENDOR / "icones" / "icones.svg"
    sprite.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")
    return [sprite, shutil.copyfile(package / "LICENSE", VENDOR / "icones" / "LICENSE")]


def describe(package: Path, use: str, files: list[Path]) -> str:
    """Return the paragraph of VENDOR.md for one package."""
    card = loads((package / "package.json").read_text())
    rows = "\n".join(
        f"| `{path.relative_to(VENDOR)}` | {path.stat().st_size} | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |"
        for path in files
    )
    head = f"## {card['name']} {card['version']}\n\n{use}. Licence: {card['license']}.\n\n"
    return f"{head}| File | Bytes | sha256 |\n|---|---|---|\n{rows}\n"


def main() -> None:
    """Fetch, copy, and write the inventory."""
    with tempfile.TemporaryDirectory() as folder:
        police, icones = fetch(POLICE, Path(folder)), fetch(ICONES, Path(folder))
        parts = [
            describe(police, "Typeface of every screen (latin and latin-ext)", copy_faces(police)),
            describe(icones, f"Sprite of {len(read_list())} icons, list in `icones/liste.txt`", build_sprite(icones)),
        ]
    intro = "# What we ship that others wrote\n\nRefreshed by `outils/vendorer.py`. htmx comes with django-htmx.\n\n"
    (VENDOR / "VENDOR.md").write_text(intro + "\n".join(parts))


if __name__ == "__main__":
    main()

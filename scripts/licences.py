"""Every package that comes along at run time has a permissive licence, or stands in licence_exceptions.toml.

Read from the installed packages named in requirements/runtime.txt, so it judges what users really get.
"""

import re
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXCEPTIONS = ROOT / "scripts" / "licence_exceptions.toml"
PERMISSIVE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|Unlicense)\b", re.IGNORECASE
)
COPYLEFT = re.compile(r"\b(L?GPL|AGPL|MPL|EUPL|SSPL|General Public|Mozilla)\w*", re.IGNORECASE)


def licence_of(package: Distribution) -> str:
    """What the package says of itself: SPDX expression, else classifiers, else the first line of its text."""
    meta = package.metadata
    if expression := meta.get("License-Expression"):
        return expression
    classifiers = [line for line in meta.get_all("Classifier") or [] if line.startswith("License ::")]
    if classifiers:
        return "; ".join(line.rsplit(" :: ", 1)[-1] for line in classifiers)
    return (meta.get("License") or "").strip().split("\n")[0]


def is_permissive(licence: str) -> bool:
    return bool(PERMISSIVE.search(licence)) and not COPYLEFT.search(licence)


def judge(names: list[str], allowed: dict[str, str]) -> tuple[list[str], int]:
    """Complaints, and how many packages were really looked at: those of other platforms are not here."""
    complaints, seen, needed = [], 0, set()
    for name in names:
        try:
            licence = licence_of(distribution(name))
        except PackageNotFoundError:
            continue
        seen += 1
        if is_permissive(licence):
            continue
        needed.add(name)
        if name not in allowed:
            complaints.append(f"{name}: licence {licence or 'not stated'!r} is not permissive")
    complaints += [f"{name}: exception not needed any more" for name in sorted(allowed.keys() - needed)]
    return complaints, seen


def main() -> int:
    pinned = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", pinned, re.MULTILINE)
    allowed = tomllib.loads(EXCEPTIONS.read_text("utf-8"))
    complaints, seen = judge(names, allowed)
    print(
        "\n".join(complaints)
        or f"{seen} packages at run time, all permissive but {len(allowed)} with a reason"
    )
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main())

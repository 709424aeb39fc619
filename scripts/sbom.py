"""What comes along at run time, as a software bill of materials: CycloneDX 1.6, JSON, to standard output.

From requirements/runtime.txt, where the hashes of every version stand, and the licences that the installed
packages state. Of the same pins it is always the same, byte for byte.
"""

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

sys.path.insert(0, str(Path(__file__).parent))
from licences import ROOT, licence_of

_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)")
_NAME = "earwitness"


def components(pinned: str) -> list[dict[str, Any]]:
    """One for each package that is pinned in this text, in its order."""
    pins = map(_PIN.match, pinned.splitlines())
    return [_component(*pin.groups()) for pin in pins if pin]


def _component(name: str, version: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
    }
    try:
        licence = licence_of(distribution(name))
    except PackageNotFoundError:  # of another platform
        licence = ""
    if licence:
        found["licenses"] = [{"license": {"name": licence}}]
    return found


def bill(pinned: str, version: str) -> dict[str, Any]:
    """The whole document. Its serial number is made of what it lists."""
    listed = components(pinned)
    serial = uuid5(NAMESPACE_URL, json.dumps([version, listed], sort_keys=True))
    root = f"pkg:pypi/{_NAME}@{version}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": _NAME,
                "version": version,
                "purl": root,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": listed,
        "dependencies": [{"ref": root, "dependsOn": [each["bom-ref"] for each in listed]}],
    }


def main() -> int:
    pinned = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")
    print(json.dumps(bill(pinned, distribution(_NAME).version), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

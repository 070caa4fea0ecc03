"""The package that an administrator uploads to Teams: manifest, German sentences, two icons, in one zip file.

`manifest.json` beside this file is the manifest with three fields: `${app_id}`, `${public_url}`, `${host}`.
Schemas: the npm package @microsoft/app-manifest (development only), which has Microsoft's published ones.
"""

import json
import os
import re
import struct
import sys
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from manifest import icons

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
SCHEMAS = ROOT / "node_modules" / "@microsoft" / "app-manifest" / "build" / "json-schemas" / "teams" / "v1.22"
SAMPLE_ID = "8f7d2c4e-91b3-4d6a-a5f0-6e2b9c1d3a47"
SAMPLE_URL = "https://gatehouse.example"
ICON_SIZES = {"color": 192, "outline": 32}


class Faulty(Exception):
    """The package would be refused; `faults` says in sentences why."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def contents(app_id: str, public_url: str) -> dict[str, bytes]:
    """What is in the package, by name. `public_url` is an origin without a slash at its end."""
    url = public_url.rstrip("/")
    fields = {"app_id": app_id, "public_url": url, "host": urlsplit(url).hostname or ""}
    text = (FOLDER / "manifest.json").read_text(encoding="utf-8")
    for name, value in fields.items():
        text = text.replace(f"${{{name}}}", json.dumps(value)[1:-1])
    return {
        "manifest.json": text.encode(),
        "de.json": (FOLDER / "de.json").read_bytes(),
        "color.png": icons.colour(),
        "outline.png": icons.outline(),
    }


def faults(files: Mapping[str, bytes]) -> list[str]:
    """What Teams would refuse, in sentences: by the schemas where they are installed, and by checks of our own."""
    described = json.loads(files["manifest.json"])
    found = [*_schema_faults(files), *_icon_faults(described, files)]
    for language in described.get("localizationInfo", {}).get("additionalLanguages", []):
        words = json.loads(files.get(language["file"], b"{}"))
        found += [
            f"{language['file']} translates {key}, which is not in the manifest" for key in _strays(described, words)
        ]
    return found


def _schema_faults(files: Mapping[str, bytes]) -> list[str]:
    if not schemas_installed():
        return []
    import jsonschema

    found: list[str] = []
    for name in (name for name in files if name.endswith(".json")):
        kind = "MicrosoftTeams" if name == "manifest.json" else "MicrosoftTeams.Localization"
        schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
        validator = cast("Any", jsonschema.Draft4Validator(schema))
        errors = cast("list[jsonschema.ValidationError]", list(validator.iter_errors(json.loads(files[name]))))
        found += [f"{name}, {error.json_path}: {error.message}" for error in errors]
    return found


def _icon_faults(described: Mapping[str, Any], files: Mapping[str, bytes]) -> list[str]:
    found: list[str] = []
    for kind, size in ICON_SIZES.items():
        name = described.get("icons", {}).get(kind, "")
        picture = files.get(name, b"")
        if len(picture) < 24 or struct.unpack(">II", picture[16:24]) != (size, size):
            found.append(f"the {kind} icon {name!r} is not a PNG of {size} × {size} pixels")
    return found


def _strays(described: Mapping[str, Any], words: Mapping[str, str]) -> list[str]:
    """Keys of a language file (`bots[0].commandLists[0]…`) that lead to nothing in the manifest."""
    return [key for key in words if key != "$schema" and _at(described, key) is None]


def _at(described: Any, key: str) -> Any:
    for step in re.findall(r"[^.\[\]]+", key):
        try:
            described = described[int(step) if step.isdecimal() else step]
        except (KeyError, IndexError, TypeError):
            return None
    return described


def schemas_installed() -> bool:
    """Whether the package can be held up against Microsoft's schemas here (not on a production machine)."""
    return SCHEMAS.is_dir() and find_spec("jsonschema") is not None


def build(app_id: str, public_url: str, out: Path) -> Path:
    """Writes the package to `out` and returns that. Raises Faulty, and then writes nothing."""
    files = contents(app_id, public_url)
    found = faults(files)
    if found:
        raise Faulty(found)
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in files.items():
            package.writestr(zipfile.ZipInfo(name), body)  # without a date: the same input gives the same file
    return out


def _asked() -> tuple[str, str]:
    """The app id and the public URL from the environment and `.env`, or samples."""
    from dotenv import dotenv_values

    settings = {**dotenv_values(ROOT / ".env", interpolate=False), **os.environ}
    return settings.get("MicrosoftAppId") or SAMPLE_ID, settings.get("GATEHOUSE_PUBLIC_URL") or SAMPLE_URL


def main(arguments: list[str]) -> int:
    """Writes dist/gatehouse.zip; with `--check`, only checks what would be in it. Needs the schemas."""
    if not schemas_installed():
        print("Microsoft's schemas are missing: `make manifest` installs them.", file=sys.stderr)
        return 1
    app_id, public_url = _asked()
    try:
        if arguments == ["--check"]:
            found = faults(contents(SAMPLE_ID, SAMPLE_URL))
            if found:
                raise Faulty(found)
            return 0
        print(f"{build(app_id, public_url, ROOT / 'dist' / 'gatehouse.zip').relative_to(ROOT)}: valid")
    except Faulty as fault:
        print("\n".join(fault.faults), file=sys.stderr)
        return 1
    if app_id == SAMPLE_ID:
        print("MicrosoftAppId is not set: this package is for a sample bot. Set GATEHOUSE_PUBLIC_URL too.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Builds the mails' HTML from their MJML sources: `python -m outbox.templates.build`, with `--check` only compares."""

import re
import sys
from pathlib import Path

from mjml import mjml2html

FOLDER = Path(__file__).parent
NAMES = ("invitation", "passcode", "reminder", "ending", "moved")
INCLUDE = re.compile(r'<mj-include path="([a-z]+\.mjml)" />')
FIELD = re.compile(r"\{[{%].*?[}%]\}")


def build(name: str) -> str:
    """A jinja2 template. Its fields are hidden from MJML, which takes `<` and `&` for its own."""
    source = INCLUDE.sub(lambda found: _read(found[1]), _read(f"{name}.mjml"))
    fields: list[str] = []

    def hide(found: re.Match[str]) -> str:
        fields.append(found[0])
        return f"field{len(fields) - 1}x"

    html = str(mjml2html(FIELD.sub(hide, source)))
    html = html.replace("direction:ltr", "direction:{{ direction }}").replace("text-align:left", "text-align:start")
    html = re.sub(r"field(\d+)x", lambda found: fields[int(found[1])], html)
    html = html.replace('lang="und" dir="auto"', 'lang="{{ language }}" dir="{{ direction }}"')
    return "\n".join(line.rstrip() for line in html.strip().splitlines()) + "\n"


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def main(arguments: list[str]) -> int:
    """0: done, or up to date; 1: some file is out of date; 2: wrong usage."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    stale = 0
    for name in NAMES:
        target, html = FOLDER / f"{name}.html", build(name)
        if not arguments:
            target.write_text(html, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != html:
            sys.stderr.write(f"{target.name} is not what {name}.mjml says: run python -m outbox.templates.build\n")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

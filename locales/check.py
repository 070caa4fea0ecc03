"""Is every sentence translated? `python -m locales.check` names what is missing; with `--write` it adds the missing
sentences, empty, to the catalogues, takes out what nobody says any more, and writes the dates down anew.

Sentences are found where they are said: calls of `say(text)` and `say_many(one, many, …)` with literal texts, in Python
and in templates (`{{ say("…") }}` or `{{ speech.say("…") }}`).
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from locales import LANGUAGES, dates

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {"tests", "bench", "node_modules", ".venv", "var", "dist", "docs"}
TEMPLATES = {".html", ".txt", ".j2", ".jinja"}
FIELD = re.compile(r"\{(\w+)[^{}]*\}")
SPEAKS = re.compile(r"speech|speak|sentences", re.IGNORECASE)
HEADER = """# Sentences of Gatehouse. `python -m locales.check --write` keeps this file in step with the code.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""
WANTED = {"say": 1, "say_many": 2}  # how many texts a call has
Text = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text as it stands in the code: one string, or singular and plural. `place` is file:line."""

    text: Text
    place: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A call of say or say_many whose text is not a literal, so that nobody could translate it."""

    place: str


Found = Sentence | Unreadable


def said(root: Path) -> Iterator[Found]:
    """Everything that is said in the code and the templates under `root`."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if SKIPPED.intersection(name.parts) or path == root / "locales" / "__init__.py":
            continue
        if path.suffix == ".py":
            yield from in_python(path.read_text(encoding="utf-8"), str(name))
        elif path.suffix in TEMPLATES and "templates" in name.parts:
            yield from in_template(path.read_text(encoding="utf-8"), str(name))


def in_python(source: str, name: str) -> Iterator[Found]:
    """Sentences of a Python file. Neighbouring literals are one text, as in Python itself.

    Left out are functions that are called say themselves, and files that speak no language: SMTP has a say, too.
    """
    if not SPEAKS.search(source):
        return
    for node in _outside_say(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
        yield from _found(called, texts, f"{name}:{node.lineno}")


def _outside_say(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.FunctionDef) and node.name in WANTED):
            yield node
            yield from _outside_say(node)


def in_template(source: str, name: str) -> Iterator[Found]:
    """Sentences of a jinja2 template."""
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        called = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
        texts = [argument.value if isinstance(argument, nodes.Const) else None for argument in call.args]
        yield from _found(called, texts, f"{name}:{call.lineno}")


def _found(called: str, texts: Sequence[object], place: str) -> Iterator[Found]:
    wanted = WANTED.get(called, 0)
    if not wanted:
        return
    literal = [text for text in texts[:wanted] if isinstance(text, str)]
    if len(literal) < wanted:
        yield Unreadable(place)
    else:
        yield Sentence(literal[0] if wanted == 1 else (literal[0], literal[1]), place)


def fields(text: str) -> set[str]:
    """The names in braces: those that a translation must have too."""
    return set(FIELD.findall(text))


def faults(found: Iterable[Found], catalogue: Catalog, language: str) -> list[str]:
    """What is wrong with a catalogue, in sentences, each with its place."""
    told: list[str] = []
    singulars: set[str] = set()
    for item in found:
        if isinstance(item, Unreadable):
            told.append(f"{item.place}: the text said here is not a literal")
            continue
        singulars.add(_key(item.text))
        fault = _fault(item.text, catalogue.get(_key(item.text)))
        told += [f"{item.place}: {language}: {fault}: {_key(item.text)!r}"] if fault else []
    for message in catalogue:
        if message.id and _key(_text(message)) not in singulars:
            told.append(f"{language}: nobody says any more: {_key(_text(message))!r}")
    return list(dict.fromkeys(told))


def _key(text: Text) -> str:
    return text if isinstance(text, str) else text[0]


def _text(message: Message) -> Text:
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def _fault(text: Text, message: Message | None) -> str | None:
    if message is None:
        return "not translated"
    if message.fuzzy:
        return "the translation is only a guess (fuzzy)"
    if isinstance(text, str) is not isinstance(message.id, str):
        return "singular and plural are mixed up"
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not all(forms):
        return "not translated"
    originals = [text] if isinstance(text, str) else [text[0], *[text[1]] * (len(forms) - 1)]
    if any(
        fields(form) - {"count"} != fields(original) - {"count"}
        for form, original in zip(forms, originals, strict=True)
    ):
        return "the translation has other {fields}"
    return None


def read(language: str, root: Path) -> Catalog:
    """The catalogue of a language; an empty one where there is none yet."""
    path = root / "locales" / language / "gatehouse.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def write(language: str, root: Path, found: Iterable[Found]) -> None:
    """The catalogue with every sentence of `found` and no other, in the order of the code."""
    old, new = read(language, root), Catalog(locale=language, project="Gatehouse", charset="utf-8")
    for item in found:
        if isinstance(item, Sentence):
            known = old.get(_key(item.text))
            string = known.string if known and isinstance(known.id, str) is isinstance(item.text, str) else None
            file = item.place.partition(":")[0]
            new.add(item.text, string=string, locations=[(file, 0)], flags=known.flags if known else ())
    path = root / "locales" / language / "gatehouse.po"
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as target:
        target.write(HEADER.format(language=language, plurals=new.plural_forms).encode())
        write_po(target, new, omit_header=True, width=120)


def main(arguments: list[str]) -> int:
    """Status 1 when a sentence is not translated."""
    found = list(said(ROOT))
    if arguments == ["--write"]:
        dates.write(ROOT / "locales")
    told = dates.faults(ROOT / "locales")
    for language in LANGUAGES:
        if language == "en":
            continue  # English is in the code
        if arguments == ["--write"]:
            write(language, ROOT, found)
        told += faults(found, read(language, ROOT), language)
    print("\n".join(told) or f"{len(found)} sentences, all translated")
    return 1 if told else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The Teams app package is what Teams takes, and a slip in it is found."""

import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from bot import invokes
from bot.phrases import WORDS
from manifest import icons, package

APP_ID = "0f3d2b1a-1111-4222-8333-444455556666"
URL = "https://guests.contoso.example"

pytestmark = pytest.mark.schema


@pytest.fixture
def files() -> dict[str, bytes]:
    return package.contents(APP_ID, URL)


def changed(files: dict[str, bytes], name: str, change: Any) -> dict[str, bytes]:
    described = json.loads(files[name])
    change(described)
    return {**files, name: json.dumps(described).encode()}


def test_the_schemas_are_there_to_check_against() -> None:
    assert package.schemas_installed()


def test_the_package_is_valid(files: dict[str, bytes]) -> None:
    assert package.faults(files) == []


def test_the_package_names_the_bot_and_the_public_host(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    assert manifest["id"] == manifest["bots"][0]["botId"] == APP_ID
    assert manifest["validDomains"] == ["guests.contoso.example"]
    assert manifest["developer"]["websiteUrl"].startswith(f"{URL}/")


def test_the_bot_is_offered_in_every_kind_of_chat(files: dict[str, bytes]) -> None:
    bot = json.loads(files["manifest.json"])["bots"][0]
    listed = [scope for commands in bot["commandLists"] for scope in commands["scopes"]]
    assert sorted(bot["scopes"]) == sorted(listed) == ["groupChat", "personal", "team"]
    assert bot["supportsFiles"], "lists come as files, and their results are taken as such"


def test_every_command_that_is_offered_is_one_and_the_extensions_are_the_bots(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    (extension,) = manifest["composeExtensions"]
    assert extension["botId"] == APP_ID
    assert {one["id"] for one in extension["commands"]} == {invokes.INVITE_COMMAND, invokes.FIND_COMMAND}
    for commands in manifest["bots"][0]["commandLists"]:
        assert {one["title"] for one in commands["commands"]} <= set(WORDS)


def test_german_has_every_sentence_that_english_has(files: dict[str, bytes]) -> None:
    lists = json.loads(files["manifest.json"])["bots"][0]["commandLists"]
    german = json.loads(files["de.json"])
    for place, one in enumerate(lists):
        for number in range(len(one["commands"])):
            assert german[f"bots[0].commandLists[{place}].commands[{number}].description"]
    for number in range(2):
        assert german[f"composeExtensions[0].commands[{number}].title"]
    assert {"name.short", "name.full", "description.short", "description.full"} <= set(german)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda manifest: manifest.update(id="no guid"), "$.id"),
        (lambda manifest: manifest.pop("accentColor"), "accentColor"),
        (lambda manifest: manifest["description"].update(short="x" * 81), "$.description.short"),
        (lambda manifest: manifest["bots"][0]["scopes"].append("channel"), "$.bots[0].scopes[3]"),
        (lambda manifest: manifest["bots"][0]["commandLists"][0]["commands"].append({"title": "claim"}), "commands"),
        (lambda manifest: manifest.update(surprise=1), "surprise"),
    ],
)
def test_a_slip_in_the_manifest_is_found(files: dict[str, bytes], change: Any, place: str) -> None:
    assert any(place in fault for fault in package.faults(changed(files, "manifest.json", change)))


def test_a_translation_of_nothing_is_found(files: dict[str, bytes]) -> None:
    key = "bots[0].commandLists[0].commands[9].description"
    fewer = changed(files, "manifest.json", lambda manifest: manifest["bots"][0]["commandLists"][0]["commands"].pop())
    assert package.faults(fewer) == [f"de.json translates {key}, which is not in the manifest"]


def test_an_icon_of_the_wrong_size_is_found(files: dict[str, bytes]) -> None:
    faults = package.faults({**files, "color.png": files["outline.png"]})
    assert faults == ["the color icon 'color.png' is not a PNG of 192 × 192 pixels"]


def test_a_faulty_package_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(package.Faulty) as caught:
        package.build("no guid", URL, tmp_path / "out.zip")
    assert any("$.bots[0].botId" in fault for fault in caught.value.faults)
    assert list(tmp_path.iterdir()) == []


def test_the_same_input_gives_the_same_zip_file(tmp_path: Path) -> None:
    first = package.build(APP_ID, URL, tmp_path / "new folder" / "first.zip")
    second = package.build(APP_ID, URL, tmp_path / "second.zip")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as opened:
        assert sorted(opened.namelist()) == ["color.png", "de.json", "manifest.json", "outline.png"]


def pixels(picture: bytes) -> list[tuple[int, ...]]:
    """RGBA of every pixel of a PNG without filters."""
    width, height = struct.unpack(">II", picture[16:24])
    at = picture.index(b"IDAT")
    length = struct.unpack(">I", picture[at - 4 : at])[0]
    body = zlib.decompress(picture[at + 4 : at + 4 + length])
    rows = [body[row * (4 * width + 1) + 1 : (row + 1) * (4 * width + 1)] for row in range(height)]
    return [tuple(row[column : column + 4]) for row in rows for column in range(0, 4 * width, 4)]


def test_the_outline_icon_is_white_on_nothing() -> None:
    drawn = pixels(icons.outline())
    assert {pixel[:3] for pixel in drawn if pixel[3]} == {(255, 255, 255)}
    assert any(not pixel[3] for pixel in drawn)


def test_the_colour_icon_has_no_transparent_pixel() -> None:
    assert {pixel[3] for pixel in pixels(icons.colour())} == {255}

"""The language of the pages is chosen before the sign-in too, by a form and for this browser alone."""

import pytest

from locales import best
from tests.guest.house import GWEN, House

pytestmark = pytest.mark.sockets


async def test_each_page_before_the_sign_in_is_shown_again_in_the_chosen_language(house: House) -> None:
    gwen = house.browser()
    page = await gwen.submit(await gwen.open("/"), "language", language="de")
    assert (page.answer.url.path, '<html lang="de">' in page.text) == ("/", True)
    page = await gwen.open(await house.invite())
    assert "Alice Owner lädt Sie" in page.text
    page = await gwen.submit(page, "language", language="en")
    assert (page.answer.url.path, "invites you" in page.text) == ("/invitation", True)
    page = await gwen.submit(await gwen.submit(page), "language", language="de")
    assert (page.answer.url.path, '<html lang="de">' in page.text) == ("/passcode", True)
    assert GWEN in (await gwen.submit(page, code=await house.passcode())).text


@pytest.mark.parametrize("language", ["", "xx", "de\r\nX: y"])
async def test_an_unknown_language_changes_nothing(house: House, language: str) -> None:
    gwen = house.browser()
    page = await gwen.submit(await gwen.open("/"), "language", language=language)
    assert (page.status, '<html lang="en">' in page.text) == (200, True)
    assert "__Host-gatehouse-language" not in gwen.cookies


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/guest", ""])
async def test_it_leads_back_to_its_own_pages_only(house: House, back: str) -> None:
    gwen = house.browser()
    form = (await gwen.open("/")).form("language")
    seen = await gwen.post(form.action, form.fields | {"language": "de", "back": back})
    assert (seen.status, seen.headers["Location"]) == (303, "/")


async def test_it_takes_a_form_of_this_browser(house: House) -> None:
    gwen = house.browser()
    form = (await gwen.open("/")).form("language")
    assert (await house.browser().post("/language", form.fields | {"language": "de"})).status == 403
    assert (await gwen.post("/language", {"language": "de", "csrf": "x"})).status == 403
    assert (await gwen.ask("GET", "/language?language=de")).status == 405


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de", "de"), ("de-AT,en;q=0.8", "de"), ("en;q=0.5, de;q=0.8", "de"), ("de; q=0.8", "de"), ("de ;Q=0.8", "de"),
        ("de;q=0", "en"), ("DE", "de"), ("fr, de;q=0.1", "de"), ("de;q=x", "en"), ("", "en"), ("*", "en"),
        ("en;q = 0.2,de;q = 0.3", "de"),
    ],
)  # fmt: skip
def test_the_browsers_languages_are_read_as_browsers_may_write_them(header: str, language: str) -> None:
    """RFC 9110, 5.6.6 and 12.5.4"""
    assert best(header) == language

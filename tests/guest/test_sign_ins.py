"""The guest's page lists where the guest is signed in, and ends it there."""

import pytest

from guest.browsers import label
from tests.guest.house import House

pytestmark = pytest.mark.sockets
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile Safari/604.1"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (FIREFOX, "Firefox, Windows"),
        (PHONE, "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/143.0 Safari/537.36 Edg/143.0", "Edge, Linux"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/143.0 Mobile Safari/537.36", "Chrome, Android"),
        ("<script>alert(1)</script> Windows", "Windows"),
        ("curl/8", ""),
        ("", ""),
        ("x" * 600 + "Firefox/", ""),
    ],
)
def test_nothing_of_the_header_but_known_words_is_kept(said: str, shown: str) -> None:
    assert label(said) == shown


async def test_one_session_is_ended_and_then_all_others(house: House) -> None:
    link = await house.invite()
    browsers = []
    for agent in (FIREFOX, PHONE, "curl"):
        browser = house.browser()
        page = await browser.asked(link)
        form = page.form()
        code = {**form.fields, "code": await house.passcode()}
        await browser.post(form.action, code, headers={"User-Agent": agent})
        browsers.append(browser)
        house.clock.move(minutes=2)
    first, second, third = browsers
    page = await first.open("/guest")
    assert "Signed in 3 times" in page.text
    assert page.text.count("This one") == 1
    assert "Safari, iPhone" in page.text
    (row,) = await house.rows("SELECT session_id FROM sessions WHERE browser = 'Safari, iPhone'")
    csrf = page.form("end-others").fields["csrf"]
    assert (await first.post("/guest/sessions/end", {"csrf": "x", "session": row.session_id})).status == 403
    assert (await first.post("/guest/sessions/end", {"csrf": csrf})).status == 303
    assert (await second.ask("GET", "/access/check")).status == 200
    await first.post("/guest/sessions/end", {"csrf": csrf, "session": row.session_id})
    checks = [(await each.ask("GET", "/access/check")).status for each in browsers]
    assert checks == [200, 401, 200]
    await first.submit(await first.open("/guest"), "end-others")
    checks = [(await each.ask("GET", "/access/check")).status for each in browsers]
    assert checks == [200, 401, 401]
    assert "Signed in here only" in (await first.open("/guest")).text
    assert "Please sign in" in (await third.open("/guest")).text

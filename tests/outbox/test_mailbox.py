"""The built-in mailbox of a development installation, and its page."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from guest import mailbox as page
from outbox import mailbox
from outbox.mailbox import Mailbox
from outbox.relay import Relay
from outbox.smtp import Accepted, Letter, Pool

pytestmark = pytest.mark.sockets
CONTENT = (
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="=_x"\r\n\r\n--=_x\r\nContent-Type: text/plain; charset="utf-8"\r\n'
    b"\r\nhello\r\nhttps://guests.example.com/i/x\r\n<b>\r\n--=_x\r\n"
    b'Content-Type: text/html; charset="utf-8"\r\n\r\n<p style="color:red">hello</p>\r\n--=_x--\r\n'
)


async def yes() -> bool:
    return True


@pytest.fixture
async def caught() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    await box.start()
    yield box
    await box.stop()


async def put_in(box: Mailbox, *recipients: str) -> None:
    assert box._server is not None
    pool = Pool(Relay("127.0.0.1", box._server.sockets[0].getsockname()[1]))
    for recipient in recipients:
        assert await pool.send(Letter("no-reply@example.com", recipient, CONTENT), yes, urgent=False) == Accepted()
    pool.close()


@pytest.fixture
async def browser(caught: Mailbox) -> AsyncIterator[TestClient]:
    application = web.Application()
    application.add_routes(page.routes(caught.mails))
    async with TestClient(TestServer(application)) as client:
        yield client


async def test_scripts_read_the_mails_newest_first(caught: Mailbox, browser: TestClient) -> None:
    await put_in(caught, "first@fabrikam.example", "second@fabrikam.example")
    answer = await browser.get("/dev/mailbox?format=json")
    assert answer.content_type == "application/json"
    newest, oldest = await answer.json()
    assert newest.keys() == {"to", "subject", "text", "html", "message_id", "at"}
    assert (newest["to"], oldest["to"]) == ("second@fabrikam.example", "first@fabrikam.example")
    assert newest["subject"] == "Grüße"
    assert newest["text"].startswith("hello\nhttps://guests.example.com/i/x\n")
    assert newest["html"].startswith("<p")
    assert newest["message_id"] == "<1@example.com>"


async def test_people_read_them_too(caught: Mailbox, browser: TestClient) -> None:
    await put_in(caught, "gwen@fabrikam.example")
    listing = await (await browser.get("/dev/mailbox")).text()
    assert "gwen@fabrikam.example" in listing
    assert "Grüße" in listing
    mail = await (await browser.get("/dev/mailbox?mail=1")).text()
    assert '<a href="https://guests.example.com/i/x">' in mail
    assert "&lt;b&gt;" in mail
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in mail


async def test_the_mails_own_html_is_shown_in_a_sandbox_only(caught: Mailbox, browser: TestClient) -> None:
    await put_in(caught, "gwen@fabrikam.example")
    answer = await browser.get("/dev/mailbox?mail=1&view=html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    for path in ("/dev/mailbox", "/dev/mailbox?mail=1"):
        assert "unsafe" not in (await browser.get(path)).headers["Content-Security-Policy"]


@pytest.mark.parametrize("number", ["2", "0", "x", "-1", ""])
async def test_a_mail_that_is_not_there_is_not_found(caught: Mailbox, browser: TestClient, number: str) -> None:
    await put_in(caught, "gwen@fabrikam.example")
    assert (await browser.get(f"/dev/mailbox?mail={number}")).status == 404


async def test_only_the_last_mails_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "KEPT", 2)
    box = Mailbox()
    await box.start()
    await put_in(box, "a@fabrikam.example", "b@fabrikam.example", "c@fabrikam.example")
    assert [mail.to for mail in box.mails()] == ["c@fabrikam.example", "b@fabrikam.example"]
    await box.stop()


async def test_it_listens_on_loopback_only(caught: Mailbox) -> None:
    assert caught._server is not None
    assert {each.getsockname()[0] for each in caught._server.sockets} == {"127.0.0.1"}

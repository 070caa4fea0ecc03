"""A list's result as a file: asked for with a click, put where the reader agreed to, and nowhere else."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import files, invokes, result_files
from bot.files import Fetcher
from bot.handler import Gatehouse
from bot.list_commands import NoFile, PutFile, Upload
from bot.service_url import ServiceHosts
from cards.bulk_file import CONSENT, INFO
from domain import bulks
from tests.bot.chat import GROUP, PERSONAL, Chat, Heard, activity

pytestmark = pytest.mark.sockets
ROWS = "invite email,name\ngwen@fabrikam.example,Gwen\npeter@@fabrikam.example,P\n=1+1,P\ngwen@fabrikam.example,G"
UNKNOWN = "I do not know this list here"
BOBS = PERSONAL | {"id": "a:bob"}


class Drive:
    """The reader's own, on loopback: keeps what is put there."""

    def __init__(self) -> None:
        self.put: list[tuple[dict[str, str], bytes]] = []
        self.status = 201
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.put.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status)


@pytest.fixture
async def drive(chat: Chat) -> AsyncIterator[Drive]:
    made = Drive()
    application = web.Application()
    application.router.add_put("/{path:.*}", made.answer)
    server = TestServer(application)
    await server.start_server()
    made.url = str(server.make_url("")).rstrip("/")
    async with files.open_session() as session:
        known = ServiceHosts(("127.0.0.1:*", "*.sharepoint.com"))
        chat.bot = Gatehouse(chat.database, chat.flags, chat.now, files=Fetcher(session, known))
        yield made
    await server.close()


async def finished(chat: Chat, **more: Any) -> str:
    """A list whose rows all have their outcome."""
    await chat.say(ROWS, **more)
    (bulk,) = await chat.rows("bulks")
    await chat.click("bulk.confirm", {"list": bulk["bulk_id"], "version": 1}, **more)
    await chat.database.write(bulks.carry_on, bulk["tenant_id"], bulk["bulk_id"])
    return bulk["bulk_id"]


def uploading(drive: Drive, **changes: Any) -> dict[str, Any]:
    """https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4"""
    told = {
        "contentUrl": "https://contoso.sharepoint.com/personal/alice/Documents/Meine Anwendungen/people-result.csv",
        "name": "people-result.csv",
        "uploadUrl": f"{drive.url}/uploadSession?guid='1150D938'&overwrite=True&tempauth=eyJ0.e30%3d",
        "uniqueId": "1150D938-8870-4044-9F2C-5BBDEBA70C8C",
        "fileType": "csv",
    }
    return told | changes


async def answer(
    chat: Chat, action: Any, bulk_id: Any, upload: Any = None, who: str = "alice", where: Any = None, **more: Any
) -> Heard:
    value = {"type": "fileUpload", "action": action, "context": {"list": bulk_id}, "uploadInfo": upload}
    heard = await chat.hear(activity("invoke", who, where, name=invokes.CONSENT, value=value, **more))
    assert heard.answers == [{"status": 200, "body": None}], "the protocol has no room for words"
    return heard


def attachments(heard: Heard) -> list[dict[str, Any]]:
    return [one for message in heard.sent for one in message.get("attachments", [])]


def verbs(card: dict[str, Any]) -> set[str]:
    return {action["verb"] for action in card["actions"]}


def test_answers_to_a_consent_card() -> None:
    accepted = {"action": "accept", "context": {"list": "b1"}, "uploadInfo": {"uploadUrl": "u", "name": "a\nb"}}
    assert result_files.answered(accepted) == PutFile("b1", Upload("a b", "u", "", ""))
    assert result_files.answered({"action": "decline", "context": 7}) == NoFile()
    for made_up in ({}, {"action": ["accept"]}, accepted | {"context": {"list": {}}}, accepted | {"action": "x"}):
        assert result_files.answered(made_up) is None


async def test_the_result_is_put_where_the_reader_agreed_to(chat: Chat, drive: Drive) -> None:
    bulk_id = await finished(chat)
    clicked = await chat.click("bulk.file", {"list": bulk_id, "version": 2})
    assert "whether I may put the file" in clicked.body["value"]
    (asked,) = attachments(clicked)
    assert (asked["contentType"], asked["name"]) == (CONSENT, "people-result.csv")
    assert asked["content"]["acceptContext"] == asked["content"]["declineContext"] == {"list": bulk_id}
    heard = await answer(chat, "accept", bulk_id, uploading(drive))
    ((headers, body),) = drive.put
    size = asked["content"]["sizeInBytes"]
    assert (headers["Content-Length"], headers["Content-Range"]) == (str(size), f"bytes 0-{size - 1}/{size}")
    assert not {"Authorization", "Cookie"} & set(headers)
    heads, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    assert heads == ["row", "address", "outcome", "why"]
    assert [row[1:3] for row in rows] == [
        ["gwen@fabrikam.example", "Invited"],
        ["peter@@fabrikam.example", "Cannot be read"],
        ["'=1+1", "Cannot be read"],
        ["gwen@fabrikam.example", "Named twice"],
    ]
    (shown,) = attachments(heard)
    assert shown == {
        "contentType": INFO,
        "name": "people-result.csv",
        "contentUrl": "https://contoso.sharepoint.com/personal/alice/Documents/Meine%20Anwendungen/people-result.csv",
        "content": {"uniqueId": "1150D938-8870-4044-9F2C-5BBDEBA70C8C", "fileType": "csv"},
    }


async def test_accepting_twice_puts_the_file_again_and_does_nothing_else(chat: Chat, drive: Drive) -> None:
    bulk_id = await finished(chat)
    before = {
        table: await chat.rows(table) for table in ("bulks", "bulk_rows", "invitations", "audit_events", "received")
    }
    for _ in range(2):
        await answer(chat, "accept", bulk_id, uploading(drive))
    assert drive.put[0][1] == drive.put[1][1]
    assert {table: await chat.rows(table) for table in before} == before


async def test_declining_makes_no_file(chat: Chat, drive: Drive) -> None:
    heard = await answer(chat, "decline", await finished(chat))
    assert heard.texts == ["No file was made. The list’s card shows every row as well."]
    assert drive.put == []


@pytest.mark.parametrize("name", ["uploadUrl", "contentUrl"])
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/up",
        "https://evil.example\\.sharepoint.com/up",
        "https://evil.example#.sharepoint.com/up",
        "http://contoso.sharepoint.com/up",
        "https://169.254.169.254/latest",
        "https://contoso.sharepoint.com/" + "x" * 9000,
        "",
        None,
        {"a": 1},
    ],
)
async def test_nothing_is_put_or_shown_elsewhere(chat: Chat, drive: Drive, name: str, url: Any) -> None:
    heard = await answer(chat, "accept", await finished(chat), uploading(drive, **{name: url}))
    assert heard.texts == ["I do not put files there. The list’s card shows every row as well."]
    assert (drive.put, attachments(heard)) == ([], [])


async def test_an_upload_that_failed_is_told(chat: Chat, drive: Drive) -> None:
    drive.status = 500
    heard = await answer(chat, "accept", await finished(chat), uploading(drive), locale="de-DE")
    assert heard.texts == [
        "Ich konnte die Datei dort nicht ablegen. Bitte klicken Sie noch einmal auf „Ergebnisdatei“."
    ]
    assert attachments(heard) == []


async def test_somebody_elses_list_is_an_unknown_one(chat: Chat, drive: Drive) -> None:
    bulk_id = await finished(chat)
    for named in (bulk_id, "unheard-of"):
        clicked = await chat.click("bulk.file", {"list": named, "version": 1}, "bob", BOBS)
        assert UNKNOWN in clicked.words
        heard = await answer(chat, "accept", named, uploading(drive), "bob", BOBS)
        assert UNKNOWN in heard.texts[0]
        assert attachments(heard) == attachments(clicked) == []
    assert drive.put == []


@pytest.mark.parametrize("more", [{"where": GROUP}, {"channelId": "webchat"}])
async def test_files_are_handed_over_in_teams_personal_chats_only(
    chat: Chat, drive: Drive, more: dict[str, Any]
) -> None:
    await chat.install(where=more.get("where"))
    bulk_id = await finished(chat, **more)
    assert UNKNOWN in (await chat.click("bulk.file", {"list": bulk_id, "version": 1}, **more)).words
    heard = await answer(chat, "accept", bulk_id, uploading(drive), **more)
    assert UNKNOWN in heard.texts[0]
    assert drive.put == []
    summary = {"list": bulk_id, "version": 1, "only": "", "page": 1}
    assert "bulk.file" not in verbs((await chat.click("bulk.page", summary, **more)).body["value"])


async def test_the_button_stands_on_the_card_of_a_list_that_is_done(chat: Chat, drive: Drive) -> None:
    await chat.say(ROWS)
    (bulk,) = await chat.rows("bulks")
    data = {"list": bulk["bulk_id"], "version": 1}
    running = (await chat.click("bulk.confirm", data)).body["value"]
    assert "bulk.file" not in verbs(running)
    stopped = (await chat.click("bulk.stop", data)).body["value"]
    assert "bulk.file" in verbs(stopped)
    assert (await chat.click("bulk.file", data)).sent


@pytest.mark.parametrize("value", [None, [], {"action": 7}, {"action": "accept", "context": "x", "uploadInfo": []}])
async def test_a_made_up_answer_is_not_understood(chat: Chat, drive: Drive, value: Any) -> None:
    await chat.install()
    heard = await chat.hear(activity("invoke", name=invokes.CONSENT, value=value))
    assert [one["status"] for one in heard.answers] == [200]
    assert len(heard.texts) == 1
    assert drive.put == []

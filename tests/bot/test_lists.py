"""Lists in the chat: pasted or as a file, looked through on a card, confirmed with a click."""

import json
from typing import Any

import pytest

from bot import files
from bot.clicks import clicked
from bot.commands import Invite, Need, Unclear
from bot.file_phrases import sent
from bot.files import TEAMS_FILE, Attached
from bot.handler import Gatehouse
from bot.list_commands import ConfirmList, InviteFile, InviteList, ShowList, StopList
from bot.phrases import understand
from domain import bulks
from domain.bulk_errors import UnreadableList
from domain.bulk_views import Unreadable
from domain.work import Work
from tests.bot.chat import PERSONAL, TEAM, Chat, said

MANY = [f"guest{number}@fabrikam.example" for number in range(25)]
URL = "https://contoso-my.sharepoint.com/personal/alice/_layouts/15/download.aspx?UniqueId=1&tempauth=eyJ0.e-_"
CSV = b"Name;E-Mail\nGwen;gwen@fabrikam.example\nPeter;peter@@fabrikam.example\n"


class Drive:
    """Where files lie."""

    def __init__(self, **files: bytes) -> None:
        self.files, self.asked = {URL: CSV} | files, list[str]()

    async def fetch(self, url: str, /) -> bytes:
        self.asked.append(url)
        if url not in self.files:
            raise UnreadableList(Unreadable.UNREACHABLE)
        return self.files[url]


def download(name: str = "people.csv", kind: str = "csv", url: str = URL) -> dict[str, Any]:
    """https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4#receive-files-in-personal-chat"""
    content = {"downloadUrl": url, "uniqueId": "1150D938", "fileType": kind}
    return {
        "contentType": TEAMS_FILE,
        "contentUrl": "https://contoso.sharepoint.com/x",
        "name": name,
        "content": content,
    }


EXCEL = "application/vnd.ms-excel"
FORMATTING = {"contentType": "text/html", "content": "<p>invite</p>"}


@pytest.fixture
def drive(chat: Chat) -> Drive:
    made = Drive()
    chat.bot = Gatehouse(chat.database, chat.flags, chat.now, files=made)
    return made


async def upload(chat: Chat, *attachments: dict[str, Any], text: str = "", **more: Any) -> Any:
    raw = said(text, attachments=list(attachments), **more)
    return await chat.hear(raw)


async def posted(chat: Chat) -> dict[str, Any]:
    """The list's card, as the outbox would post it."""
    (notice,) = await chat.rows("notices")

    def drawn(work: Work) -> Any:
        from domain import noticeboard, notices

        row = notices.by_id(work, notice["tenant_id"], notice["notice_id"])
        return noticeboard.VIEWS["bulk"](work, row)

    view = await chat.database.read(drawn)
    from cards import bulk
    from domain.views import Kind

    return bulk(view, language=notice["locale"], masked=view.kind is not Kind.PERSONAL)


def button(card: dict[str, Any], verb: str) -> dict[str, Any]:
    return next(action["data"] for action in card["actions"] if action["verb"] == verb)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("invite email,name\ngwen@x.example,Gwen", InviteList("email,name\ngwen@x.example,Gwen")),
        ("invite\nemail;name\ngwen@x.example;Gwen", InviteList("email;name\ngwen@x.example;Gwen")),
        ("einladen für 30 Tage\nE-Mail,Name\ng@x.example,G", InviteList("E-Mail,Name\ng@x.example,G", 30)),
        ("invite for many days\nemail,name\ng@x.example,G", Unclear("invite", Need.DAYS)),
        ("invite\nname\temail\nGwen S\tg@x.example", InviteList("name\temail\nGwen S\tg@x.example")),
        ("invite " + "x" * 30_000, Unclear("invite", Need.FILE)),
    ],
)
def test_rows_behind_the_command_are_a_list(text: str, command: Any) -> None:
    assert understand(text) == command


def test_a_few_addresses_are_invited_at_once_and_many_are_looked_through_first() -> None:
    assert isinstance(understand("invite " + ", ".join(MANY[:20])), Invite)
    many = understand("invite " + ", ".join(MANY) + " for 30 days")
    assert isinstance(many, InviteList)
    assert not isinstance(many.listed, str)
    assert (many.listed.good, many.days) == (tuple(MANY), 30)


@pytest.mark.parametrize(
    ("verb", "data", "command"),
    [
        ("bulk.confirm", {"list": "b1", "version": 1}, ConfirmList("b1")),
        ("bulk.stop", {"list": "b1"}, StopList("b1")),
        ("bulk.page", {"list": "b1", "only": "left", "page": 3.0}, ShowList("b1", "left", 3)),
        ("bulk.page", {"list": "b1", "only": "", "page": -3}, ShowList("b1", "", 1)),
        ("bulk.page", {"list": "b1", "only": "x", "page": 3}, Unclear("", Need.BUTTON)),
        ("bulk.page", {"list": "b1", "only": "all", "page": True}, Unclear("", Need.BUTTON)),
        ("bulk.confirm", {"list": {"a": 1}}, Unclear("", Need.BUTTON)),
        ("bulk.confirm", {}, Unclear("", Need.BUTTON)),
    ],
)
def test_clicks_on_a_lists_card(verb: str, data: dict[str, Any], command: Any) -> None:
    assert clicked(verb, data) == command


@pytest.mark.parametrize(
    ("told", "file"),
    [
        (download(), Attached("people.csv", URL, True)),
        (download("people.xlsx", "xlsx"), Attached("people.xlsx", URL, False)),
        ({"contentType": "text/csv", "contentUrl": "u", "name": "a"}, Attached("a", "u", True)),
        ({"contentType": "text/plain; charset=utf-8", "contentUrl": "u"}, Attached("", "u", True)),
        ({"contentType": EXCEL, "contentUrl": "u", "name": "a.CSV"}, Attached("a.CSV", "u", True)),
        ({"contentType": EXCEL, "contentUrl": "u", "name": "a.xls"}, Attached("a.xls", "u", False)),
        ({"contentType": "image/png", "contentUrl": "u", "name": "a.csv"}, Attached("a.csv", "u", False)),
        (FORMATTING, None),
        ({"contentType": "application/vnd.microsoft.card.adaptive", "content": {}}, None),
        ({"contentType": 7, "contentUrl": "u"}, None),
        ({"contentType": "text/csv", "contentUrl": {"a": 1}}, None),
        ({"contentType": "text/csv", "contentUrl": "u" * 9000}, None),
        ({"contentType": TEAMS_FILE, "content": [], "contentUrl": "u"}, None),
    ],
)  # fmt: skip
def test_files_of_a_message(told: dict[str, Any], file: Attached | None) -> None:
    assert files.attached({"attachments": [told]}) == ((file,) if file else ())


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", InviteFile(Attached("a.csv", "u", True))),
        ("invite for 7 days", InviteFile(Attached("a.csv", "u", True), 7)),
        ("please", InviteFile(Attached("a.csv", "u", True))),
        ("invite for some days", Unclear("invite", Need.DAYS)),
        ("help", None),
        ("status gwen@x.example", None),
    ],
)
def test_a_file_is_a_list_unless_the_words_ask_for_something_else(text: str, command: Any) -> None:
    picture = Attached("a.png", "p", False)
    assert sent([picture, Attached("a.csv", "u", True)], text) == command
    assert sent([], text) is None


def test_several_files_at_once_are_not_guessed_about() -> None:
    assert sent([Attached("a.csv", "u", True)] * 2, "") == Unclear("invite", Need.ONE_FILE)


async def test_a_file_is_previewed_confirmed_and_invited(chat: Chat, drive: Drive) -> None:
    heard = await upload(chat, FORMATTING, download())
    assert heard.quiet
    card = await posted(chat)
    assert "1 person can be invited" in card["fallbackText"]
    text = json.dumps(card)
    assert "gwen@fabrikam.example" in text
    assert "people.csv" in text.replace("\\u2060", "")
    assert not await chat.rows("invitations")
    answer = (await chat.click("bulk.confirm", button(card, "bulk.confirm"))).body
    assert answer["type"] == "application/vnd.microsoft.card.adaptive"
    (bulk,) = await chat.rows("bulks")
    await chat.database.write(bulks.carry_on, bulk["tenant_id"], bulk["bulk_id"])
    assert [row["address"] for row in await chat.rows("invitations")] == ["gwen@fabrikam.example"]
    assert not await chat.rows("cards")
    left = await chat.click("bulk.page", {"list": bulk["bulk_id"], "version": 2, "only": "left", "page": 1})
    assert "peter@@fabrikam.example" in left.words.replace("\u2060", "")


async def test_many_pasted_addresses_wait_for_a_word_and_are_masked_where_others_read_along(chat: Chat) -> None:
    await chat.install(where=TEAM)
    heard = await chat.say("invite " + "\n".join(MANY), where=TEAM)
    assert heard.quiet
    card = await posted(chat)
    assert "25 people can be invited" in card["fallbackText"]
    assert "gu***@fabrikam.example" in json.dumps(card)
    assert MANY[0] not in json.dumps(card)
    page = await chat.click("bulk.page", button(card, "bulk.page"), where=TEAM)
    assert "Page 2 of 3" in page.words
    other = await chat.click("bulk.confirm", button(card, "bulk.confirm"), "bob", TEAM)
    assert "Only the owners" in other.words
    assert not await chat.rows("invitations")


async def test_the_same_file_again_shows_the_first_ones_card(chat: Chat, drive: Drive) -> None:
    await upload(chat, download())
    again = await upload(chat, download("other.csv"))
    assert "This list was given before" in again.words
    assert len(await chat.rows("bulks")) == 1
    assert len(await chat.rows("notices")) == 1


async def test_a_form_with_many_addresses_is_answered_with_where_to_look(chat: Chat) -> None:
    heard = await chat.click("invite.form", {"addresses": " ".join(MANY), "days": "30"})
    assert "The preview of the list follows." in heard.words
    assert len(await chat.rows("bulk_rows")) == 25


@pytest.mark.parametrize(
    ("attachment", "sentence"),
    [
        (download("people.xlsx", "xlsx"), "This is not a CSV file."),
        (download(url="https://elsewhere.example/a.csv"), "I could not fetch the file."),
        (download(url="broken"), "Line 2: A quotation mark is missing"),
        ({"contentType": "image/png", "contentUrl": URL, "name": "a.png"}, "This is not a CSV file."),
    ],
)
async def test_what_is_no_list_is_told_in_one_sentence(
    chat: Chat, drive: Drive, attachment: dict[str, Any], sentence: str
) -> None:
    drive.files["broken"] = b'email\n"gwen@fabrikam.example\n'
    heard = await upload(chat, attachment)
    assert sentence in heard.words
    assert "Nobody was invited." in heard.words
    assert not await chat.rows("bulks")


async def test_without_the_right_nothing_is_fetched(chat: Chat, drive: Drive) -> None:
    chat.roster.roles["29:greta"] = "guest"
    heard = await upload(chat, download(), who="greta")
    assert "not its guests" in heard.words
    assert drive.asked == []


async def test_files_in_group_chats_and_channels_are_left_alone(chat: Chat, drive: Drive) -> None:
    await chat.install(where=TEAM)
    await upload(chat, download(), text="help", where=TEAM)
    assert drive.asked == []


async def test_a_list_of_another_chat_is_unknown(chat: Chat, drive: Drive) -> None:
    await upload(chat, download())
    (bulk,) = await chat.rows("bulks")
    bobs = PERSONAL | {"id": "a:bob"}
    for bulk_id in (bulk["bulk_id"], "unheard-of"):
        heard = await chat.click("bulk.confirm", {"list": bulk_id, "version": 1}, "bob", bobs)
        assert "I do not know this list here" in heard.words


async def test_a_german_reader_gets_german_cards(chat: Chat, drive: Drive) -> None:
    await upload(chat, download(), locale="de-DE")
    card = await posted(chat)
    assert card["lang"] == "de"
    assert "1 Person kann eingeladen werden" in card["fallbackText"]

"""Lists of people in the chat: a view → its card, a refusal → a sentence. New lists have no answer: the outbox posts
their card."""

from collections.abc import Callable, Sequence
from typing import Any

import cards
from bot.list_commands import Upload
from bot.listeners import Listener, Reply
from cards import bulk_file
from cards.bulk import words_of
from domain import bulk_errors, errors
from domain.bulk_views import BulkLine, BulkView, Unreadable
from domain.lists import MOST_COLUMNS, MOST_ROWS


def previewed(view: BulkView, to: Listener) -> Reply:
    if view.known:
        return bulk(view, to)
    return Reply(to.speech.say("The preview of the list follows.")) if to.clicked else Reply()


def bulk(view: BulkView, to: Listener) -> Reply:
    return Reply(cards=(cards.bulk(view, language=to.language, masked=to.masked),))


def offered(bulk_id: str, lines: Sequence[BulkLine], to: Listener) -> Reply:
    asking = bulk_file.consent(to.speech, bulk_id, len(result(lines, to)))
    return Reply(to.speech.say("Please say below whether I may put the file into your OneDrive."), posted=asking)


def result(lines: Sequence[BulkLine], to: Listener) -> bytes:
    """With the mark by which spreadsheets know UTF-8."""
    return bulk_file.result_text(to.speech, lines, words_of(to.speech)).encode("utf-8-sig")


def put(upload: Upload, _view: BulkView, _to: Listener) -> Reply:
    return Reply(posted=bulk_file.info(upload.name, upload.content_url, upload.unique_id))


def not_wanted(_standing: object, to: Listener) -> Reply:
    return Reply(to.speech.say("No file was made. The list’s card shows every row as well."))


def _not_uploaded(refusal: bulk_errors.NotUploaded, to: Listener) -> str:
    if refusal.elsewhere:
        return to.speech.say("I do not put files there. The list’s card shows every row as well.")
    return to.speech.say("I could not put the file there. Please click “Result file” again.")


def _unreadable(refusal: bulk_errors.UnreadableList, to: Listener) -> str:
    said = {
        Unreadable.NO_CSV: to.speech.say("This is not a CSV file. Please save it as CSV (UTF-8), and send that."),
        Unreadable.ENCODING: to.speech.say(
            "I cannot read the letters of this file. Please save it as CSV (UTF-8), and send that."
        ),
        Unreadable.EMPTY: to.speech.say("There is nothing in this list."),
        Unreadable.QUOTES: to.speech.say("A quotation mark is missing, or is one too many."),
        Unreadable.LONG_FIELD: to.speech.say("A cell is far too long. Is a quotation mark missing?"),
        Unreadable.COLUMNS: to.speech.say("At most {most} columns are possible.", most=MOST_COLUMNS),
        Unreadable.NO_ADDRESSES: to.speech.say("I find no e-mail addresses. Name their column “email”."),
        Unreadable.ROWS: to.speech.say("At most {most} rows are possible. Please split the list.", most=MOST_ROWS),
        Unreadable.BYTES: to.speech.say("The file is too large: at most 1 MB is possible. Please split it."),
        Unreadable.HOST: to.speech.say("I do not fetch files from there. Please attach the file here."),
        Unreadable.UNREACHABLE: to.speech.say("I could not fetch the file. Please send it again."),
    }[refusal.why]
    where = to.speech.say("Line {line}:", line=refusal.line) if refusal.line else ""
    return " ".join(filter(None, [where, said, to.speech.say("Nobody was invited.")]))


def _unknown(_: bulk_errors.UnknownList, to: Listener) -> str:
    return to.speech.say("I do not know this list here, or it is too old.")


REFUSALS: dict[type[errors.Refusal], Callable[[Any, Listener], str]] = {
    bulk_errors.UnreadableList: _unreadable,
    bulk_errors.UnknownList: _unknown,
    bulk_errors.NotUploaded: _not_uploaded,
}

"""The file with a list's result: its text, and the two cards by which Teams hands it over.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4#send-files-to-personal-chat
"""

from collections.abc import Mapping, Sequence

from cards.bulk import reason
from cards.elements import Part
from domain.bulk_views import BulkLine, Outcome
from domain.csv_text import rows
from locales import Speech

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"
NAME = "people-result.csv"


def result_text(speech: Speech, lines: Sequence[BulkLine], words: Mapping[Outcome, str]) -> str:
    """Every row with its outcome, and why; `words` are the outcomes'. Columns have the same names in every language."""
    found = [(one.number, one.address, words[one.outcome], reason(speech, one)) for one in lines]
    return rows([("row", "address", "outcome", "why"), *found])


def consent(speech: Speech, bulk_id: str, size: int) -> Part:
    """Asks whether the file may be put into the reader's own drive."""
    context = {"list": bulk_id}
    content = {
        "description": speech.say("Every row of the list, and what became of it"),
        "sizeInBytes": size,
        "acceptContext": context,
        "declineContext": context,
    }
    return {"contentType": CONSENT, "name": NAME, "content": content}


def info(name: str, url: str, unique_id: str) -> Part:
    """The file where it lies now."""
    content = {"uniqueId": unique_id, "fileType": "csv"}
    return {"contentType": INFO, "contentUrl": url, "name": name, "content": content}

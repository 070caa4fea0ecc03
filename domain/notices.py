"""Notices: cards that the bot posts by itself – to one person, or into a conversation – about something that waits for
a word, or that has happened. One subject is one card for each person, edited in place as things go on.

What a card of each kind shows: domain/noticeboard.py.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from domain import delivery, workspaces
from domain.secrets import new_id
from domain.views import Kind, Person, Place
from domain.work import Work
from storage import notices as rows


def tell(
    work: Work, tenant_id: str, kind: str, subject_id: str, people: Iterable[str], workspace_id: str | None = None
) -> tuple[str, ...]:
    """A card for each of these people (Entra object ids), in their own chats with the bot. Told before: no second one.

    Gives who can be reached: whoever never talked to the bot alone is written to by a chat that is opened for it, where
    the channel can do that; else the person is left out, and the caller says it in another way.
    """
    reached: list[str] = []
    for person_id in dict.fromkeys(people):
        where = _chat(work, tenant_id, person_id)
        if where is None:
            continue
        _post(work, tenant_id, kind, subject_id, where | {"person_id": person_id, "workspace_id": workspace_id})
        reached.append(person_id)
    return tuple(reached)


def tell_all(work: Work, tenant_id: str, kind: str, wanted: Iterable[tuple[str, str, str]]) -> set[tuple[str, str]]:
    """As `tell`, for several subjects, each with a person and its workspace: the number of queries does not hang on how
    many there are. Gives the subjects and people that were reached, told before or not; all their cards show the
    present state."""
    named = list(dict.fromkeys(wanted))
    chats = _chats(work, tenant_id, {person for _, person, _ in named})
    told = [
        _new(work, tenant_id, kind, subject) | chats[person] | {"person_id": person, "workspace_id": workspace}
        for subject, person, workspace in named
        if person in chats
    ]
    if told:
        work.run(rows.add(work.connection.dialect.name), told)
        about = {"tenant_id": tenant_id, "kind": kind, "subject_ids": list({each["subject_id"] for each in told})}
        delivery.enqueue_notices(work, tenant_id, [row.notice_id for row in work.all(rows.ABOUT_THESE, about)])
    return {(each["subject_id"], each["person_id"]) for each in told}


def put(work: Work, place: Place, kind: str, subject_id: str, workspace_id: str) -> None:
    """A card into the conversation and thread of `place`, for all who are there. Put before: no second one."""
    where = {
        "channel_id": place.channel_id,
        "service_url": place.service_url,
        "conversation_id": place.conversation_id,
        "bot_id": place.bot_id,
        "locale": place.locale,
        "person_id": "",
        "workspace_id": workspace_id,
    }
    _post(work, place.tenant_id, kind, subject_id, where)


def changed(work: Work, tenant_id: str, kind: str, subject_id: str) -> None:
    """The cards about this are to show the present state."""
    about = {"tenant_id": tenant_id, "kind": kind, "subject_id": subject_id}
    delivery.enqueue_notices(work, tenant_id, [row.notice_id for row in work.all(rows.ABOUT, about)])


def close(work: Work, tenant_id: str, kind: str, subject_id: str) -> None:
    """Nothing waits for a word any more: the cards show what became of it."""
    values = {"tenant": tenant_id, "about": kind, "subject": subject_id, "now": work.now}
    if work.run(rows.CLOSE, values):
        changed(work, tenant_id, kind, subject_id)


def close_all(work: Work, tenant_id: str, beginning: str) -> None:
    """As `close`, for every subject that begins so: ids of what it is about, and more behind."""
    escaped = "".join(f"/{each}" if each in "/%_" else each for each in beginning)
    closed = work.all(rows.CLOSE_ALL, {"tenant": tenant_id, "begins": f"{escaped}%", "now": work.now})
    delivery.enqueue_notices(work, tenant_id, [row.notice_id for row in closed])


def waiting(work: Work, tenant_id: str, kind: str) -> Sequence[Any]:
    """Notices of a kind that still wait for a word: (notice_id, subject_id, person_id)."""
    return work.all(rows.WAITING, {"tenant_id": tenant_id, "kind": kind})


def met(work: Work, place: Place, person: Person) -> None:
    """Keeps what the roster said of somebody who speaks, and where notices reach them: in a chat with the bot alone."""
    workspaces.remember(work, person)
    if place.kind is not Kind.PERSONAL or not place.service_url:
        return
    where = {
        "channel_id": place.channel_id,
        "service_url": place.service_url,
        "conversation_id": place.conversation_id.partition(";")[0],
        "bot_id": place.bot_id,
        "locale": place.locale,
    }
    key = {"tenant_id": place.tenant_id, "person_id": person.person_id}
    work.run(rows.put_chat(work.connection.dialect.name), key | where)
    quiet = [row.notice_id for row in work.all(rows.WAITING_QUIETLY, key)]
    if quiet:
        values = {"notices": quiet, "tenant": place.tenant_id, "channel": where["channel_id"], "bot": where["bot_id"]}
        work.run(rows.WAKE, values | {"url": where["service_url"], "conversation": where["conversation_id"]})
        delivery.enqueue_notices(work, place.tenant_id, quiet)


def parted(work: Work, place: Place) -> None:
    """The bot was removed from a chat: nothing more is sent there."""
    alone = place.conversation_id.partition(";")[0]
    work.run(rows.FORGET_CHAT, {"tenant": place.tenant_id, "channel": place.channel_id, "conversation": alone})


def by_id(work: Work, tenant_id: str, notice_id: str) -> Any:
    """The notice with the name and kind of its workspace, or None."""
    return work.one(rows.BY_ID, {"notice_id": notice_id, "tenant_id": tenant_id})


def opened(work: Work, tenant_id: str, notice_id: str, conversation_id: str) -> None:
    """A chat was opened for it. A second one of the same person is the same chat."""
    work.run(rows.OPENED, {"notice": notice_id, "tenant": tenant_id, "conversation": conversation_id})


def card_found(work: Work, place: Place, notice_id: str, activity_id: str) -> bool:
    """As domain/postings.py: card_found, for a click on a notice's card."""
    where = {"notice": notice_id, "tenant": place.tenant_id, "channel": place.channel_id}
    if work.run(rows.FOUND, where | {"conversation": place.conversation_id, "activity": activity_id}) == 0:
        return False
    delivery.enqueue_notices(work, place.tenant_id, [notice_id])
    return True


CHAT = ("channel_id", "service_url", "bot_id", "locale")


def _chats(work: Work, tenant_id: str, people: set[str]) -> dict[str, dict[str, str]]:
    """By person, as `_chat`."""
    if not people:
        return {}
    where = {"tenant_id": tenant_id, "person_ids": sorted(people)}
    found = {
        row.person_id: {name: getattr(row, name) for name in (*CHAT, "conversation_id")}
        for row in work.all(rows.CHATS_OF, where)
    }
    missing = sorted(people - found.keys())
    door = work.one(rows.ANY_CHAT, where) if missing else None
    if door is None:
        return found
    opened = {name: getattr(door, name) for name in CHAT} | {"conversation_id": ""}
    reachable = work.all(rows.REACHABLE_OF, where | {"person_ids": missing})
    return found | {row.person_id: opened for row in reachable}


def _chat(work: Work, tenant_id: str, person_id: str) -> dict[str, str] | None:
    key = {"tenant_id": tenant_id, "person_id": person_id}
    names = ("channel_id", "service_url", "bot_id", "locale")
    row = work.one(rows.CHAT, key)
    if row is not None:
        return {name: getattr(row, name) for name in names} | {"conversation_id": row.conversation_id}
    row = work.one(rows.REACHABLE, key)
    return {name: getattr(row, name) for name in names} | {"conversation_id": ""} if row is not None else None


def _post(work: Work, tenant_id: str, kind: str, subject_id: str, where: dict[str, Any]) -> None:
    notice = _new(work, tenant_id, kind, subject_id) | where
    if work.run(rows.add(work.connection.dialect.name), notice):
        delivery.enqueue_notices(work, tenant_id, [notice["notice_id"]])


def _new(work: Work, tenant_id: str, kind: str, subject_id: str) -> dict[str, Any]:
    return {
        "notice_id": new_id(),
        "tenant_id": tenant_id,
        "kind": kind,
        "subject_id": subject_id,
        "made_at": work.now,
        "reposted": 0,
    }

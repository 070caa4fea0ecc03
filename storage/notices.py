"""Named queries of notices, and of where people talk with the bot alone."""

from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select, update
from sqlalchemy.sql import Executable

from storage.lifecycle_tables import Notice, PersonalChat
from storage.statements import insert
from storage.tables import Instant, Person, Workspace, table

NOTICES, CHATS, PEOPLE, WORKSPACES = table(Notice), table(PersonalChat), table(Person), table(Workspace)
NOW = bindparam("now", type_=Instant)

CHAT = select(CHATS).where(CHATS.c.tenant_id == bindparam("tenant_id"), CHATS.c.person_id == bindparam("person_id"))
REACHABLE = (
    select(
        PEOPLE.c.channel_user_id, CHATS.c.channel_id, CHATS.c.service_url, CHATS.c.bot_id,
        func.coalesce(CHATS.c.locale, "en").label("locale"),
    )
    .select_from(PEOPLE.join(CHATS, CHATS.c.tenant_id == PEOPLE.c.tenant_id))
    .where(PEOPLE.c.tenant_id == bindparam("tenant_id"), PEOPLE.c.person_id == bindparam("person_id"))
    .where(PEOPLE.c.channel_user_id.is_not(None), CHATS.c.channel_id == "msteams")
    .limit(1)
)  # fmt: skip
"""How to open a chat with somebody who never wrote to the bot alone: by a colleague's, in the same channel."""
CHATS_OF = select(CHATS).where(
    CHATS.c.tenant_id == bindparam("tenant_id"), CHATS.c.person_id.in_(bindparam("person_ids", expanding=True))
)
REACHABLE_OF = select(PEOPLE.c.person_id).where(
    PEOPLE.c.tenant_id == bindparam("tenant_id"), PEOPLE.c.person_id.in_(bindparam("person_ids", expanding=True)),
    PEOPLE.c.channel_user_id.is_not(None),
)  # fmt: skip
ANY_CHAT = select(CHATS).where(CHATS.c.tenant_id == bindparam("tenant_id"), CHATS.c.channel_id == "msteams").limit(1)
"""By which a chat with somebody else is opened."""
ABOUT_THESE = select(NOTICES.c.notice_id).where(
    NOTICES.c.tenant_id == bindparam("tenant_id"), NOTICES.c.kind == bindparam("kind"),
    NOTICES.c.subject_id.in_(bindparam("subject_ids", expanding=True)),
)  # fmt: skip
FORGET_CHAT = delete(CHATS).where(
    CHATS.c.tenant_id == bindparam("tenant"), CHATS.c.channel_id == bindparam("channel"),
    CHATS.c.conversation_id == bindparam("conversation"),
)  # fmt: skip
BY_ID = (
    select(
        NOTICES, func.coalesce(WORKSPACES.c.name, "").label("workspace"),
        WORKSPACES.c.kind.label("workspace_kind"), WORKSPACES.c.removed_at, PEOPLE.c.channel_user_id,
    )
    .select_from(
        NOTICES.outerjoin(
            WORKSPACES,
            and_(WORKSPACES.c.workspace_id == NOTICES.c.workspace_id, WORKSPACES.c.tenant_id == NOTICES.c.tenant_id),
        ).outerjoin(
            PEOPLE, and_(PEOPLE.c.tenant_id == NOTICES.c.tenant_id, PEOPLE.c.person_id == NOTICES.c.person_id)
        )
    )
    .where(NOTICES.c.notice_id == bindparam("notice_id"), NOTICES.c.tenant_id == bindparam("tenant_id"))
)  # fmt: skip
ABOUT = select(NOTICES.c.notice_id, NOTICES.c.person_id, NOTICES.c.closed_at).where(
    NOTICES.c.tenant_id == bindparam("tenant_id"), NOTICES.c.kind == bindparam("kind"),
    NOTICES.c.subject_id == bindparam("subject_id"),
)  # fmt: skip
WAITING = select(NOTICES.c.notice_id, NOTICES.c.subject_id, NOTICES.c.person_id).where(
    NOTICES.c.tenant_id == bindparam("tenant_id"), NOTICES.c.kind == bindparam("kind"), NOTICES.c.closed_at.is_(None)
)
CLOSE = (
    update(NOTICES)
    .where(NOTICES.c.tenant_id == bindparam("tenant"), NOTICES.c.kind == bindparam("about"))
    .where(NOTICES.c.subject_id == bindparam("subject"), NOTICES.c.closed_at.is_(None))
    .values(closed_at=NOW)
)
CLOSE_ALL = (
    update(NOTICES)
    .where(NOTICES.c.tenant_id == bindparam("tenant"), NOTICES.c.closed_at.is_(None))
    .where(NOTICES.c.subject_id.like(bindparam("begins"), escape="/"))
    .values(closed_at=NOW)
    .returning(NOTICES.c.notice_id)
)
WAITING_QUIETLY = select(NOTICES.c.notice_id).where(
    NOTICES.c.tenant_id == bindparam("tenant_id"), NOTICES.c.person_id == bindparam("person_id"),
    NOTICES.c.quiet_at.is_not(None), NOTICES.c.closed_at.is_(None),
)  # fmt: skip
WAKE = (
    update(NOTICES)
    .where(NOTICES.c.notice_id.in_(bindparam("notices", expanding=True)), NOTICES.c.tenant_id == bindparam("tenant"))
    .values(
        quiet_at=None, channel_id=bindparam("channel"), service_url=bindparam("url"),
        conversation_id=bindparam("conversation"), bot_id=bindparam("bot"), activity_id=None, creating_at=None,
    )
)  # fmt: skip


def _change(*conditions: Any) -> Any:
    return update(NOTICES).where(
        NOTICES.c.notice_id == bindparam("notice"), NOTICES.c.tenant_id == bindparam("tenant"), *conditions
    )


NO_ID = NOTICES.c.activity_id.is_(None)
OPENED = _change(NOTICES.c.conversation_id == "").values(conversation_id=bindparam("conversation"))
CREATING = _change(NO_ID, NOTICES.c.creating_at.is_(None)).values(creating_at=NOW)
CREATING_AGAIN = _change(NO_ID).values(creating_at=NOW)
POSTED = _change().values(activity_id=bindparam("activity"), creating_at=None)
NOT_CREATED = _change().values(creating_at=None)
GONE = _change().values(activity_id=None, creating_at=None, reposted=NOTICES.c.reposted + 1)
QUIET = _change().values(quiet_at=NOW, creating_at=None)
FOUND = (
    _change(NO_ID, NOTICES.c.creating_at.is_not(None))
    .where(NOTICES.c.channel_id == bindparam("channel"), NOTICES.c.conversation_id == bindparam("conversation"))
    .values(activity_id=bindparam("activity"), creating_at=None)
)


@cache
def add(dialect: str) -> Executable:
    """Once for each subject and person."""
    return insert(dialect)(NOTICES).on_conflict_do_nothing(
        index_elements=["tenant_id", "kind", "subject_id", "person_id"]
    )


@cache
def put_chat(dialect: str) -> Executable:
    statement = insert(dialect)(CHATS)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["tenant_id", "person_id"],
        set_={name: new[name] for name in ("channel_id", "service_url", "conversation_id", "bot_id", "locale")},
    )

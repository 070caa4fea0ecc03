"""How often something may be done. Every count is a sliding window: never more than `most` in any `seconds`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from domain.errors import LimitReached
from domain.views import Quota
from storage.tables import Limit as LimitRow

if TYPE_CHECKING:
    from domain.work import Work

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True)
class Numbers:
    """Defaults of the whole service. Seconds unless said."""

    owner_hour: int = 60
    workspace_day: int = 500
    tenant_day: int = 1000
    workspace_open: int = 500
    passcode_seconds: int = 30 * 60
    passcode_tries: int = 5
    passcode_cooldown_seconds: int = 60
    passcodes_hour: int = 5
    passcodes_day: int = 10
    tries_hour: int = 10
    tries_day: int = 20
    mailbox_passcodes_hour: int = 5
    mailbox_invitations_hour: int = 5
    client_tries_hour: int = 30
    claim_tries_hour: int = 10
    resend_cooldown_seconds: int = 60
    resends_day: int = 5
    session_seconds: int = 24 * HOUR
    invitation_days: int = 14
    invitation_days_most: int = 90
    access_days: int = 90
    access_days_most: int = 365
    kept_answer_seconds: int = 24 * HOUR
    draft_seconds: int = HOUR

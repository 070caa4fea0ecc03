"""The outbox put together: a worker with its channels. app.py hands in what they are made of."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

from outbox.card_channel import CardChannel
from outbox.due_channel import DueChannel
from outbox.mail_channel import MailChannel
from outbox.mails import Mails
from outbox.smtp import Pool
from outbox.worker import Worker


def start(
    database: Any, pool: Pool, mails: Mails, cards: CardChannel, clock: Callable[[], datetime], stack: AsyncExitStack
) -> Worker:
    """Delivers from now on, woken by each commit that leaves something due, until the stack is closed."""
    stack.callback(pool.close)
    mail, due = MailChannel(database, pool, mails, clock), DueChannel(database, clock)
    worker = Worker(database, {"mail": mail, "card": cards, "due": due}, clock)
    database.committed = worker.wake
    worker.start()
    stack.push_async_callback(worker.stop)
    return worker

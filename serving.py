"""Runs a web application until the process is told to stop: first the balancers hear of it, then work is finished."""

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

M_ARENA_MAX = -8
"""mallopt(3)"""
PROCESSOR = 36
"""Of the fields behind the command's name in /proc/self/stat: proc(5)."""
STOP_SECONDS = 20.0
"""How long requests under way may take to end."""


def spare_memory() -> None:
    """glibc gives each thread an arena that keeps what it once took: 7 MiB here. To be called before threads start."""
    with contextlib.suppress(AttributeError, OSError):  # another C library has no such word
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def keep_to_one_core() -> None:
    """The loop and the threads of the embedded database take turns at the interpreter, many times in each unit. On two
    cores each turn moves what they share from one cache to the other. To be called before threads start."""
    with contextlib.suppress(
        AttributeError, OSError, LookupError, ValueError
    ):  # another system, or one that forbids it
        here = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[PROCESSOR])
        os.sched_setaffinity(0, {here})


def settle() -> None:
    """What the start made lives as long as the process: the garbage collector need not look at it ever again."""
    gc.unfreeze()
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def no_alarm(record: logging.LogRecord) -> bool:
    """A filter of aiohttp's own log: what is no HTTP, or breaks off, is its sender's fault, and may hold a secret."""
    fault = record.exc_info[1] if record.exc_info else None
    if isinstance(fault, HttpProcessingError | web.RequestPayloadError):
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.msg, record.args, record.exc_info = "refused: a request that cannot be read", (), None
    return True


def answer_for(application: web.Application, runner: web.BaseRunner) -> None:
    """What aiohttp refuses by itself, such as a coding of the body that it does not know, belongs to no route: the
    application's `on_response_prepare` is told of it all the same. After `runner.setup()`."""
    logging.getLogger("aiohttp.server").addFilter(no_alarm)

    class Asked(web.Request):
        async def _prepare_hook(self, response: web.StreamResponse) -> None:
            if self._match_info is None:
                await application.on_response_prepare.send(self, response)
            else:
                await super()._prepare_hook(response)

    assert runner.server is not None
    make: Any = application._make_request  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    runner.server.request_factory = partial(make, _cls=Asked)


async def until_told(
    application: web.Application,
    host: str,
    port: int,
    leaving: Callable[[], None],
    finish: Callable[[], Awaitable[None]],
) -> None:
    """Serves until SIGTERM or SIGINT; `leaving` is called first. `finish`: the rest of the start, while requests are
    answered already. Raises OSError where it cannot listen."""
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    async with AsyncExitStack() as stack:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=STOP_SECONDS)
        await runner.setup()
        answer_for(application, runner)
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, host, port, backlog=1024).start()
        await finish()
        settle()
        await stopping.wait()
        leaving()

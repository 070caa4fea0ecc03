"""The start: pages are answered first, the chat is loaded behind them."""

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

import later
from tests.servers.gatehouse import Gatehouse

ROOT = Path(__file__).resolve().parents[2]


async def answered(_: web.Request) -> web.Response:
    return web.Response(status=201)


class Poster:
    async def post(self, service_url: str, conversation_id: str, activity: Mapping[str, Any]) -> str:
        return f"posted {conversation_id}"

    async def put(self, service_url: str, conversation_id: str, activity_id: str, activity: Mapping[str, Any]) -> str:
        return f"put {activity_id}"


def asking(chat: later.Chat) -> "asyncio.Task[web.StreamResponse]":
    async def ask() -> web.StreamResponse:
        return await chat.messages(make_mocked_request("POST", "/api/messages"))

    return asyncio.create_task(ask())


async def test_an_activity_that_comes_too_early_is_answered_as_soon_as_the_chat_is_there() -> None:
    chat = later.Chat()
    early = asking(chat)
    await asyncio.sleep(0)
    assert not early.done()
    chat.answers(answered)
    assert (await early).status == 201
    assert (await asking(chat)).status == 201


async def test_who_hangs_up_while_waiting_takes_the_chat_from_nobody() -> None:
    chat = later.Chat()
    first, second = asking(chat), asking(chat)
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    chat.answers(answered)
    assert (await second).status == 201


async def test_cards_wait_for_the_chat_too() -> None:
    chat = later.Chat()
    cards = asyncio.gather(chat.post("url", "c1", {}), chat.put("url", "c1", "a1", {}))
    await asyncio.sleep(0)
    chat.opened(Poster())
    assert await cards == ["posted c1", "put a1"]


async def test_where_the_chat_cannot_be_loaded_nobody_waits_for_ever() -> None:
    chat = later.Chat()
    early = asking(chat)
    await asyncio.sleep(0)
    chat.given_up()
    with pytest.raises(asyncio.CancelledError):
        await early


def test_pages_are_served_without_the_chats_sdk() -> None:
    loading = "import sys, app, guest, outbox.deliveries, cards.posting; assert 'botbuilder' not in sys.modules"
    subprocess.run([sys.executable, "-c", loading], check=True, cwd=ROOT)


MEANWHILE = """
import sys, threading
import app, evaluation
from config import load

def find(name):
    assert "bot.sdk" in sys.modules, "foreign code would run while the SDK is loaded"
    raise SystemExit(0)

evaluation.find = find
sys.exit(app.serve(load({"GATEHOUSE_ENV": "development", "GATEHOUSE_DATABASE_URL": "sqlite:///" + sys.argv[1],
                         "GATEHOUSE_FEATURE_PROVIDER": "some:provider"}), "all"))
"""


def test_an_operators_provider_is_loaded_when_no_library_is_hollow_any_more(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MEANWHILE, str(tmp_path / "gatehouse.db")]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})


UNUSED = """
import sys
import bot.chat, bot.handler
from bot.sdk import UNUSED
assert not UNUSED & {name.partition(".")[0] for name in sys.modules}, UNUSED & set(sys.modules)
import requests
assert requests.Session().get
"""


def test_what_the_chats_sdk_never_uses_is_not_loaded_and_whole_for_others() -> None:
    subprocess.run([sys.executable, "-c", UNUSED], check=True, cwd=ROOT)


AFFINITY = """
import asyncio, os, sys, threading
from pathlib import Path
from types import SimpleNamespace
import app

def ended(coroutine):
    coroutine.close()
    threading.Thread(target=lambda: print(len(os.sched_getaffinity(0)))).start()
    return 0

asyncio.run = ended
app.serve(SimpleNamespace(sqlite_path=Path(sys.argv[1]) if sys.argv[1] else None, development=True), "all")
"""


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system keeps no thread to a core")
@pytest.mark.parametrize("path", ["gatehouse.db", ""])
def test_only_with_the_embedded_database_all_threads_keep_to_one_core(path: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", AFFINITY, path], check=True, cwd=ROOT, capture_output=True, text=True
    ).stdout
    assert int(told.split()[-1]) == (1 if path else len(os.sched_getaffinity(0)))


@pytest.mark.sockets
def test_a_second_process_on_a_port_in_use_fails_and_the_claim_code_of_the_first_stays(tmp_path: Path) -> None:
    file = tmp_path / "gatehouse.db"
    first = Gatehouse(tmp_path, {"GATEHOUSE_ENV": "development", "GATEHOUSE_DATABASE_URL": f"sqlite:///{file}"})
    try:
        first.log.wait(lambda line: "no admin yet" in line)
        with contextlib.closing(sqlite3.connect(file)) as database:
            with database:  # printed an hour ago, so that a start replaces it
                database.execute("UPDATE claim_codes SET expires_at = datetime(expires_at, '-1 hour')")
            (printed,) = database.execute("SELECT code_hash FROM claim_codes")
            second = first.command("serve")
            assert (second.returncode, "cannot start" in second.stdout + second.stderr) == (1, True)
            assert database.execute("SELECT code_hash FROM claim_codes").fetchall() == [printed]
    finally:
        first.stop()

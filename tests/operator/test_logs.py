"""Logs: one event is one line, and no secret is in it."""

import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

import logs
from domain import secrets

TOKEN = "q3J-9sPz_2KfYw0LxA8bT5uVn1RcE7dGhIjM4oNpQrS"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJib3QifQ.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def written(*, development: bool = False) -> StringIO:
    stream = StringIO()
    logs.configure(development=development, stream=stream)
    return stream


def last(stream: StringIO) -> dict[str, Any]:
    return json.loads(stream.getvalue().splitlines()[-1])


def test_production_writes_one_json_object_a_line() -> None:
    stream = written()
    structlog.get_logger("gatehouse").warning("relay is slow", seconds=3)
    event = last(stream)
    assert event.pop("at").endswith("Z")
    assert event == {"event": "relay is slow", "seconds": 3, "level": "warning", "logger": "gatehouse"}


def test_the_standard_librarys_logging_comes_the_same_way() -> None:
    stream = written()
    logging.getLogger("aiohttp.server").error("no answer for %s", "example")
    event = last(stream)
    assert (event["event"], event["level"], event["logger"]) == ("no answer for example", "error", "aiohttp.server")


def test_warnings_come_the_same_way() -> None:
    stream = written()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old thing", stacklevel=1)
    assert "old thing" in last(stream)["event"]


@pytest.mark.parametrize("name", ["aiohttp.access", "aiosmtplib", "mail.log", "sqlalchemy.engine", "alembic.runtime"])
def test_chatter_of_libraries_is_left_out(name: str) -> None:
    stream = written()
    logging.getLogger(name).info("GET /i/%s", TOKEN)
    assert not stream.getvalue()


@pytest.mark.parametrize("development", [True, False])
@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"GET /i/{TOKEN[:20]} failed", TOKEN[:20]),
        ("POST https://guests.example/w/abc-def?x=1", "abc-def"),
        (f"Authorization: Bearer {JWT}", JWT),
        ("sent Bearer abcdefgh12345", "abcdefgh12345"),
        ("<CIMultiDict('Cookie': '__Host-gs=abcdef; a=b', 'Host': 'x')>", "abcdef"),
        ("Set-Cookie: __Host-flow=sealed", "sealed"),
        (f"token {JWT} refused", JWT),
        ("cannot reach smtp://gate:hunter2@mail.example", "hunter2"),
        ("postgresql+asyncpg://gate:hunter2@db/gatehouse", "hunter2"),
        ("grant_type=client_credentials&client_secret=hunter2&scope=x", "hunter2"),
        ("form was csrf=hunter2&code=1234", "hunter2"),
        (f"unknown session {TOKEN}", TOKEN),
        ("wrong passcode 12345678 typed", "12345678"),
        ("wrong passcode 1234 5678 typed", "1234 5678"),
    ],
)
def test_what_looks_like_a_secret_is_not_written(text: str, secret: str, development: bool) -> None:
    stream = written(development=development)
    log = structlog.get_logger()
    log.info(text)
    log.info("said", what=text, inside={"list": [text]})
    try:
        raise ValueError(text)
    except ValueError:
        log.exception("failed")
    assert secret not in stream.getvalue()
    assert logs.REDACTED in stream.getvalue()


def test_the_reference_of_a_fault_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one without letters."""
    monkeypatch.setattr(secrets, "new_letters", lambda count: "2" * count)
    stream = written()
    structlog.get_logger().error(f"a page broke ({secrets.new_fault()})")
    assert "2222-2222" in last(stream)["event"]


@pytest.mark.parametrize(
    "name", ["Authorization", "set_cookie", "password", "passcode", "app_secret", "access_token", "session_id", "body"]
)
def test_what_stands_under_a_secrets_name_is_not_written(name: str) -> None:
    stream = written()
    structlog.get_logger().info("said", **{name: "hunter2"}, inside={name: ["hunter2"]})
    assert "hunter2" not in stream.getvalue()


def test_numbers_ids_and_moments_stay_readable() -> None:
    stream = written()
    facts = {"tokens": 3, "at_port": 39780000, "invitation": "v1Jq0kq1R5m3y7Zt9aBcDe", "code": "not_owner"}
    structlog.get_logger().info("on 2026-11-22 at 10.0.0.1:3978", **facts)
    event = last(stream)
    assert {name: event[name] for name in facts} == facts
    assert event["event"] == "on 2026-11-22 at 10.0.0.1:3978"


def test_the_claim_code_is_the_one_secret_that_is_written() -> None:
    stream = written()
    structlog.get_logger().warning("no admin yet", command="claim 2345-6789-2345-6789")
    assert last(stream)["command"] == "claim 2345-6789-2345-6789"


@given(text=st.text(), name=st.text(min_size=1))
def test_one_event_is_one_line_whatever_it_says(text: str, name: str) -> None:
    stream = written()
    structlog.get_logger().info(text, fact=text, inside={name: text})
    (line,) = stream.getvalue().splitlines()
    assert line.isascii()
    assert line.isprintable()
    assert set(json.loads(line)) == {"at", "event", "fact", "inside", "level", "logger"}


@given(text=st.text())
def test_a_line_for_people_is_one_line_too(text: str) -> None:
    stream = written(development=True)
    structlog.get_logger().info(text, fact=text)
    assert len(stream.getvalue().splitlines()) == 1


def test_no_line_of_a_traceback_passes_for_an_event() -> None:
    stream = written(development=True)
    try:
        raise ValueError("x\n10:42:00 info     forged")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert [line for line in stream.getvalue().splitlines() if not line.startswith("    ")] == [
        line for line in stream.getvalue().splitlines() if "error    failed" in line
    ]


def test_the_start_does_not_load_what_only_colours() -> None:
    program = "import sys, logs; logs.logger('x'); logs.configure(development=True); sys.exit('rich' in sys.modules)"
    root = Path(logs.__file__).parent
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0

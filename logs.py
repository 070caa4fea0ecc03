"""Logs: one event, one line, no secret. JSON in production, readable in development; `logging` of all libraries too."""

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, TextIO, cast

REDACTED = "[redacted]"
DEEPEST = 4
"""Levels of nested facts that are looked through; what lies deeper is treated as one text."""

_SECRET_NAME = re.compile(
    r"(?i)authori[sz]ation|cookie|passw|passcode|secret|token|session|csrf|credential|api.?key|^body$"
)
_SECRETS = (
    (re.compile(r"(/[iw]/)[^\s\"'<>/?#]+"), rf"\1{REDACTED}"),
    (re.compile(r"(?i)\b(bearer|basic) +[A-Za-z0-9._~+/=-]{6,}"), rf"\1 {REDACTED}"),
    (re.compile(r"(?i)\b((?:set-)?cookie|authorization)[\"']?\s*[:=,]\s*[^\r\n]+"), rf"\1: {REDACTED}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), REDACTED),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@\"']+@"), rf"\1{REDACTED}@"),
    (re.compile(r"(?i)\b(\w*secret|password|passcode|code|\w*token|csrf|session)=[^&\s\"']+"), rf"\1={REDACTED}"),
    (re.compile(r"(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-])"), REDACTED),
    (re.compile(r"(?<![\w.:-])\d{4} ?\d{4}(?![\w.:-])"), REDACTED),
)
"""How secrets look in a text: link paths, headers, JWTs, user info, form fields, our 256-bit tokens, passcodes."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_QUIET = ("alembic", "aiohttp.access", "aiosmtplib", "asyncio", "mail.log", "openfeature", "sqlalchemy")

Event = MutableMapping[str, Any]


def configure(*, development: bool, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Sends every event of structlog and of `logging` to `stream` (standard error), and captures warnings."""
    structlog = _structlog()
    before = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            _readable if development else _json,
        ],
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    _route(formatter, stream or sys.stderr, level)


def logger(name: str) -> Any:
    """A structlog logger."""
    return _structlog().get_logger(name)


def _structlog() -> Any:
    """structlog without rich, which it would load only for its own coloured tracebacks: 120 ms of every start."""
    kept = sys.modules.get("rich")
    sys.modules["rich"] = cast(Any, kept)
    try:
        import structlog
    finally:
        if kept is None:
            del sys.modules["rich"]
    return structlog


def _route(formatter: logging.Formatter, stream: TextIO, level: int) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(_logger: object, _method: str, event: Event) -> Event:
    """A structlog processor: secrets go by the name they stand under, and by what they look like."""
    return {name: _clean(name, value) for name, value in event.items()}


def _clean(name: str, value: object, depth: int = 0) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if _SECRET_NAME.search(name):
        return REDACTED
    if isinstance(value, Mapping) and depth < 4:
        return {
            str(key): _clean(str(key), inner, depth + 1) for key, inner in cast(Mapping[object, object], value).items()
        }
    if isinstance(value, list | tuple | set | frozenset) and depth < DEEPEST:
        return [_clean("", inner, depth + 1) for inner in cast(Iterable[object], value)]
    return _without_secrets(f"{value}")


def _without_secrets(text: str) -> str:
    for shape, replacement in _SECRETS:
        text = shape.sub(replacement, text)
    return text


def _json(_logger: object, _method: str, event: Event) -> str:
    return json.dumps(event, default=str).replace("\x7f", "\\u007f")


def _readable(_logger: object, _method: str, event: Event) -> str:
    """Time, level, event, facts; a traceback follows indented, so that no line of it passes for an event."""
    at, level, what = event.pop("at", ""), event.pop("level", ""), event.pop("event", "")
    event.pop("logger", None)
    traceback = str(event.pop("exception", ""))
    facts = "".join(f" {name}={_escaped(value)}" for name, value in event.items())
    line = f"{str(at)[11:19]} {level:<8} {_escaped(what)}{facts}"
    return line + "".join(f"\n    {_escaped(part)}" for part in traceback.split("\n") if part)


def _escaped(value: object) -> str:
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", str(value))

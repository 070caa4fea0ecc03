"""The engine for a database URL; the other one is not even imported."""

from pathlib import Path

from storage.database import Engine


def engine(url: str) -> Engine:
    """`sqlite:///relative`, `sqlite:////absolute` or `postgresql://user:password@host/db`."""
    if url.startswith("postgresql://"):
        from storage.postgres import PostgreSQL

        return PostgreSQL(url)
    from storage.sqlite import SQLite

    return SQLite(Path(url.removeprefix("sqlite:///")))

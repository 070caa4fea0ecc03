"""Small pieces that every set of named queries is made of."""

from typing import Any


def insert(dialect: str) -> Any:
    """The insert that knows ON CONFLICT, spelled alike by both databases; the other one is not even imported."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert
    from sqlalchemy.dialects import sqlite

    return sqlite.insert


def beside(column: Any) -> Any:
    """The column as a condition that is checked, and that no index is chosen by: by the bare tenant, SQLite, which
    keeps no statistics, would walk through all that the tenant has where another column names a few rows."""
    return column + ""

"""Small pieces that every set of named queries is made of."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite


def insert(dialect: str) -> Any:
    """The insert that knows ON CONFLICT, spelled alike by both databases."""
    return postgresql.insert if dialect == "postgresql" else sqlite.insert

"""What the tables are made of: names, moments, and the base of every row."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Column, DateTime, MetaData, Table, Text, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel
from sqlmodel.main import SQLModelMetaclass

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata = MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[datetime]):
    """An aware moment, stored as UTC. SQLite knows no zone: it is cut off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def instant(nullable: bool = True) -> Any:
    return Field(default=None if nullable else ..., sa_column=Column(Instant, nullable=nullable))


def long_text(nullable: bool = True) -> Any:
    return Field(default=None if nullable else ..., sa_column=Column(Text, nullable=nullable))


def where(condition: str) -> dict[str, Any]:
    """The condition of a partial index. Named for SQLite alone: a keyword of PostgreSQL's would import that dialect, so
    that storage/postgres.py adds it."""
    return {"sqlite_where": text(condition)}


def conditions_for_postgresql() -> None:
    """Partial indexes are partial there too. To be called when all tables are defined."""
    for table in SQLModel.metadata.tables.values():
        for index in table.indexes:
            condition = index.dialect_options["sqlite"]["where"]
            if condition is not None:
                index.dialect_kwargs["postgresql_where"] = condition


class _Tables(SQLModelMetaclass):
    """Makes a model's table from the columns that SQLModel finds, and no mapper: nothing here loads objects, and the
    mappers would be a tenth of the start."""

    def __init__(cls, name: str, bases: tuple[type, ...], class_dict: dict[str, Any], **kwargs: Any) -> None:  # noqa: N805
        if not kwargs.get("table"):
            return
        columns: list[Any] = [vars(cls)[field] for field in cls.model_fields]
        for field, column in zip(cls.model_fields, columns, strict=True):
            column.key = column.name = field
        more = class_dict.get("__table_args__", ())
        cls.__table__ = Table(class_dict["__tablename__"], SQLModel.metadata, *columns, *more)


class Row(SQLModel, metaclass=_Tables):
    """Base of the models, each with the name of its table. Objects of them are never made, so that nothing is built
    for checking them."""

    model_config: ClassVar[Any] = {"defer_build": True}

    if TYPE_CHECKING:
        __tablename__: ClassVar[Any]

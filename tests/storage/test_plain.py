"""Statements on SQLite without the engine."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import apsw
import pytest
from sqlalchemy import bindparam, select

from storage.sqlite_driver import SPELLING, SQLiteConnection, connect
from storage.tables import Tenant, table

TENANTS = table(Tenant)


def test_lists_of_any_length_find_the_same_and_leave_few_texts_behind() -> None:
    driver = apsw.Connection(":memory:")
    driver.execute("CREATE TABLE tenants (tenant_id TEXT, created_at TEXT, language TEXT)")
    driver.executemany("INSERT INTO tenants VALUES (?, '', '')", [(f"t{number}",) for number in range(200)])
    connection = SQLiteConnection(driver)
    chosen = select(TENANTS.c.tenant_id).where(TENANTS.c.tenant_id.in_(bindparam("names", expanding=True)))
    for length in range(200):
        names = [f"t{number}" for number in range(length)]
        assert sorted(row.tenant_id for row in connection.execute(chosen, {"names": names}).all()) == sorted(names)
    _, compiled = SPELLING.known[id(chosen)]
    assert len(compiled._spread) <= 10
    driver.close()


def test_a_statement_is_planned_once_whatever_it_compares_with(tmp_path: Path) -> None:
    (tmp_path / "tenants.db").touch()
    driver = connect(tmp_path / "tenants.db")
    driver.execute("CREATE TABLE tenants (tenant_id TEXT, created_at TEXT, language TEXT)")
    driver.execute("CREATE INDEX german ON tenants (tenant_id) WHERE language = 'de'")
    planned = 0

    def planning(*_: object) -> int:
        nonlocal planned
        planned += 1
        return apsw.SQLITE_OK

    driver.authorizer = planning  # SQLite asks it only while it plans
    connection = SQLiteConnection(driver)
    chosen = select(TENANTS.c.tenant_id).where(
        TENANTS.c.tenant_id == bindparam("tenant"), TENANTS.c.language == bindparam("language")
    )
    counts: list[int] = []
    for tenant, language in (("a", "en"), ("b", "de"), ("c", "en")):
        connection.execute(chosen, {"tenant": tenant, "language": language})
        counts.append(planned)
    assert counts[0] > 0
    assert counts == counts[:1] * 3
    driver.close()


def test_moments_are_written_in_utc_and_only_with_a_zone() -> None:
    driver = apsw.Connection(":memory:")
    driver.execute("CREATE TABLE tenants (tenant_id TEXT, created_at TEXT, language TEXT)")
    connection = SQLiteConnection(driver)
    at = datetime(2026, 1, 2, 1, 4, 5, 6, tzinfo=timezone(timedelta(hours=2)))
    for moment in (at, at.astimezone(UTC), datetime(987, 1, 2, tzinfo=UTC)):
        connection.execute(TENANTS.insert(), {"tenant_id": "t", "created_at": moment, "language": None})
    written = [text for (text,) in driver.execute("SELECT created_at FROM tenants")]
    assert written == ["2026-01-01 23:04:05.000006", "2026-01-01 23:04:05.000006", "0987-01-02 00:00:00.000000"]
    with pytest.raises(ValueError, match="without a time zone"):
        connection.execute(
            TENANTS.insert(), {"tenant_id": "t", "created_at": at.replace(tzinfo=None), "language": None}
        )
    driver.close()

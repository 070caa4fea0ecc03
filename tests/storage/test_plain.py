"""Statements on SQLite without the engine."""

import sqlite3

from sqlalchemy import bindparam, select

from storage.sqlite_driver import SPELLING, SQLiteConnection
from storage.tables import Tenant, table

TENANTS = table(Tenant)


def test_lists_of_any_length_find_the_same_and_leave_few_texts_behind() -> None:
    driver = sqlite3.connect(":memory:")
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

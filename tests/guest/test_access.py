"""What reverse proxies are told about a guest."""

from urllib.parse import unquote

import pytest

from domain import invitations
from tests.guest.house import ALICE, GWEN, TEAM, House

pytestmark = pytest.mark.sockets


async def test_a_live_session_with_a_live_membership_is_let_through(house: House) -> None:
    gwen = house.browser()
    await gwen.signed_in(await house.invite())
    seen = await gwen.ask("GET", "/access/check")
    (membership,) = await house.rows("SELECT workspace_id FROM memberships")
    assert (seen.status, seen.body) == (200, b"")
    assert unquote(seen.headers["Remote-User"]) == GWEN
    assert unquote(seen.headers["Remote-Name"]) == GWEN
    assert unquote(seen.headers["Remote-Groups"]) == membership.workspace_id


async def test_names_are_percent_encoded_utf_8(house: House) -> None:
    gwen = house.browser()
    await gwen.signed_in(await house.invite())

    def rename(work: object) -> None:
        from sqlalchemy import text

        work.connection.execute(text("UPDATE guests SET name = 'Gwên, 100% Stacy\n'"))  # type: ignore[attr-defined]

    await house.database.write(rename)
    seen = await gwen.ask("GET", "/access/check")
    assert seen.headers["Remote-Name"].isascii()
    assert unquote(seen.headers["Remote-Name"]) == "Gwên, 100% Stacy\n"


async def test_nobody_else_is_let_through(house: House) -> None:
    for cookies in (
        {},
        {"__Host-gatehouse-session": "x"},
        {"__Host-gatehouse-session": "~"},
        {"gatehouse-session": "x"},
    ):
        seen = await house.browser(cookies=cookies).ask("GET", "/access/check")
        assert (seen.status, seen.body) == (401, b"")
        assert "Remote-User" not in seen.headers


async def test_a_removed_guest_is_stopped_at_the_next_request(house: House) -> None:
    gwen = house.browser()
    await gwen.signed_in(await house.invite())
    await house.database.write(invitations.remove, TEAM, ALICE, GWEN)
    assert (await gwen.ask("GET", "/access/check")).status == 401


async def test_the_proxy_asks_under_its_own_name(house: House) -> None:
    gwen = house.browser()
    await gwen.signed_in(await house.invite())
    gwen.host = "gatehouse.internal:3978"
    assert (await gwen.ask("GET", "/access/check")).status == 200

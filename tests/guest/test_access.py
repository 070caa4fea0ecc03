"""What reverse proxies are told about a guest."""

from urllib.parse import unquote

import pytest
from aiohttp.test_utils import make_mocked_request

from domain import invitations
from domain.access_errors import UnknownResource
from guest.access import one
from guest.desk import SESSION, SessionCookie
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


@pytest.mark.parametrize("named", ["%00", "a%00", "", "a.b", "a" * 65, "%ed%a0%80", "a&resource=b"])
def test_what_can_be_no_id_is_not_looked_for(named: str) -> None:
    """No database takes a NUL."""
    with pytest.raises(UnknownResource):
        one(make_mocked_request("GET", f"/access/check?resource={named}"))


def test_a_cookie_may_name_any_tenant_but_none_with_a_control_character() -> None:
    token = "a" * 43
    named = {written: cookie(f"{token}~{written}") for written in ("contoso", "c%20%C3%BC", "%00", "a%0Ab", "")}
    assert named == {"contoso": "contoso", "c%20%C3%BC": "c ü", "%00": "", "a%0Ab": "", "": ""}


def cookie(text: str) -> str:
    found = SESSION.fullmatch(text)
    assert found is not None
    return SessionCookie.read(found).tenant_id

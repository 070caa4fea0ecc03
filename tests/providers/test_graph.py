"""Microsoft Graph tells who owns a team, or nothing: whatever goes wrong is over soon and has a name."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from domain.directory import TeamOwner, Untold
from providers import Providers
from providers.clients import Clients
from providers.documents import Documents
from providers.graph import GraphDirectory
from tests.servers.graph import SECRET, Graph, error, user

TENANT = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
GROUP = "3e9c5a70-2d4b-4c81-b6f3-0a8d7e5c2b19"
ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"

pytestmark = pytest.mark.sockets


@dataclass
class Asked:
    """The client, with a clock that is moved by hand, and waits that are only noted."""

    graph: Graph
    now: datetime = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.documents = Documents(lambda: self.now, loopback=True)
        self.client = GraphDirectory(self.graph, self.documents, lambda: self.now, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def owners(self, tenant: str = TENANT, group: str = GROUP) -> tuple[TeamOwner, ...]:
        return await self.client.owners(tenant, group)

    async def untold(self, *where: str) -> Untold:
        with pytest.raises(Untold) as raised:
            await self.owners(*where)
        return raised.value


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    server = await Graph().start()
    server.groups[TENANT, GROUP] = [user(ALICE.upper(), "Alice", mail="alice@contoso.example"), user(BOB, "Bob")]
    yield server
    await server.stop()


@pytest.fixture
async def asked(graph: Graph) -> AsyncIterator[Asked]:
    made = Asked(graph)
    yield made
    await made.documents.close()


async def test_it_tells_who_owns_a_team_by_id_name_and_address(asked: Asked) -> None:
    assert await asked.owners() == (TeamOwner(ALICE, "Alice", "alice@contoso.example"), TeamOwner(BOB, "Bob"))
    assert asked.graph.asked == [f"/v1.0/groups/{GROUP}/owners?$select=id,displayName,mail,userType"]


async def test_guests_and_whoever_is_not_called_a_member_never_count(asked: Asked, caplog) -> None:
    asked.graph.groups[TENANT, GROUP] = [
        user(ALICE, "Alice", "Guest"),
        user(BOB, "Bob"),
        user("c4a211e0-0000-4000-8000-000000000003", user_type=None),
        {"@odata.type": "#microsoft.graph.servicePrincipal", "id": ALICE, "userType": "Member"},
        {"id": ["x"], "userType": "Member"},
        "garbage",  # type: ignore[list-item]
    ]
    assert [one.person_id for one in await asked.owners()] == [BOB]
    assert "no_user_type" in caplog.text


async def test_names_and_addresses_that_are_no_text_are_left_out(asked: Asked) -> None:
    odd = user(BOB, "x" * 400, mail="a\r\nBcc: b@evil.example")
    asked.graph.groups[TENANT, GROUP] = [odd, user(ALICE, mail=7)]
    assert await asked.owners() == (TeamOwner(BOB), TeamOwner(ALICE))


async def test_further_pages_are_read(asked: Asked) -> None:
    asked.graph.page = 1
    assert len(await asked.owners()) == 2
    assert len(asked.graph.asked) == 2


@pytest.mark.parametrize("link", ["https://evil.example/v1.0/groups", "http://127.0.0.1:1/v1.0/x", "//evil", 7, ""])
async def test_the_token_is_shown_to_no_other_service(asked: Asked, link: object) -> None:
    asked.graph.page, asked.graph.next_link = 1, link
    assert str(await asked.untold()) == "next_link"


async def test_pages_without_end_end(asked: Asked) -> None:
    asked.graph.page = 1
    asked.graph.next_link = f"{asked.graph.url}/v1.0/groups/{GROUP}/owners?$skiptoken=0"
    assert str(await asked.untold()) == "pages"


async def test_one_token_serves_many_questions_until_shortly_before_it_ends(asked: Asked) -> None:
    await asyncio.gather(*(asked.owners() for _ in range(5)))
    assert len(asked.graph.forms) == 1, "who needs a token waits for the same request"
    asked.now += timedelta(minutes=54)
    await asked.owners()
    assert len(asked.graph.forms) == 1
    asked.now += timedelta(minutes=1)
    await asked.owners()
    assert len(asked.graph.forms) == 2
    assert asked.graph.forms[0]["client_secret"] == SECRET


async def test_each_tenant_is_asked_with_its_own_token_so_anothers_group_is_unknown(asked: Asked) -> None:
    assert await asked.owners()
    assert await asked.owners(OTHER) == ()
    assert sorted(asked.graph.tokens.values()) == [TENANT, OTHER]


@pytest.mark.parametrize("where", [("contoso", GROUP), (TENANT, "../users"), (TENANT, ""), ("../x", GROUP)])
async def test_ids_that_are_none_are_not_even_asked(asked: Asked, where: tuple[str, str]) -> None:
    assert str(await asked.untold(*where)) == "id"
    assert (asked.graph.asked, asked.graph.forms) == ([], [])


async def test_a_token_that_ended_early_is_renewed_once(asked: Asked) -> None:
    await asked.owners()
    asked.graph.tokens.clear()
    assert len(await asked.owners()) == 2
    asked.graph.always = lambda: error(401, "InvalidAuthenticationToken")
    asked.graph.asked.clear()
    assert str(await asked.untold()) == "token_refused"
    assert len(asked.graph.asked) == 2


async def test_a_missing_permission_is_logged_once(asked: Asked, caplog) -> None:
    asked.graph.always = lambda: error(403, "Authorization_RequestDenied")
    assert str(await asked.untold()) == "forbidden"
    await asked.untold()
    assert [record.getMessage().count("forbidden") for record in caplog.records] == [1]
    assert "the message of a secret" not in caplog.text
    assert SECRET not in caplog.text


async def test_busy_is_asked_again_a_few_times(asked: Asked) -> None:
    busy = lambda: error(429, "TooManyRequests", Retry_After="2")  # noqa: E731
    asked.graph.failing = [busy, lambda: error(503, "ServiceUnavailable"), None]
    assert len(await asked.owners()) == 2
    assert asked.waits == [2.0, 1.0]
    asked.graph.failing = [lambda: error(500, "InternalServerError") for _ in range(9)]
    assert str(await asked.untold()) == "status 500"
    assert len(asked.graph.failing) == 6


async def test_who_is_to_wait_longer_waits_elsewhere(asked: Asked) -> None:
    asked.graph.always = lambda: error(429, "TooManyRequests", Retry_After="120")
    assert (await asked.untold()).again_in == 120
    assert asked.waits == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda: web.Response(text="<html>"), "shape"),
        (lambda: web.Response(text="[1]"), "shape"),
        (lambda: web.json_response({"value": {"id": 1}}), "shape"),
        (lambda: web.Response(text="[" * 100_000), "shape"),
        (lambda: web.Response(body=b" " * 10_000_000), "size"),
        (lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}), "status 302"),
    ],
)
async def test_garbage_is_no_answer(asked: Asked, answer, reason: str) -> None:
    asked.graph.always = answer
    assert str(await asked.untold()) == reason


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.json_response({"error": "invalid_client", "error_description": "secret"}, status=401),
        lambda: web.json_response({"access_token": "a\r\nb"}),
        lambda: web.json_response({"access_token": 7}),
        lambda: web.Response(text="garbage"),
    ],
)
async def test_without_a_token_nothing_is_asked(asked: Asked, answer) -> None:
    asked.graph.failing_tokens = [answer]
    assert str(await asked.untold()) == "no_token"
    assert asked.graph.asked == []


async def test_a_token_without_an_end_is_used_once(asked: Asked) -> None:
    asked.graph.failing_tokens = [lambda: web.json_response({"access_token": "t", "expires_in": "soon"})]
    await asked.owners()
    assert len(asked.graph.forms) == 2


async def test_silence_ends_by_itself(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.graph.ASKED_SECONDS", 0.05)
    asked.graph.held = asyncio.Event()
    assert str(await asked.untold()) == "slow"


async def test_an_unreachable_service_is_a_word(asked: Asked) -> None:
    await asked.graph.stop()
    assert str(await asked.untold()) == "unreachable"


def test_without_the_setting_nothing_of_it_is_loaded() -> None:
    program = """if True:
        import sys
        from datetime import datetime
        from providers import Providers
        from providers.clients import Clients
        assert Providers(Clients(), datetime.now, development=True).directory is None
        assert "providers.graph" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).resolve().parents[2], timeout=60)


async def test_with_the_setting_there_is_one_client_that_closes(graph: Graph) -> None:
    made = Providers(Clients(graph=graph), lambda: datetime.now(UTC), development=False)
    assert made.directory is made.directory
    assert made.directory is not None
    assert len(await made.directory.owners(TENANT, GROUP)) == 2, "http to this machine is permitted"
    await made.close()

"""`doctor`: one line for each thing, what to do about it, and never a secret."""

import base64
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.smtp import AuthResult
from dns.exception import Timeout
from dns.resolver import NXDOMAIN, NoAnswer

import app
import cli
import config
import doctor
import graph_check
from config import Settings
from doctor import Finding
from tests.operator.test_settings import PRODUCTION
from tests.servers.relay import PASSWORD, USER, Relay

SECRET = PRODUCTION["MicrosoftAppPassword"]


@pytest.fixture
def settings(tmp_path: Path):
    def made(**changes: str) -> Settings:
        return config.load({**PRODUCTION, **changes}, tmp_path / ".env", tmp_path / "var")

    return made


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        yield session


@pytest.fixture
async def serving():
    """Starts a server that answers every request with one thing, and gives its address."""
    servers: list[TestServer] = []

    async def start(body: Any, status: int = 200, date: str | None = None) -> str:
        async def answer(_: web.Request) -> web.Response:
            text = body if isinstance(body, str) else json.dumps(body)
            return web.Response(text=text, status=status, headers={"Date": date} if date else {})

        application = web.Application()
        application.router.add_route("*", "/{path:.*}", answer)
        servers.append(TestServer(application))
        await servers[-1].start_server()
        return f"http://127.0.0.1:{servers[-1].port}"

    yield start
    for server in servers:
        await server.close()


def states(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.state, finding.thing) for finding in findings]


def test_a_line_says_state_thing_and_what_to_do() -> None:
    assert str(Finding("missing", "relay", "set it")) == "missing  relay: set it"
    assert [Finding(state, "x", "").bad for state in ("ok", "skipped", "missing", "failed")] == [
        False,
        False,
        True,
        True,
    ]


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, **environ: str) -> int:
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name in config.VARIABLES or name.startswith("GATEHOUSE_")]:
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return cli.main(["doctor"], open_database=app.open_database, serve=lambda *_: 0)


def test_without_settings_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, tmp_path, PORT="x") == 2
    told = capsys.readouterr().out
    assert "missing  settings: GATEHOUSE_PUBLIC_URL is missing" in told
    assert "missing  settings: GATEHOUSE_SMTP_URL is missing" in told
    assert "failed   settings: PORT must be" in told


@pytest.mark.sockets
def test_in_development_it_says_what_is_missing_for_the_world(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    away = {"GATEHOUSE_BOT_OPENID_URL": "http://127.0.0.1:1/metadata"}
    (tmp_path / ".env").write_text("GATEHOUSE_PUBLIC_ULR=https://guests.contoso.example\n")
    assert run(monkeypatch, tmp_path, GATEHOUSE_ENV="development", GATEHOUSE_TENANT="x", **away) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].split(maxsplit=1) for line in told] == [
        ["failed", "settings"],
        ["failed", "settings"],
        ["missing", "public address"],
        ["missing", "relay"],
        ["missing", "database"],
        ["missing", "bot"],
        ["failed", "token issuer"],
        ["skipped", "clock"],
        ["missing", "manifest"],
        ["skipped", "DNS"],
    ]
    assert "GATEHOUSE_PUBLIC_ULR is not a setting; is GATEHOUSE_PUBLIC_URL meant?" in told[0]
    assert "GATEHOUSE_TENANT is not a setting; is GATEHOUSE_TENANTS meant?" in told[1]
    assert not list(tmp_path.glob("var/*.db"))


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"GATEHOUSE_TRUSTED_PROXIES": ""}, ["missing"]),
        ({"GATEHOUSE_TRUSTED_PROXIES": "127.0.0.1"}, ["ok"]),
        ({"GATEHOUSE_TRUSTED_PROXIES": "", "GATEHOUSE_ENV": "development"}, []),
    ],
)
def test_a_proxy_that_nobody_told_of_is_missed_in_production(
    settings: Any, changes: dict[str, str], state: list[str]
) -> None:
    found = doctor.proxies(settings(**changes))
    assert [each.state for each in found] == state
    assert all("GATEHOUSE_TRUSTED_PROXIES" in each.detail for each in found if each.bad)


@pytest.mark.sockets
async def test_the_public_address_is_asked_whether_gatehouse_answers(settings, http, serving) -> None:
    alive, other = await serving("alive\n"), await serving("<h1>Welcome to nginx!</h1>")
    for address, state in ((alive, "ok"), (other, "failed"), ("http://127.0.0.1:1", "failed")):
        real = SimpleNamespace(public_url=address.replace("127.0.0.1", "gatehouse.example"))
        session = _Redirected(http, address)
        assert states(await doctor.public_address(real, session)) == [(state, "public address")]  # type: ignore[arg-type]


class _Redirected:
    """The world's names lead to this machine."""

    def __init__(self, http: aiohttp.ClientSession, address: str) -> None:
        self.http, self.address = http, address

    def get(self, url: str, **options: Any) -> Any:
        return self.http.get(f"{self.address}/{url.split('/', 3)[3]}", **options)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def relay(authority: trustme.CA) -> Iterator[Relay]:
    made = Relay(authority)
    yield made
    made.stop()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.mark.sockets
async def test_the_relay_is_tried_as_far_as_a_mail_without_one(settings, relay: Relay, ca_file: str) -> None:
    known = settings(GATEHOUSE_SMTP_URL=relay.url, GATEHOUSE_SMTP_CA_FILE=ca_file)
    assert states(await doctor.relay(known)) == [("ok", "relay")]
    assert not relay.mails.entries


@pytest.mark.sockets
async def test_a_relay_that_nobody_vouches_for_fails(settings, relay: Relay) -> None:
    (finding,) = await doctor.relay(settings(GATEHOUSE_SMTP_URL=relay.url))
    assert finding.state == "failed"
    assert "certificate" in finding.detail.lower()
    assert PASSWORD not in str(finding)


@pytest.mark.sockets
async def test_a_relay_that_refuses_the_password_fails_without_telling_it(
    settings, relay: Relay, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = AuthResult(success=False, handled=False)
    monkeypatch.setattr("tests.servers.relay._authenticate", lambda *_: refusing)
    wrong = relay.url.replace(PASSWORD, "hunter2")
    (finding,) = await doctor.relay(settings(GATEHOUSE_SMTP_URL=wrong, GATEHOUSE_SMTP_CA_FILE=ca_file))
    assert finding.state == "failed"
    assert "refuses user and password" in finding.detail
    assert "hunter2" not in str(finding)
    assert USER not in str(finding)


@pytest.mark.sockets
async def test_a_relay_that_is_not_there_fails(settings) -> None:
    (finding,) = await doctor.relay(settings(GATEHOUSE_SMTP_URL="smtp://gate:hunter2@127.0.0.1:1"))
    assert finding.state == "failed"
    assert "hunter2" not in str(finding)


@pytest.mark.sockets
async def test_the_bot_gets_its_token_or_it_is_said_why(settings, http, serving) -> None:
    told = "AADSTS7000215: Invalid client secret provided. Trace " + SECRET
    for body, status, state in (
        ({"access_token": "eyJ.secret.token", "expires_in": 3599}, 200, "ok"),
        ({"error": "invalid_client", "error_description": told}, 401, "failed"),
        ("<html>", 200, "failed"),
        (["access_token"], 200, "failed"),
    ):
        known = settings(GATEHOUSE_BOT_TOKEN_URL=f"{await serving(body, status)}/token")
        (finding,) = await doctor.bot(known, http)
        assert (finding.state, finding.thing) == (state, "bot")
        assert SECRET not in str(finding)
        assert "eyJ" not in str(finding)
        if status == 401:
            assert "401, invalid_client, AADSTS7000215" in finding.detail


@pytest.mark.sockets
async def test_issuer_and_clock_are_one_question(settings, http, serving) -> None:
    far = "Sun, 06 Nov 1994 08:49:37 GMT"
    metadata = {"issuer": "x", "jwks_uri": "https://example/keys"}
    for body, date, expected in (
        (metadata, None, ["ok", "ok"]),
        (metadata, far, ["ok", "failed"]),
        ({"hello": "world"}, None, ["failed", "ok"]),
        ("<html>", None, ["failed", "skipped"]),
    ):
        known = settings(GATEHOUSE_BOT_OPENID_URL=f"{await serving(body, date=date)}/metadata")
        assert [finding.state for finding in await doctor.issuer_and_clock(known, http)] == expected


@pytest.mark.parametrize(
    ("seconds", "state", "way"),
    [(0, "ok", ""), (60, "ok", ""), (61, "failed", "61 s ahead"), (-61, "failed", "behind")],
)
def test_a_clock_may_be_a_minute_off(seconds: int, state: str, way: str) -> None:
    now = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC) + timedelta(seconds=seconds)
    found = doctor.clock("Sun, 22 Nov 2026 12:00:00 GMT", now)
    assert found.state == state
    assert way in found.detail


@pytest.mark.parametrize("dated", ["", "yesterday", "Sun, 99 Nov 2026 12:00:00 GMT", "Sun, 22 Nov 2026 12:00:00"])
def test_a_date_that_is_none_is_no_finding(dated: str) -> None:
    assert doctor.clock(dated, datetime.now(UTC)).state == "skipped"


async def test_the_database_is_opened_only_where_there_is_one(settings, tmp_path: Path) -> None:
    path = tmp_path / "gatehouse.db"
    known = settings(GATEHOUSE_DATABASE_URL=f"sqlite:///{path}")
    (finding,) = await doctor.database(known, app.open_database(known))
    assert "python app.py migrate" in finding.detail
    assert not path.exists()
    async with app.open_database(known) as database:
        await database.migrate()
    assert states(await doctor.database(known, app.open_database(known))) == [("ok", "database")]


async def test_a_database_that_others_may_read_is_told(settings, tmp_path: Path) -> None:
    path = tmp_path / "gatehouse.db"
    known = settings(GATEHOUSE_DATABASE_URL=f"sqlite:///{path}")
    async with app.open_database(known) as database:
        await database.migrate()
        path.chmod(0o644)
        findings = await doctor.database(known, nullcontext(database))
    open_, *wide = findings
    assert open_.state == "ok"
    assert {finding.state for finding in wide} == {"failed"}
    assert wide[0].detail.endswith(f"Run: chmod 600 {path}")


@pytest.mark.sockets
async def test_a_server_that_is_away_is_told_without_its_password(settings) -> None:
    known = settings(GATEHOUSE_DATABASE_URL="postgresql://gate:hunter2@127.0.0.1:1/gatehouse")
    (finding,) = await doctor.database(known, app.open_database(known))
    assert (finding.state, "hunter2" in str(finding)) == ("failed", False)


def test_the_app_package_is_checked(settings) -> None:
    assert states(doctor.package(settings())) == [("ok", "manifest")]


class Zone:
    """Answers TXT questions from a table; what is not in it does not exist."""

    def __init__(self, records: dict[str, list[str]], fault: Exception | None = None) -> None:
        self.records, self.fault = records, fault

    async def resolve(self, name: str, kind: str) -> list[Any]:
        if self.fault:
            raise self.fault
        if name not in self.records:
            raise NXDOMAIN
        if not self.records[name]:
            raise NoAnswer(response=SimpleNamespace(question=[""]))
        return [SimpleNamespace(strings=(text[:5].encode(), text[5:].encode())) for text in self.records[name]]


FULL = {
    "mail.contoso.example": ["v=spf1 -all"],
    "_domainkey.mail.contoso.example": [],
    "_dmarc.mail.contoso.example": ["v=DMARC1; p=reject"],
}


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (FULL, ["ok", "ok", "ok"]),
        ({}, ["missing", "missing", "missing"]),
        (FULL | {"mail.contoso.example": ["some-verification=1"]}, ["missing", "ok", "ok"]),
        ({"_dmarc.contoso.example": ["v=DMARC1; p=none"]}, ["missing", "missing", "ok"]),
        ({"_dmarc.example": ["v=DMARC1; p=none"]}, ["missing", "missing", "missing"]),
    ],
)
async def test_the_senders_domain_is_looked_up(records: dict[str, list[str]], expected: list[str]) -> None:
    findings = await doctor._mail_records(Zone(records), "mail.contoso.example")
    assert [finding.thing for finding in findings] == ["SPF", "DKIM", "DMARC"]
    assert [finding.state for finding in findings] == expected


async def test_a_dns_that_does_not_answer_is_one_line(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dns.asyncresolver.Resolver", lambda: Zone({}, Timeout()))
    assert states(await doctor.mail_domain(settings())) == [("skipped", "DNS")]


def token(**claims: Any) -> dict[str, str]:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return {"access_token": f"eyJ.{body}.sig"}


@pytest.mark.sockets
async def test_doctor_says_which_permission_the_owners_of_teams_need(settings, http, serving) -> None:
    assert await graph_check.owners(settings(), http) == []
    for body, status, state, said in (
        (token(roles=["GroupMember.Read.All", "User.Read.All"]), 200, "ok", PRODUCTION["MicrosoftAppTenantId"]),
        (token(roles=["Directory.Read.All"]), 200, "ok", ""),
        (token(roles=["GroupMember.Read.All"]), 200, "failed", "does not permit User.Read.All. Grant"),
        (token(), 200, "failed", "does not permit GroupMember.Read.All and User.Read.All"),
        ({"access_token": "opaque"}, 200, "skipped", "GroupMember.Read.All"),
        ({"error": "invalid_client", "error_description": SECRET}, 401, "failed", "401, invalid_client"),
        ("<html>", 200, "failed", "GATEHOUSE_GRAPH_TOKEN_URL"),
        ([], 200, "failed", "no token"),
    ):
        url = f"{await serving(body, status)}/{{tenant}}/token"
        (finding,) = await graph_check.owners(settings(GATEHOUSE_GRAPH="on", GATEHOUSE_GRAPH_TOKEN_URL=url), http)
        assert (finding.state, finding.thing) == (state, "owners of teams")
        assert said in finding.detail
        assert SECRET not in str(finding)
        assert "eyJ" not in str(finding)


@pytest.mark.sockets
async def test_doctor_asks_each_tenant_that_is_served_but_not_any(settings, http, serving) -> None:
    url = f"{await serving(token(roles=['Directory.Read.All']))}/{{tenant}}/token"
    on = {"GATEHOUSE_GRAPH": "on", "GATEHOUSE_GRAPH_TOKEN_URL": url, "MicrosoftAppType": "MultiTenant"}
    two = f"{'1' * 8}-1111-4111-8111-{'1' * 12},{'2' * 8}-2222-4222-8222-{'2' * 12}"
    assert len(await graph_check.owners(settings(GATEHOUSE_TENANTS=two, **on), http)) == 2
    blank = {"MicrosoftAppTenantId": "", "GATEHOUSE_TENANTS": "*"}
    (finding,) = await graph_check.owners(settings(**on, **blank), http)
    assert finding.state == "skipped"

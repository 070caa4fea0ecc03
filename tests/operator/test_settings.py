"""Settings: every fault named at once, no value repeated, defaults as promised."""

import base64
import contextlib
import re
import stat
from collections.abc import Mapping
from dataclasses import fields
from email.utils import formataddr
from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

import config
import values
from config import Settings, SettingsFaults
from domain.limits import Numbers
from outbox.mails import Mails
from outbox.smtp import Letter
from values import Relay, Sender

APP_ID = "8e9b6d2f-3c41-4b7a-9d55-0f6a1c2b3d4e"
TENANT_ID = "6f1d2c3b-4a59-4e68-8d77-1c0b9a8f7e6d"
ADMIN_ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
PRODUCTION = {
    "GATEHOUSE_PUBLIC_URL": "https://guests.contoso.example",
    "GATEHOUSE_SECRET_KEYS": KEY,
    "GATEHOUSE_SMTP_URL": "smtp://gatehouse:hunter2@mail.contoso.example",
    "GATEHOUSE_MAIL_FROM": "Gatehouse <no-reply@contoso.example>",
    "MicrosoftAppId": APP_ID,
    "MicrosoftAppPassword": "s3cr3t-of-the-bot",
    "MicrosoftAppType": "SingleTenant",
    "MicrosoftAppTenantId": TENANT_ID,
}
DEVELOPMENT = {"GATEHOUSE_ENV": "development"}


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    return tmp_path / "no.env"


@pytest.fixture
def load(nowhere: Path, tmp_path: Path):
    def read(environ: Mapping[str, str], **changes: str) -> Settings:
        return config.load({**environ, **changes}, nowhere, tmp_path / "var")

    return read


@pytest.fixture
def faults(load):
    def read(environ: Mapping[str, str], **changes: str) -> list[str]:
        with pytest.raises(SettingsFaults) as raised:
            load(environ, **changes)
        return raised.value.faults

    return read


def test_production_needs_what_it_cannot_invent_and_says_so_in_one_message(faults) -> None:
    found = faults({})
    assert [fault.split()[0] for fault in found] == [
        "GATEHOUSE_PUBLIC_URL",
        "GATEHOUSE_SMTP_URL",
        "GATEHOUSE_MAIL_FROM",
        "MicrosoftAppType",
        "MicrosoftAppId",
        "MicrosoftAppPassword",
        "GATEHOUSE_SECRET_KEYS",
    ]
    assert all("is missing: set it to " in fault for fault in found)


def test_development_needs_nothing(load) -> None:
    settings = load(DEVELOPMENT)
    assert settings.development
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 3978, "http://localhost:3978")
    assert settings.database_url == "sqlite:///var/gatehouse.db"
    assert settings.smtp is None
    assert settings.tenants is None
    assert settings.admins == frozenset()
    assert settings.app_id is None
    assert {"localhost:*", "127.0.0.1:*"} <= set(settings.bot_service_hosts)


def test_production_has_microsofts_public_cloud_by_default(load) -> None:
    settings = load(PRODUCTION)
    assert not settings.development
    assert settings.bot_openid_url == "https://login.botframework.com/v1/.well-known/openidconfiguration"
    assert settings.bot_issuer == "https://api.botframework.com"
    assert settings.bot_token_url == f"https://login.microsoftonline.com/{TENANT_ID}/oauth2/v2.0/token"
    assert settings.tenants == {TENANT_ID}
    assert not [pattern for pattern in settings.bot_service_hosts if pattern.startswith(("localhost", "127."))]
    assert {"smba.trafficmanager.net", "*.botframework.com"} <= set(settings.bot_service_hosts)


def test_a_bot_of_many_tenants_gets_its_token_from_microsofts_own_directory(load) -> None:
    settings = load(PRODUCTION, MicrosoftAppType="MultiTenant", GATEHOUSE_TENANTS="*")
    assert settings.bot_token_url == "https://login.microsoftonline.com/botframework.com/oauth2/v2.0/token"
    assert settings.tenants is None


def test_a_single_tenant_bot_may_serve_more_tenants(load) -> None:
    served = load(PRODUCTION, GATEHOUSE_TENANTS=f"{TENANT_ID.upper()}, {ADMIN_ID}").tenants
    assert served == {TENANT_ID, ADMIN_ID}


WRONG = [
    ("GATEHOUSE_ENV", "staging"),
    ("GATEHOUSE_HOST", "not a host"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "+80"),
    ("PORT", "３９７８"),
    ("PORT", "eighty"),
    ("GATEHOUSE_PUBLIC_URL", "http://guests.contoso.example"),
    ("GATEHOUSE_PUBLIC_URL", "guests.contoso.example"),
    ("GATEHOUSE_PUBLIC_URL", "https://"),
    ("GATEHOUSE_PUBLIC_URL", "https:///path"),
    ("GATEHOUSE_PUBLIC_URL", "https://guests.contoso.example/app"),
    ("GATEHOUSE_PUBLIC_URL", "https://guests.contoso.example?a=b"),
    ("GATEHOUSE_PUBLIC_URL", "https://guests.contoso.example/#top"),
    ("GATEHOUSE_PUBLIC_URL", "https://hunter2:hunter2@guests.contoso.example"),
    ("GATEHOUSE_PUBLIC_URL", "https://guests.contoso.example:99999"),
    ("GATEHOUSE_PUBLIC_URL", "https://gäste.contoso.example"),
    ("GATEHOUSE_PUBLIC_URL", "https://[::1"),
    ("GATEHOUSE_DATABASE_URL", "mysql://root:hunter2@host/db"),
    ("GATEHOUSE_DATABASE_URL", "sqlite://"),
    ("GATEHOUSE_DATABASE_URL", "sqlite:///:memory:"),
    ("GATEHOUSE_DATABASE_URL", "sqlite://var/gatehouse.db"),
    ("GATEHOUSE_DATABASE_URL", "postgresql://user:hunter2@host"),
    ("GATEHOUSE_DATABASE_URL", "postgresql:///db"),
    ("GATEHOUSE_DATABASE_URL", "var/gatehouse.db"),
    ("GATEHOUSE_SECRET_KEYS", "hunter2"),
    ("GATEHOUSE_SECRET_KEYS", ","),
    ("GATEHOUSE_SECRET_KEYS", f"{KEY},c2hvcnQ"),
    ("GATEHOUSE_SECRET_KEYS", "ÄÖ" * 30),
    ("GATEHOUSE_SECRET_KEYS", "+/" * 22),
    ("GATEHOUSE_QUOTAS", "owner_hour"),
    ("GATEHOUSE_QUOTAS", "owner_hour=0"),
    ("GATEHOUSE_QUOTAS", "owner_hour=-1"),
    ("GATEHOUSE_QUOTAS", "owner_hour=many"),
    ("GATEHOUSE_QUOTAS", "owner_day=60"),
    ("GATEHOUSE_QUOTAS", "owner_hour=1,owner_hour=2"),
    ("GATEHOUSE_SMTP_URL", "http://mail.contoso.example"),
    ("GATEHOUSE_SMTP_URL", "smtp://"),
    ("GATEHOUSE_SMTP_URL", "smtp://user@mail.contoso.example"),
    ("GATEHOUSE_SMTP_URL", "smtp://user:hunter2/@mail.contoso.example"),
    ("GATEHOUSE_SMTP_URL", "smtp://user:hunter2%0d%0a@mail.contoso.example"),
    ("GATEHOUSE_SMTP_URL", "smtp://mail.contoso.example/path"),
    ("GATEHOUSE_SMTP_URL", "smtp://mail.contoso.example:port"),
    ("GATEHOUSE_SMTP_CA_FILE", "/nowhere/ca.pem"),
    ("GATEHOUSE_SMTP_CA_FILE", __file__),
    ("GATEHOUSE_MAIL_FROM", "Gatehouse"),
    ("GATEHOUSE_MAIL_FROM", "Gatehouse <no-reply>"),
    ("GATEHOUSE_MAIL_FROM", "a@contoso.example, b@contoso.example"),
    ("GATEHOUSE_MAIL_FROM", "A <a@contoso.example> <b@contoso.example>"),
    ("GATEHOUSE_MAIL_FROM", "Gate\nhouse <a@contoso.example>"),
    ("GATEHOUSE_MAIL_FROM", "no/reply@contoso.example"),
    ("GATEHOUSE_MAIL_FROM", "bounce=x@contoso.example"),
    ("GATEHOUSE_MAIL_FROM", "a..b@contoso.example"),
    ("GATEHOUSE_MAIL_FROM", ".a@contoso.example"),
    ("GATEHOUSE_MAIL_FROM", f"{'a' * 65}@contoso.example"),
    ("GATEHOUSE_MAIL_FROM", "a@mail_host.example"),
    ("GATEHOUSE_TENANTS", "contoso.onmicrosoft.example"),
    ("GATEHOUSE_TENANTS", ","),
    ("GATEHOUSE_ADMINS", f"{ADMIN_ID},alice@contoso.example"),
    ("GATEHOUSE_TRUSTED_PROXIES", "10.0.0.0/33"),
    ("GATEHOUSE_TRUSTED_PROXIES", "proxy.contoso.example"),
    ("MicrosoftAppId", "gatehouse"),
    ("MicrosoftAppType", "UserAssignedMSI"),
    ("MicrosoftAppTenantId", "contoso"),
    ("GATEHOUSE_BOT_OPENID_URL", "http://login.contoso.example/metadata"),
    ("GATEHOUSE_BOT_ISSUER", "api.botframework.com"),
    ("GATEHOUSE_BOT_TOKEN_URL", "http://127.0.0.1.contoso.example/token"),
    ("GATEHOUSE_BOT_TOKEN_URL", "https://user:hunter2@contoso.example/token"),
    ("GATEHOUSE_FILE_HOSTS", "*"),
    ("GATEHOUSE_BOT_SERVICE_HOSTS", "*"),
    ("GATEHOUSE_BOT_SERVICE_HOSTS", "https://smba.trafficmanager.net"),
    ("GATEHOUSE_BOT_SERVICE_HOSTS", "a.contoso.example:99999"),
    ("GATEHOUSE_BOT_SERVICE_HOSTS", "a.contoso.example:0443"),
    ("GATEHOUSE_BOT_SERVICE_HOSTS", "my_host:8080"),
    ("GATEHOUSE_FILE_HOSTS", "*.my_host.example"),
    ("GATEHOUSE_BOT_SERVICE_HOSTS", "[::1"),
    ("GATEHOUSE_BOT_SERVICE_HOSTS", ","),
    ("GATEHOUSE_FILE_HOSTS", " , "),
    ("GATEHOUSE_BOT_SERVICE_HOSTS", "a.*.contoso.example"),
    ("GATEHOUSE_FEATURE_PROVIDER", "contoso.flags"),
    ("GATEHOUSE_FEATURE_PROVIDER", "contoso/flags.py:provider"),
    ("GATEHOUSE_MICROSOFT_URL", "http://login.contoso.example"),
    ("GATEHOUSE_GRAPH", "yes"),
    ("GATEHOUSE_GRAPH_URL", "http://graph.contoso.example"),
    ("GATEHOUSE_GRAPH_URL", "https://graph.contoso.example/v1.0"),
    ("GATEHOUSE_GRAPH_TOKEN_URL", "http://login.contoso.example/{tenant}/token"),
    ("GATEHOUSE_GRAPH_TOKEN_URL", "https://login.contoso.example/token"),
    ("GATEHOUSE_GRAPH_TOKEN_URL", "https://login.contoso.example/{tenant}/{tenant}"),
    ("GATEHOUSE_GRAPH_TOKEN_URL", "https://login.contoso.example/token?for={tenant}"),
    ("GATEHOUSE_GOOGLE_ISSUER", "accounts.google.com"),
    ("GATEHOUSE_GOOGLE_ISSUER", "https://user:hunter2@accounts.google.com"),
]


@given(st.text("aB1.-_+'=/#!@ ", min_size=1, max_size=12))
def test_whatever_sender_is_accepted_can_send(text: str) -> None:
    for written in (f"{text}@contoso.example", f"Gatehouse <x@{text}>", f"{text} <x@contoso.example>"):
        with contextlib.suppress(values.Wrong):
            sender = values.sender(written)
            mails = Mails(formataddr((sender.name, sender.address)), "https://guests.contoso.example")
            assert Letter(mails.sender, "gwen@fabrikam.example", b"").sender == sender.address


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_a_wrong_value_is_one_fault_that_names_its_variable(faults, name: str, text: str) -> None:
    found = faults(PRODUCTION, **{name: text})
    assert [fault.split()[0] for fault in found] == [name]
    assert found[0].endswith(".")


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_no_fault_repeats_a_value(faults, name: str, text: str) -> None:
    told = "\n".join(faults(PRODUCTION, **{name: text}))
    for secret in ("hunter2", "s3cr3t", KEY):
        assert secret not in told
    if len(text) > 20:
        assert text not in told


def test_every_variable_has_a_wrong_value_in_the_table() -> None:
    pairs = {f"GATEHOUSE_{name}_CLIENT_{part}" for name in ("MICROSOFT", "GOOGLE") for part in ("ID", "SECRET")}
    free = {"MicrosoftAppPassword"} | pairs
    assert {name for name, _ in WRONG} == set(config.VARIABLES) - free


@pytest.mark.parametrize("name", ["MICROSOFT", "GOOGLE"])
def test_a_client_has_an_id_and_a_secret_or_neither(load, faults, name: str) -> None:
    client_id, secret = f"GATEHOUSE_{name}_CLIENT_ID", f"GATEHOUSE_{name}_CLIENT_SECRET"
    for there, missing in ((client_id, secret), (secret, client_id)):
        (found,) = faults(PRODUCTION, **{there: "hunter2"})
        assert found.startswith(f"{missing} is missing")
        assert "hunter2" not in found
    settings = load(PRODUCTION, **{client_id: "some-id", secret: "hunter2"})
    assert "hunter2" not in repr(settings)
    assert settings.registrations.microsoft_url == "https://login.microsoftonline.com"
    assert settings.registrations.google_issuer == "https://accounts.google.com"


def test_wrong_and_missing_values_are_named_together(faults) -> None:
    found = faults({"PORT": "x", "GATEHOUSE_ADMINS": "x", "GATEHOUSE_QUOTAS": "x"})
    assert {"PORT", "GATEHOUSE_ADMINS", "GATEHOUSE_QUOTAS", "MicrosoftAppId"} <= {fault.split()[0] for fault in found}
    assert len(found) == 10


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_each_setting_that_production_needs_is_missed(faults, name: str) -> None:
    found = faults({key: value for key, value in PRODUCTION.items() if key != name})
    assert len(found) == 1
    assert found[0].startswith(f"{name} is missing")


def test_blank_counts_as_not_set(faults) -> None:
    assert faults(PRODUCTION, MicrosoftAppPassword="  ") == [
        "MicrosoftAppPassword is missing: set it to the bot's client secret."
    ]


def test_a_bot_of_many_tenants_must_say_which(faults) -> None:
    found = faults(PRODUCTION, MicrosoftAppType="MultiTenant")
    assert [fault.split()[0] for fault in found] == ["GATEHOUSE_TENANTS"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "gatehouse.contoso.example"])
def test_development_listens_to_this_machine_alone(faults, host: str) -> None:
    (found,) = faults(DEVELOPMENT, GATEHOUSE_HOST=host)
    assert found.startswith("GATEHOUSE_HOST must be a loopback address in development")


def test_development_listens_anywhere_once_tokens_are_checked(load) -> None:
    checked = {**DEVELOPMENT, "MicrosoftAppId": APP_ID, "MicrosoftAppPassword": "s3cr3t"}
    settings = load(checked, GATEHOUSE_HOST="0.0.0.0")
    assert (settings.host, settings.app_id) == ("0.0.0.0", APP_ID)


@pytest.mark.parametrize("name", ["MicrosoftAppId", "MicrosoftAppPassword"])
def test_id_and_password_come_together_even_in_development(faults, name: str) -> None:
    (found,) = faults(DEVELOPMENT, **{name: PRODUCTION[name]})
    assert "is missing" in found
    assert not found.startswith(f"{name} ")


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://guests.contoso.example/", "https://guests.contoso.example"),
        ("https://Guests.Contoso.Example:443", "https://guests.contoso.example"),
        ("https://guests.contoso.example:8443", "https://guests.contoso.example:8443"),
        ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443"),
    ],
)
def test_the_public_address_is_written_as_browsers_write_an_origin(load, text: str, origin: str) -> None:
    assert load(PRODUCTION, GATEHOUSE_PUBLIC_URL=text).public_url == origin


@pytest.mark.parametrize(
    ("text", "relay"),
    [
        ("smtp://mail.contoso.example", Relay("mail.contoso.example", 587, "starttls", False)),
        ("smtps://mail.contoso.example", Relay("mail.contoso.example", 465, "implicit", False)),
        ("smtp://u:p%23%40@127.0.0.1:2525", Relay("127.0.0.1", 2525, "starttls", True, "u", "p#@")),
        ("smtp://localhost:25/", Relay("localhost", 25, "starttls", True)),
        ("smtps://[::1]", Relay("::1", 465, "implicit", True)),
    ],
)
def test_a_relay_is_read_from_its_url(load, text: str, relay: Relay) -> None:
    assert load(PRODUCTION, GATEHOUSE_SMTP_URL=text).smtp == relay


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("Gatehouse <no-reply@contoso.example>", Sender("Gatehouse", "no-reply@contoso.example")),
        ("no-reply@contoso.example", Sender("", "no-reply@contoso.example")),
        ('"Contoso, guests" <no-reply@contoso.example>', Sender("Contoso, guests", "no-reply@contoso.example")),
        ("Gäste <no-reply@contoso.example>", Sender("Gäste", "no-reply@contoso.example")),
    ],
)
def test_a_sender_has_a_name_and_an_address(load, text: str, sender: Sender) -> None:
    assert load(PRODUCTION, GATEHOUSE_MAIL_FROM=text).mail_from == sender


def test_the_first_key_stands_first_and_all_are_kept(load) -> None:
    second = base64.urlsafe_b64encode(b"\xff" * 48).decode().rstrip("=")
    assert load(PRODUCTION, GATEHOUSE_SECRET_KEYS=f"{KEY}, {second}").secret_keys == (bytes(range(32)), b"\xff" * 48)


def test_lists_are_read_with_blanks_and_in_lower_case(load) -> None:
    settings = load(
        PRODUCTION,
        GATEHOUSE_ADMINS=f" {ADMIN_ID.upper()} ,",
        GATEHOUSE_TRUSTED_PROXIES="10.0.0.0/8, 127.0.0.1, ::1, 192.0.2.9/24",
        GATEHOUSE_QUOTAS="owner_hour=5, tenant_day=7",
        GATEHOUSE_BOT_SERVICE_HOSTS="*.Contoso.example,127.0.0.1:*,[::1]:8080",
    )
    assert settings.admins == {ADMIN_ID}
    networks = ("10.0.0.0/8", "127.0.0.1/32", "::1/128", "192.0.2.0/24")
    assert settings.trusted_proxies == tuple(map(ip_network, networks))
    assert settings.quotas == {"owner_hour": 5, "tenant_day": 7}
    assert settings.bot_service_hosts == ("*.contoso.example", "127.0.0.1:*", "[::1]:8080")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]", "LOCALHOST"])
def test_the_three_bot_urls_may_be_plain_http_on_loopback(load, host: str) -> None:
    names = ("GATEHOUSE_BOT_OPENID_URL", "GATEHOUSE_BOT_ISSUER", "GATEHOUSE_BOT_TOKEN_URL")
    settings = load(PRODUCTION, **dict.fromkeys(names, f"http://{host}:8080/x"))
    assert settings.bot_issuer == f"http://{host}:8080/x"


def test_the_relays_ca_is_a_pem_file(load, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    assert load(PRODUCTION, GATEHOUSE_SMTP_CA_FILE=str(path)).smtp_ca_file == path


@pytest.mark.parametrize(
    "text",
    [
        "sqlite:////srv/gatehouse.db",
        "sqlite:///var/other.db",
        "postgresql://user:p%40ss@db.contoso.example:5433/gatehouse",
        "postgresql://postgres:@/postgres?host=/run/postgresql",
    ],
)
def test_databases_are_a_file_or_a_server(load, text: str) -> None:
    assert load(PRODUCTION, GATEHOUSE_DATABASE_URL=text).database_url == text


def test_nothing_secret_is_in_what_settings_show(load) -> None:
    shown = repr(load(PRODUCTION, GATEHOUSE_DATABASE_URL="postgresql://gatehouse:hunter3@db/gatehouse"))
    for secret in ("hunter2", "hunter3", "s3cr3t", KEY, repr(bytes(range(32)))):
        assert secret not in shown
    assert "guests.contoso.example" in shown


def test_development_makes_its_key_once_and_for_its_own_eyes(load, tmp_path: Path) -> None:
    first, again = load(DEVELOPMENT).secret_keys, load(DEVELOPMENT).secret_keys
    assert first == again
    assert len(first[0]) == 32
    (file,) = (tmp_path / "var").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_wrong_settings_leave_nothing_behind(faults, tmp_path: Path) -> None:
    faults(DEVELOPMENT, PORT="x")
    assert not (tmp_path / "var").exists()


def test_a_spoilt_key_file_is_a_fault_and_not_a_new_key(load, faults, tmp_path: Path) -> None:
    load(DEVELOPMENT)
    (tmp_path / "var" / "secret-keys").write_text("short")
    (found,) = faults(DEVELOPMENT)
    assert found.startswith("GATEHOUSE_SECRET_KEYS ")


def test_a_folder_that_cannot_be_written_is_a_fault(tmp_path: Path, nowhere: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(SettingsFaults, match="GATEHOUSE_SECRET_KEYS"):
        config.load(DEVELOPMENT, nowhere, tmp_path / "var")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("GATEHOUSE_ENV=development\nPORT=4000\nGATEHOUSE_MAIL_FROM='Guests $5 <a@contoso.example>'\n")
    settings = config.load({"PORT": "5000"}, file, tmp_path / "var")
    assert (settings.development, settings.port) == (True, 5000)
    assert settings.mail_from.name == "Guests $5"


def test_a_file_that_is_no_text_is_one_fault(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"PORT=\xff\xfe\n")
    with pytest.raises(SettingsFaults, match="cannot be read"):
        config.load({}, file, tmp_path / "var")


def test_settings_cannot_be_changed(load) -> None:
    settings = load(DEVELOPMENT)
    for field in fields(settings):
        with pytest.raises(AttributeError):
            setattr(settings, field.name, None)


def test_quotas_are_numbers_of_the_domain() -> None:
    assert set(values.QUOTAS) <= {field.name for field in fields(Numbers)}


def test_every_setting_has_a_line_in_the_readme() -> None:
    readme = Path(config.__file__).with_name("README.md").read_text(encoding="utf-8")
    table = [line for line in readme.splitlines() if line.startswith("|")]
    named = {name for line in table for name in re.findall(r"`([A-Za-z_]+)`", line.split("|")[1])}
    assert set(config.VARIABLES) <= named


def test_graph_is_asked_where_the_operator_says_so_with_the_bots_registration(load, faults) -> None:
    assert load(PRODUCTION).graph is None
    assert load(PRODUCTION, GATEHOUSE_GRAPH="off", GATEHOUSE_GRAPH_URL="https://graph.microsoft.us").graph is None
    graph = load(PRODUCTION, GATEHOUSE_GRAPH="on").graph
    assert (graph.client_id, graph.secret) == (APP_ID, PRODUCTION["MicrosoftAppPassword"])
    assert graph.url == "https://graph.microsoft.com"
    assert graph.token_url == "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
    assert graph.secret not in repr(graph)
    assert load(PRODUCTION, GATEHOUSE_GRAPH="on", GATEHOUSE_GRAPH_URL="http://127.0.0.1:8/").graph.url.endswith(":8")
    (fault,) = faults(DEVELOPMENT, GATEHOUSE_GRAPH="on")
    assert fault.startswith("GATEHOUSE_GRAPH needs the bot's registration")

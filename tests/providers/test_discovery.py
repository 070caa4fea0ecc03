"""Who has an account where: yes, no, or unknown with a reason and an age."""

from collections.abc import AsyncIterator
from time import monotonic

import pytest

from domain.methods import Answer
from domain.policies import Method, Partner, Policy
from providers import Providers
from providers.clients import Client, Clients
from providers.discovery import MOST
from tests.guest.house import Clock
from tests.servers.authority import CONSUMERS, HOME, Authority

pytestmark = pytest.mark.sockets
GWEN = "gwen@fabrikam.example"
BOTH = Client("id", "secret")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def providers(authority: Authority, clock: Clock) -> AsyncIterator[Providers]:
    made = Providers(Clients(BOTH, BOTH, authority.url), clock, development=True)
    yield made
    await made.close()


async def answer(providers: Providers, address: str, method: Method, policy: Policy | None = None) -> tuple[str, str]:
    found = {each.method: each for each in await providers.ask(policy or Policy(), address)}
    return found[method].answer.value, found[method].reason


async def test_a_domain_that_no_tenant_owns_is_a_no(providers: Providers) -> None:
    assert await answer(providers, GWEN, Method.MICROSOFT) == ("no", "no_such_tenant")


@pytest.mark.parametrize("kind", ["Managed", "Federated"])
async def test_an_organisations_address_is_a_yes(providers: Providers, authority: Authority, kind: str) -> None:
    authority.tenants["fabrikam.example"] = HOME
    authority.realms[GWEN] = kind
    assert await answer(providers, "Gwen@Fabrikam.example", Method.MICROSOFT) == ("yes", "organisation")


async def test_a_clear_no_such_account_is_a_no(providers: Providers, authority: Authority) -> None:
    authority.tenants["fabrikam.example"] = HOME
    authority.realms[GWEN] = "Managed"
    authority.missing.add(GWEN)
    assert await answer(providers, GWEN, Method.MICROSOFT) == ("no", "no_such_account")


async def test_an_account_type_of_unknown_is_a_no(providers: Providers, authority: Authority) -> None:
    authority.tenants["fabrikam.example"] = HOME
    assert await answer(providers, GWEN, Method.MICROSOFT) == ("no", "no_such_account")


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
async def test_what_cannot_be_asked_is_unknown(providers: Providers, authority: Authority, status: int) -> None:
    authority.broken["/fabrikam.example"] = status
    assert (await answer(providers, GWEN, Method.MICROSOFT))[0] == "unknown"
    authority.tenants["tailspin.example"] = HOME
    authority.broken["/common/userrealm"] = status
    assert (await answer(providers, "vic@tailspin.example", Method.MICROSOFT))[0] == "unknown"


async def test_a_look_up_that_is_only_a_bonus_changes_nothing_when_it_fails(
    providers: Providers, authority: Authority
) -> None:
    authority.tenants["fabrikam.example"] = HOME
    authority.realms[GWEN] = "Managed"
    authority.broken["/common/GetCredentialType"] = 404
    assert (await answer(providers, GWEN, Method.MICROSOFT))[0] == "yes"


async def test_who_hangs_is_unknown_within_the_deadline(providers: Providers, authority: Authority) -> None:
    authority.broken["/fabrikam.example"] = 0
    began = monotonic()
    assert await answer(providers, GWEN, Method.MICROSOFT) == ("unknown", "slow")
    assert monotonic() - began < 4


@pytest.mark.parametrize(
    ("address", "kind"),
    [("gwen@outlook.com", "yes"), ("gwen@hotmail.co.uk", "yes"), ("gwen@live.de", "yes"), ("gwen@msn.com", "yes"),
     ("gwen@live.example", "no"), (GWEN, "no")],
)  # fmt: skip
async def test_personal_accounts_are_those_of_microsofts_own_mailboxes(
    providers: Providers, authority: Authority, address: str, kind: str
) -> None:
    assert (await answer(providers, address, Method.PERSONAL))[0] == kind
    if kind == "yes":
        assert await answer(providers, address, Method.MICROSOFT) == ("no", "personal_domain")
        assert f"/common/userrealm/{address}" not in authority.asked


async def test_a_domain_of_the_consumers_tenant_is_no_organisation(providers: Providers, authority: Authority) -> None:
    authority.tenants["fabrikam.example"] = CONSUMERS
    assert await answer(providers, GWEN, Method.MICROSOFT) == ("no", "personal_domain")


async def test_google_is_for_gmail_and_the_configured_domains(providers: Providers) -> None:
    policy = Policy(google_domains=("fabrikam.example",))
    assert (await answer(providers, "gwen@gmail.com", Method.GOOGLE))[0] == "yes"
    assert (await answer(providers, "gwen@googlemail.com", Method.GOOGLE))[0] == "yes"
    assert (await answer(providers, GWEN, Method.GOOGLE, policy))[0] == "yes"
    assert (await answer(providers, GWEN, Method.GOOGLE))[0] == "no"


async def test_a_partner_is_for_its_domains_and_unknown_while_it_is_away(
    providers: Providers, authority: Authority, clock: Clock
) -> None:
    policy = Policy(partners=(Partner("p1", "Fabrikam", authority.url, "id", ("fabrikam.example",)),))
    assert (await answer(providers, "vic@tailspin.example", Method.PARTNER, policy))[0] == "no"
    authority.broken["/.well-known"] = 503
    assert await answer(providers, GWEN, Method.PARTNER, policy) == ("unknown", "metadata")
    authority.broken.clear()
    assert (await answer(providers, GWEN, Method.PARTNER, policy))[0] == "unknown"
    clock.move(seconds=31)
    assert await answer(providers, GWEN, Method.PARTNER, policy) == ("yes", "partner_domain")


async def test_a_partner_that_calls_itself_something_else_is_unknown(
    providers: Providers, authority: Authority
) -> None:
    authority.metadata["issuer"] = "https://evil.example"
    policy = Policy(partners=(Partner("p1", "Fabrikam", authority.url, "id", ("fabrikam.example",)),))
    assert await answer(providers, GWEN, Method.PARTNER, policy) == ("unknown", "issuer")


async def test_answers_keep_their_age_and_are_asked_again_after_minutes(
    providers: Providers, authority: Authority, clock: Clock
) -> None:
    first = (await providers.ask(Policy(), GWEN))[0]
    assert first.asked_at == clock.now
    asked = len(authority.asked)
    clock.move(minutes=4)
    assert (await providers.ask(Policy(), GWEN))[0].asked_at == first.asked_at
    assert len(authority.asked) == asked
    clock.move(minutes=2)
    assert (await providers.ask(Policy(), GWEN))[0].asked_at == clock.now
    assert len(authority.asked) > asked


async def test_each_method_has_its_answer_in_the_tenants_order(providers: Providers) -> None:
    order = ((Method.GOOGLE, True), (Method.PERSONAL, False), (Method.MICROSOFT, True))
    found = await providers.ask(Policy(methods=order), GWEN)
    assert [each.method for each in found] == [Method.GOOGLE, Method.MICROSOFT]
    assert all(each.answer in Answer and each.reason for each in found)


async def test_an_installation_without_providers_has_nothing_to_ask(clock: Clock) -> None:
    assert list(await Providers(Clients(), clock, development=False).ask(Policy(), GWEN)) == []


async def test_what_is_remembered_has_an_end(providers: Providers, authority: Authority) -> None:
    authority.broken["/"] = 500
    discovery = providers._asked()
    for number in range(50):
        await providers.ask(Policy(), f"g{number}@d{number}.example")
    assert 0 < len(discovery._kept) <= 100 <= MOST

"""The tenant's sign-in methods and partners: changed at the version that was looked at, audited, secrets sealed."""

import json
from dataclasses import replace
from typing import Any

import pytest

from domain import housekeeping, method_changes, partners, policy_changes, seals
from domain.errors import NotAdmin
from domain.partners import Flaw, Misfit
from domain.policies import Method, Partner, Policy
from domain.policy_errors import MethodsSuperseded
from domain.policy_views import MethodsView
from domain.secrets import Keys
from tests.domain.world import ALICE, CONTOSO, DORA, KEYS, TAILSPIN, TEAM, World

USUAL = ["microsoft", "partner", "google", "personal", "email_passcode"]
FABRIKAM = Partner("", "Fabrikam", "https://login.fabrikam.example", "gatehouse", ("fabrikam.example",))


@pytest.fixture
def admin(world: World) -> World:
    world.settings["admins"] = frozenset({DORA.person_id})
    return world


def order(view: MethodsView) -> list[str]:
    return [line.method.value for line in view.lines]


async def test_methods_are_moved_and_the_passcode_stays_the_last(admin: World) -> None:
    view: MethodsView = await admin.do(method_changes.show, TEAM, DORA)
    assert (view.version, order(view)) == (0, USUAL)
    view = await admin.do(method_changes.move, TEAM, DORA, Method.GOOGLE, True, 0)
    assert order(view) == ["microsoft", "google", "partner", "personal", "email_passcode"]
    assert view.version == 1
    for method, up in ((Method.MICROSOFT, True), (Method.PERSONAL, False), (Method.EMAIL_PASSCODE, True)):
        same = await admin.do(method_changes.move, TEAM, DORA, method, up, 1)
        assert (order(same), same.version) == (order(view), 1)


async def test_methods_are_switched_off_and_on_where_they_stand(admin: World) -> None:
    view: MethodsView = await admin.do(method_changes.switch, TEAM, DORA, Method.GOOGLE, False, 0)
    assert [line.on for line in view.lines] == [True, True, False, True, True]
    assert order(view) == USUAL
    policy = await admin.look(policy_changes.of_tenant, CONTOSO)
    assert Method.GOOGLE not in policy.order
    view = await admin.do(method_changes.switch, TEAM, DORA, Method.GOOGLE, True, view.version)
    assert all(line.on for line in view.lines)


async def test_who_looked_at_an_older_version_is_shown_the_newer_one(admin: World) -> None:
    await admin.do(method_changes.switch, TEAM, DORA, Method.GOOGLE, False, 0)
    before = await admin.contents()
    for act in (
        lambda: admin.do(method_changes.move, TEAM, DORA, Method.GOOGLE, True, 0),
        lambda: admin.do(method_changes.switch, TEAM, DORA, Method.PERSONAL, False, 0),
    ):
        with pytest.raises(MethodsSuperseded) as refusal:
            await act()
        assert refusal.value.current.version == 1
    assert await admin.contents() == before


async def test_only_admins_see_and_change_the_methods(world: World) -> None:
    before = await world.contents()
    for operation, more in (
        (method_changes.show, ()),
        (method_changes.move, (Method.GOOGLE, True, 0)),
        (method_changes.switch, (Method.GOOGLE, False, 0)),
    ):
        with pytest.raises(NotAdmin):
            await world.do(operation, TEAM, ALICE, *more)
    assert await world.contents() == before


async def test_each_change_is_audited_with_before_and_after(admin: World) -> None:
    await admin.do(method_changes.switch, TEAM, DORA, Method.GOOGLE, False, 0)
    (row,) = await admin.rows("SELECT actor, detail FROM audit_events WHERE kind = 'policy.changed'")
    detail = json.loads(row.detail)
    assert row.actor == DORA.person_id
    assert detail["before"] == {"methods": []}
    assert ["google", False] in detail["after"]["methods"]


async def test_what_nobody_set_up_is_told(admin: World) -> None:
    admin.settings["providers"] = frozenset({Method.MICROSOFT})
    view: MethodsView = await admin.do(method_changes.show, TEAM, DORA)
    assert [line.method for line in view.lines if line.there] == [Method.MICROSOFT, Method.EMAIL_PASSCODE]
    await admin.do(partners.add, CONTOSO, FABRIKAM, None, development=False)
    view = await admin.do(method_changes.show, TEAM, DORA)
    assert Method.PARTNER in [line.method for line in view.lines if line.there]
    assert [each.name for each in view.partners] == ["Fabrikam"]


def test_an_order_names_the_first_ones_and_keeps_the_others() -> None:
    policy = method_changes.switched(Policy(), Method.PERSONAL, on=False)
    changed = method_changes.ordered(policy, (Method.GOOGLE, Method.EMAIL_PASSCODE))
    assert [method.value for method, _ in changed.methods] == [
        "google",
        "microsoft",
        "partner",
        "personal",
        "email_passcode",
    ]
    assert dict(changed.methods)[Method.PERSONAL] is False
    assert method_changes.ordered(changed, (Method.GOOGLE,)) == changed


def test_google_domains_and_trusted_second_factors_are_named_once() -> None:
    policy = method_changes.with_google(
        method_changes.with_google(Policy(), "a.example", on=True), "a.example", on=True
    )
    assert policy.google_domains == ("a.example",)
    assert method_changes.with_google(policy, "a.example", on=False).google_domains == ()
    policy = method_changes.trusting(method_changes.trusting(Policy(), Method.GOOGLE, on=True), Method.GOOGLE, on=True)
    assert policy.trusted_mfa == (Method.GOOGLE,)
    assert method_changes.trusting(policy, Method.GOOGLE, on=False).trusted_mfa == ()


# ── partners ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_partners_secret_is_sealed_and_stands_nowhere_else(world: World) -> None:
    policy: Policy = await world.do(partners.add, CONTOSO, FABRIKAM, "hunter2", development=False)
    (partner,) = policy.partners
    (row,) = await world.rows("SELECT * FROM provider_secrets")
    assert (row.provider_id, row.tenant_id) == (partner.provider_id, CONTOSO)
    assert seals.seal(KEYS, partners.PURPOSE).open(row.sealed) == b"hunter2"
    assert "hunter2" not in repr(await world.contents())
    assert "policy.changed" in await world.events()


async def test_a_partner_that_goes_takes_its_secret_along(world: World) -> None:
    await world.do(partners.add, CONTOSO, FABRIKAM, "hunter2", development=False)
    await world.do(partners.add, TAILSPIN, FABRIKAM, "other", development=False)
    policy: Policy = await world.do(partners.remove, CONTOSO, "fabrikam")
    assert policy.partners == ()
    assert [row.tenant_id for row in await world.rows("SELECT * FROM provider_secrets")] == [TAILSPIN]
    with pytest.raises(Misfit) as misfit:
        await world.do(partners.remove, CONTOSO, "Fabrikam")
    assert misfit.value.flaw is Flaw.UNKNOWN_NAME


MISFITS: list[tuple[dict[str, Any], Flaw]] = [
    ({"name": " "}, Flaw.NAME),
    ({"name": "x" * 65}, Flaw.NAME),
    ({"name": "a\nb"}, Flaw.NAME),
    ({"issuer": "http://login.fabrikam.example"}, Flaw.ISSUER),
    ({"issuer": "http://127.0.0.1:4000"}, Flaw.ISSUER),
    ({"issuer": "https://"}, Flaw.ISSUER),
    ({"issuer": "https://login.fabrikam.example?x=1"}, Flaw.ISSUER),
    ({"issuer": "https://login.fabrikam.example#x"}, Flaw.ISSUER),
    ({"issuer": "https://user:pass@login.fabrikam.example"}, Flaw.ISSUER),
    ({"issuer": "https://[bad"}, Flaw.ISSUER),
    ({"issuer": "https://login.fabrikam.example:99999"}, Flaw.ISSUER),
    ({"issuer": "javascript:alert(1)"}, Flaw.ISSUER),
    ({"client_id": ""}, Flaw.CLIENT_ID),
    ({"client_id": "a\tb"}, Flaw.CLIENT_ID),
    ({"domains": ()}, Flaw.NO_DOMAIN),
    ({"domains": ("*",)}, Flaw.DOMAIN),
    ({"domains": ("*.com",)}, Flaw.DOMAIN),
    ({"domains": ("fabrikam",)}, Flaw.DOMAIN),
    ({"domains": ("a@fabrikam.example",)}, Flaw.DOMAIN),
    ({"domains": ("fab rikam.example",)}, Flaw.DOMAIN),
]


@pytest.mark.parametrize(("changes", "flaw"), MISFITS)
async def test_a_partner_that_cannot_be_right_is_not_kept(quick: World, changes: dict[str, Any], flaw: Flaw) -> None:
    before = await quick.contents()
    with pytest.raises(Misfit) as misfit:
        await quick.do(partners.add, CONTOSO, replace(FABRIKAM, **changes), "hunter2", development=False)
    assert misfit.value.flaw is flaw
    assert await quick.contents() == before


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:4000", "http://localhost:4000/tenant", "http://[::1]:4000"])
async def test_in_development_an_issuer_may_be_on_this_machine(quick: World, issuer: str) -> None:
    policy = await quick.do(partners.add, CONTOSO, replace(FABRIKAM, issuer=issuer), None, development=True)
    assert policy.partners[0].issuer == issuer


async def test_domains_are_kept_as_they_are_compared(quick: World) -> None:
    given = replace(FABRIKAM, domains=("Fabrikam.EXAMPLE", "*.fäbrikam.example", "fabrikam.example"))
    policy = await quick.do(partners.add, CONTOSO, given, None, development=False)
    assert policy.partners[0].domains == ("fabrikam.example", "*.xn--fbrikam-5wa.example")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("fabrikam.example", "fabrikam.example"),
        ("*.fabrikam.example", "eu.fabrikam.example"),
        ("eu.fabrikam.example", "*.fabrikam.example"),
        ("*.fabrikam.example", "*.eu.fabrikam.example"),
        ("*.eu.fabrikam.example", "*.fabrikam.example"),
    ],
)
async def test_a_domain_goes_to_one_partner(quick: World, first: str, second: str) -> None:
    await quick.do(partners.add, CONTOSO, replace(FABRIKAM, domains=(first,)), None, development=False)
    other = replace(FABRIKAM, name="Other", domains=(second,))
    with pytest.raises(Misfit) as misfit:
        await quick.do(partners.add, CONTOSO, other, None, development=False)
    assert (misfit.value.flaw, misfit.value.holder) == (Flaw.DOMAIN_TAKEN, "Fabrikam")


async def test_beside_a_domain_all_below_it_may_be_anothers(quick: World) -> None:
    await quick.do(partners.add, CONTOSO, FABRIKAM, None, development=False)
    other = replace(FABRIKAM, name="Other", domains=("*.fabrikam.example",))
    policy = await quick.do(partners.add, CONTOSO, other, None, development=False)
    assert [each.name for each in policy.partners] == ["Fabrikam", "Other"]


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
FIRST, SECOND = KEYS.keys


async def _seal_a_factor(world: World, keys: Keys) -> None:
    await world.change(
        "INSERT INTO factors (factor_id, tenant_id, guest_id, kind, session_id, sealed, last_step, sign_count,"
        " created_at)"
        " VALUES ('f', :tenant, 'g', 'totp', '', :sealed, 0, 0, '2026-11-22 10:00:00+00:00')",
        tenant=CONTOSO,
        sealed=seals.seal(keys, "totp").close(b"authenticator"),
    )


async def test_what_an_old_key_sealed_is_sealed_anew_so_that_the_key_can_go(world: World) -> None:
    world.settings["keys"] = old = Keys((FIRST,))
    await world.do(partners.add, CONTOSO, FABRIKAM, "hunter2", development=False)
    await _seal_a_factor(world, old)
    world.settings["keys"] = Keys((SECOND, FIRST))
    assert await world.do(housekeeping.sweep) is False
    new = Keys((SECOND,))
    (secret,) = await world.rows("SELECT sealed FROM provider_secrets")
    (factor,) = await world.rows("SELECT sealed FROM factors")
    assert seals.seal(new, partners.PURPOSE).open(secret.sealed) == b"hunter2"
    assert seals.seal(new, "totp").open(factor.sealed) == b"authenticator"
    assert not seals.seal(new, "totp").stale(factor.sealed)


async def test_what_is_sealed_under_the_first_key_stays_as_it_is(world: World) -> None:
    await world.do(partners.add, CONTOSO, FABRIKAM, "hunter2", development=False)
    before = await world.contents()
    assert await world.do(housekeeping.sweep) is False
    assert await world.contents() == before


async def test_so_many_are_sealed_anew_at_once_and_what_cannot_be_opened_is_no_reason_to_go_on(world: World) -> None:
    world.settings["keys"] = Keys((FIRST,))
    for number in range(3):
        partner = replace(FABRIKAM, name=f"P{number}", domains=(f"p{number}.example",))
        await world.do(partners.add, CONTOSO, partner, "hunter2", development=False)
    world.settings["keys"] = Keys((SECOND, FIRST))
    assert await world.do(housekeeping.reseal, 2) is True
    assert await world.do(housekeeping.reseal, 2) is False
    assert not [row for row in await world.rows("SELECT sealed FROM provider_secrets") if _stale(row.sealed)]
    spoiled = seals.seal(Keys((FIRST,)), "another purpose").close(b"x")
    await world.change("UPDATE provider_secrets SET sealed = :sealed", sealed=spoiled)
    assert await world.do(housekeeping.reseal, 2) is False
    assert {row.sealed for row in await world.rows("SELECT sealed FROM provider_secrets")} == {spoiled}


def _stale(sealed: str) -> bool:
    return seals.seal(Keys((SECOND,)), partners.PURPOSE).stale(sealed)

"""What guests agree to: exactly what they were shown, once, and again where it changed."""

from typing import Any

import pytest

from domain import audit, consent, guests, policy_changes, terms_of_use
from domain.consent import ConsentView, Shown
from domain.errors import ConsentNeeded, NoSession, SecondFactorNeeded
from domain.policies import Rule
from domain.views import SignedIn
from tests.domain.world import CONTOSO, FOREIGN, GROUP, GWEN, Browser, World

EN, DE = "Be kind.\n\nBe brief.", "Seien Sie freundlich."
PRIVACY = "https://contoso.example/privacy"


async def publish(world: World, **texts: str) -> int:
    policy = await world.do(terms_of_use.publish, CONTOSO, audit.OPERATOR, texts or {"en": EN, "de": DE})
    return policy.terms_version


async def show(browser: Browser) -> Any:
    return await browser.world.look(consent.show, browser.session, browser.network)


async def accept(browser: Browser, shown: Shown | None = None) -> Any:
    it = shown or (await show(browser)).shown
    agreed = await browser.world.do(consent.accept, browser.session, it, network=browser.network, client=browser.client)
    if isinstance(agreed, SignedIn):
        browser.session = agreed.session_token
    return agreed


async def acceptance(world: World) -> Any:
    (row,) = await world.rows("SELECT * FROM acceptances")
    return row


async def test_with_nothing_set_nothing_is_asked(world: World) -> None:
    browser = await world.guest()
    assert await show(browser) is None
    assert await accept(browser, Shown()) is None
    assert await world.rows("SELECT * FROM acceptances") == []


async def test_terms_are_accepted_once_and_recorded_with_version_time_language_and_client(world: World) -> None:
    browser = await world.guest()
    assert await publish(world) == 1
    view = await show(browser)
    assert (view.address, view.workspaces[0][0], view.terms.text, view.privacy_url) == (GWEN, "Launch", EN, "")
    assert isinstance(await accept(browser), SignedIn)
    await browser.page()
    row = await acceptance(world)
    assert (row.terms_version, row.language, row.consented_at) == (1, "en", None)
    assert str(row.accepted_at).startswith("2026-11-22 10:00")
    assert browser.client not in row.client_hash
    assert len(row.client_hash) == 12 + 1 + 43
    (event,) = await world.rows("SELECT * FROM audit_events WHERE kind = 'terms.accepted'")
    assert event.actor == f"guest:{event.guest_id}"
    assert '"language":"en"' in event.detail
    assert '"version":1' in event.detail
    assert await show(browser) is None


async def test_the_session_goes_on_under_a_new_secret(world: World) -> None:
    browser = await world.guest()
    await publish(world)
    old = browser.session
    await accept(browser)
    with pytest.raises(NoSession):
        await world.look(guests.page, old, browser.network)
    await browser.page()


async def test_a_new_version_is_asked_for_again_of_everybody_who_accepted_the_old_one(world: World) -> None:
    browser = await world.guest()
    await publish(world)
    await accept(browser)
    await publish(world, en="Be kinder.")
    with pytest.raises(ConsentNeeded):
        await browser.access()
    view = await show(browser)
    assert (view.terms.version, view.terms.again) == (2, True)
    await accept(browser)
    await browser.access()
    assert [each.guests for each in await world.look(terms_of_use.published, CONTOSO)] == [1, 0, 0]


async def test_only_what_was_shown_is_accepted_and_anything_newer_is_shown_instead(world: World) -> None:
    browser = await world.guest()
    await publish(world)
    stale = (await show(browser)).shown
    await publish(world, en="Be kinder.")
    for wrong in (stale, Shown(), Shown(3, "en"), Shown(2, "de"), Shown(2, "en", PRIVACY)):
        answer = await accept(browser, wrong)
        assert isinstance(answer, ConsentView)
        assert answer.terms
        assert answer.terms.version == 2
    assert await world.rows("SELECT * FROM acceptances") == []
    with pytest.raises(ConsentNeeded):
        await browser.page()


@pytest.mark.parametrize(
    ("guest", "tenant", "there", "wanted"),
    [
        ("de", "en", {"en": EN, "de": DE}, "de"),
        ("de", "fr", {"en": EN, "fr": "Soyez bref."}, "fr"),
        ("de", "en", {"en": EN, "fr": "Soyez bref."}, "en"),
        ("de", "de", {"fr": "Soyez bref.", "es": "Sea breve."}, "es"),
    ],
)
async def test_terms_are_in_the_guests_language_else_the_tenants_else_english(
    quick: World, guest: str, tenant: str, there: dict[str, str], wanted: str
) -> None:
    browser = await quick.guest()
    await quick.change("UPDATE guests SET language = :it", it=guest)
    await quick.change("UPDATE tenants SET language = :it", it=tenant)
    await publish(quick, **there)
    assert (await show(browser)).terms.language == wanted
    await accept(browser)
    assert (await acceptance(quick)).language == wanted


async def test_the_privacy_statement_is_agreed_to_once(world: World) -> None:
    browser = await world.guest()
    await world.policy(privacy_url=PRIVACY)
    view = await show(browser)
    assert (view.privacy_url, view.terms) == (PRIVACY, None)
    await accept(browser)
    await world.policy(privacy_url=PRIVACY + "/2")
    await browser.page()
    row = await acceptance(world)
    assert (row.terms_version, row.accepted_at) == (0, None)
    assert row.consented_at
    assert "consent.given" in await world.events()
    assert "terms.accepted" not in await world.events()


async def test_who_accepted_terms_is_still_asked_for_a_privacy_statement_that_comes_later(world: World) -> None:
    browser = await world.guest()
    await publish(world)
    await accept(browser)
    await world.policy(privacy_url=PRIVACY)
    with pytest.raises(ConsentNeeded):
        await browser.page()
    view = await show(browser)
    assert (view.privacy_url, view.terms) == (PRIVACY, None)
    await accept(browser)
    await browser.page()
    row = await acceptance(world)
    assert row.terms_version == 1
    assert row.accepted_at
    assert row.consented_at


async def test_the_second_factor_comes_first(world: World) -> None:
    browser = await world.guest()
    await publish(world)
    await world.policy(rules=(Rule("r", "", mfa=True),))
    for step in (show, accept):
        with pytest.raises(SecondFactorNeeded):
            await step(browser)
    await world.change("UPDATE sessions SET second_factor_at = created_at")
    assert (await show(browser)).terms


async def test_terms_of_one_workspace_leave_the_others_open(world: World) -> None:
    await world.settle(GROUP)
    await world.guest()
    world.clock.move(minutes=2)
    browser = await world.guest(where=GROUP)
    (lunch,) = await world.rows("SELECT workspace_id FROM workspaces WHERE name = 'Lunch'")
    await publish(world)
    await world.policy(terms_for_all=False, rules=(Rule("r", "", workspaces=(lunch.workspace_id,), terms=True),))
    assert [each.step for each in (await browser.page()).memberships] == ["", "consent"]
    assert len((await browser.access()).workspace_ids) == 1
    assert [name for name, _ in (await show(browser)).workspaces] == ["Lunch"]
    await accept(browser)
    assert len((await browser.access()).workspace_ids) == 2


async def test_a_guest_of_two_tenants_agrees_with_each(world: World) -> None:
    from tests.domain.world import CHARLIE

    await world.settle(FOREIGN, CHARLIE)
    other = await world.guest(where=FOREIGN, by=CHARLIE)
    world.clock.move(minutes=2)
    browser = await world.guest()
    await publish(world)
    await accept(browser)
    assert [row.tenant_id for row in await world.rows("SELECT tenant_id FROM acceptances")] == [CONTOSO]
    await other.page()


@pytest.mark.postgres
async def test_accepting_twice_at_once_counts_once(racing: World) -> None:
    import asyncio

    browser = await racing.guest()
    await publish(racing)
    shown = (await show(browser)).shown
    unit = (consent.accept, browser.session, shown)
    answers = await asyncio.gather(*(racing.do(*unit) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(each, SignedIn) for each in answers) == 1
    assert sum(isinstance(each, NoSession) for each in answers) == 3
    assert (await racing.events()).count("terms.accepted") == 1


async def test_published_terms_are_numbered_kept_and_audited_by_digest(world: World) -> None:
    assert [await publish(world), await publish(world, en="x")] == [1, 2]
    found = await world.look(terms_of_use.published, CONTOSO)
    assert [(each.version, each.language, each.characters) for each in found] == [
        (2, "en", 1), (1, "de", len(DE)), (1, "en", len(EN)),
    ]  # fmt: skip
    events = await world.rows("SELECT detail FROM audit_events WHERE kind = 'terms.published'")
    assert '"sha256":{"en":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}' in events[1].detail
    assert "kind." not in events[0].detail
    assert (await world.look(policy_changes.of_tenant, CONTOSO)).terms_version == 2
    await world.do(terms_of_use.require, CONTOSO, audit.OPERATOR, of_all=False)
    await (await world.guest()).page()

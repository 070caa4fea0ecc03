"""Whoever is let go leaves a certificate: what ended, when, and by whose word."""

import json

import pytest

from domain import audit, certificates, guests, invitations, notices, resources, workspaces
from domain.certificate_views import CertificateView
from domain.errors import AccessEnded, NotOwner
from domain.life_refusals import UnknownCertificate
from domain.views import Ended
from tests.domain.second_factors import Holder
from tests.domain.world import ALICE, BOB, CONTOSO, DORA, GROUP, GWEN, TEAM, World


async def shown(world: World) -> CertificateView:
    """The newest in the conversation."""
    await world.post()
    return [each.view for each in world.chat.values() if isinstance(each.view, CertificateView)][-1]


@pytest.mark.parametrize("operation", [invitations.remove, invitations.revoke])
async def test_letting_a_guest_go_leaves_a_certificate_in_the_same_unit(world: World, operation: object) -> None:
    await world.do(resources.add, TEAM, ALICE, "Wiki", "https://wiki.contoso.example/")
    browser = await world.guest()
    await Holder(browser).sets_up_app()
    world.clock.move(minutes=5)
    await world.asks()
    await world.do(operation, TEAM, ALICE, GWEN)  # type: ignore[arg-type]
    with pytest.raises(AccessEnded):
        await browser.page()
    view = await shown(world)
    assert (view.by, view.reason) == ("Alice Owner", "removed" if operation is invitations.remove else "revoked")
    it = view.removed
    assert (it.sessions, it.passcodes, it.links, it.applications, it.factors, it.others) == (1, 1, 1, 1, 1, 0)
    told = await world.look(lambda work: list(audit.export(work, CONTOSO)))
    assert json.loads(told[-1]["detail"])["certificate"] == view.certificate_id
    for named in (GWEN, view.certificate_id):
        assert (await world.do(certificates.show, TEAM, ALICE, named)).certificate_id == view.certificate_id


async def test_an_offer_that_nobody_took_needs_no_certificate(world: World) -> None:
    await world.invite()
    await world.do(invitations.revoke, TEAM, ALICE, GWEN)
    assert await world.rows("SELECT 1 FROM certificates") == []
    with pytest.raises(UnknownCertificate):
        await world.do(certificates.show, TEAM, ALICE, GWEN)


async def test_certificates_are_for_owners_of_the_workspace_and_admins(world: World) -> None:
    await world.settle(GROUP, BOB)
    await world.guest()
    await world.do(invitations.remove, TEAM, ALICE, GWEN)
    view = await shown(world)
    for where, who, refusal in ((TEAM, BOB, NotOwner), (GROUP, BOB, UnknownCertificate), (GROUP, ALICE, NotOwner)):
        with pytest.raises(refusal):
            await world.do(certificates.show, where, who, view.certificate_id)
    world.settings["admins"] = frozenset({DORA.person_id})
    assert await world.do(certificates.show, GROUP, DORA, view.certificate_id)


async def test_a_guest_who_leaves_ends_everything_of_the_last_access(world: World) -> None:
    browser = await world.guest()
    world.clock.move(minutes=5)
    await browser.asks()
    membership = (await browser.page()).memberships[0].membership_id
    await world.do(notices.tell, CONTOSO, "warning", f"{membership}-1", [])
    await world.do(guests.leave, browser.session, membership)
    with pytest.raises(AccessEnded) as ended:
        await browser.page()
    assert ended.value.how is Ended.LEFT
    view = await shown(world)
    assert (view.reason, view.by, view.removed.sessions, view.removed.passcodes) == ("left", "", 1, 1)
    assert await world.rows("SELECT 1 FROM passcodes WHERE withdrawn_at IS NULL AND used_at IS NULL") == []
    assert await world.rows("SELECT 1 FROM sessions WHERE ended_at IS NULL") == []


async def test_a_guest_who_leaves_one_of_two_stays_signed_in(world: World) -> None:
    await world.settle(GROUP, ALICE)
    await world.guest()
    world.clock.move(minutes=5)
    browser = await world.guest(where=GROUP)
    page = await browser.page()
    await world.do(guests.leave, browser.session, page.memberships[0].membership_id)
    assert len((await browser.page()).memberships) == 1
    view = await shown(world)
    assert (view.removed.sessions, view.removed.others) == (0, 1)


async def test_a_bot_that_is_gone_posts_no_certificate(world: World) -> None:
    browser = await world.guest()
    membership = (await browser.page()).memberships[0].membership_id
    await world.do(workspaces.departed, TEAM)
    await world.do(guests.leave, browser.session, membership)
    assert await world.rows("SELECT 1 FROM notices") == []
    assert len(await world.rows("SELECT 1 FROM certificates")) == 1

"""An invitation's mail that comes due while passcodes are switched off: it waits, and its card says so."""

from datetime import timedelta

import cards
from domain import delivery, features, invitations, settings
from domain.policies import Method, Rule
from domain.views import Setting, Stage, Status, Surface
from tests.cards.reading import read
from tests.domain.world import ALICE, CONTOSO, GWEN, TEAM, WORKER, World


async def _tenant(world: World, setting: Setting) -> None:
    await world.do(settings.set_tenant_by_operator, CONTOSO, features.EMAIL_PASSCODE, setting)


async def test_a_mail_that_comes_due_while_passcodes_are_off_waits_for_them_and_its_card_says_so(world: World) -> None:
    view = await world.invite()
    await world.post()
    assert not world.chat[view.invitation_id].view.held
    await _tenant(world, Setting.DISABLED)
    world.clock.move(seconds=5)
    await world.deliver()
    await world.post()
    shown = world.chat[view.invitation_id].view
    assert (world.inbox, shown.status, shown.held) == ([], Status.SENDING, True)
    world.clock.move(days=3)
    await world.deliver()
    assert (world.inbox, await world.claim("card")) == ([], []), "the card says it once"
    await _tenant(world, Setting.DEFAULT)
    (row,) = await world.claim()
    assert row.created_at == world.clock.now, "the relay gets as long as for any other mail"
    await world.do(delivery.deferred, row, WORKER, "busy", world.clock.now, False)
    await world.deliver()
    await world.post()
    shown = world.chat[view.invitation_id].view
    assert (len(world.inbox), shown.status, shown.held) == (1, Status.SENT, False)


async def test_a_mail_waits_for_the_date_from_which_passcodes_are_on(world: World) -> None:
    await world.invite()
    from_at = world.clock.now + timedelta(minutes=3)
    await world.do(settings.set_rollout, features.EMAIL_PASSCODE, Surface.CHAT, Stage.GA, from_at)
    await world.deliver()
    assert not world.inbox
    world.clock.now = from_at
    await world.deliver()
    assert len(world.inbox) == 1


async def test_a_mail_that_waits_for_passcodes_is_not_sent_once_it_is_revoked(world: World) -> None:
    """H10."""
    await world.invite()
    await _tenant(world, Setting.DISABLED)
    await world.deliver()
    await world.do(invitations.revoke, TEAM, ALICE, GWEN)
    await _tenant(world, Setting.DEFAULT)
    await world.deliver()
    assert not world.inbox


async def test_a_mail_that_the_policy_holds_back_is_said_to_wait_in_the_first_line_of_its_card(world: World) -> None:
    view = await world.invite()
    await world.policy(denied_domains=("fabrikam.example",))
    await world.deliver()
    await world.post()
    shown = world.chat[view.invitation_id].view
    assert (world.inbox, shown.status, shown.held) == ([], Status.SENDING, True)
    card = read(cards.invitation(shown, language="en", masked=True))
    assert "the mail waits" in card
    assert "The domain fabrikam.example is blocked." in card
    assert "on its way" not in card
    await world.policy(denied_domains=())
    await world.deliver()
    world.clock.move(seconds=3)
    await world.post()
    shown = world.chat[view.invitation_id].view
    assert (len(world.inbox), shown.status, shown.held) == (1, Status.SENT, False)


async def test_a_mail_waits_as_long_as_its_card_shows_a_barrier(world: World) -> None:
    """One fact: every sign-in method may be forbidden by a rule of its own."""
    await world.invite()
    rule = Rule("r", "No passcodes", block=True, methods=(Method.EMAIL_PASSCODE,))
    await world.policy(rules=(rule,))
    await world.deliver()
    assert (world.inbox, (await world.card()).held) == ([], True)
    await world.policy(rules=())
    await world.deliver()
    assert (len(world.inbox), (await world.card()).held) == (1, False)

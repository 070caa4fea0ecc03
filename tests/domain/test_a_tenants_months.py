"""120 days of one tenant as its owners, approvers and admins live through them: what asks them, what they answer, and
what is left in the end."""

from datetime import timedelta

import pytest

from domain import (
    approval_decisions,
    audit,
    blocks,
    bulks,
    departures,
    erasing,
    features,
    housekeeping,
    invitations,
    lists,
    notices,
    settings,
    switches,
)
from domain.approval_views import ApprovalTarget, ApprovalView, Word
from domain.bulk_views import BulkView, State
from domain.certificate_views import CertificateView
from domain.errors import PolicyForbids
from domain.policies import Approval
from domain.sponsor_views import LeftView
from domain.switch_views import Outcome, SwitchView
from domain.views import Kind, Setting, Stage, Status, Surface
from tests.domain.diary import Diary
from tests.domain.world import ALICE, BOB, CHAT, CONTOSO, DORA, GWEN, START, TEAM, World, place

BOBS = place(CONTOSO, Kind.PERSONAL, "Bob")
DORAS = place(CONTOSO, Kind.PERSONAL, "Dora")
PETRA, MILES, MARY = "petra@northwind.example", "miles@fabrikam.example", "mary@fabrikam.example"


@pytest.fixture
async def diary(world: World) -> Diary:
    world.settings["admins"] = frozenset({DORA.person_id})
    for where, who in ((CHAT, ALICE), (BOBS, BOB), (DORAS, DORA)):
        await world.do(notices.met, where, who)
    return Diary(world)


async def comes_in(world: World, address: str) -> None:
    await world.deliver()
    browser = await world.opens(address)
    await browser.asks()
    await world.deliver()
    await browser.types(world.passcode(address))


async def cleared(world: World) -> None:
    """As the worker does every hour."""
    while found := await world.look(erasing.over):
        await world.do(erasing.erase_all, found)
    while await world.do(erasing.stale):
        pass
    while await world.do(housekeeping.sweep):
        pass


async def traces(world: World, *words: str) -> list[str]:
    """Tables in which any of these words stands."""
    contents = await world.contents()
    return [name for name, rows in contents.items() if any(word in str(row).lower() for row in rows for word in words)]


async def test_a_hundred_and_twenty_days_of_one_tenant(diary: Diary) -> None:
    world = diary.world
    # Day 0: Dora, the admin, wants approval for everybody from outside Fabrikam. Bob approves.
    await world.policy(approval=Approval.UNFAMILIAR, familiar_domains=("fabrikam.example",), approvers=(BOB.person_id,))
    await world.invite(GWEN)
    asked = await world.do(invitations.invite, TEAM, ALICE, (PETRA,), 60)
    assert not asked.created
    assert len(asked.asked) == 1
    await world.deliver()
    await world.post()
    assert not [mail for mail in world.inbox if mail.recipient == PETRA]
    [to_bob] = diary.cards(ApprovalView, BOBS)
    assert (to_bob.addresses, to_bob.asker) == ((PETRA,), "Alice Owner")

    # Day 1: Bob has not answered, and is reminded. Then he approves, and Petra is invited in Alice's name.
    await diary.until(1)
    assert len(diary.cards(ApprovalView, BOBS)) == 2
    target = ApprovalTarget(to_bob.approval_id, to_bob.version)
    decided = await world.do(approval_decisions.approve, BOBS, BOB, target, "fine with me")
    assert decided.word is Word.APPROVED
    await comes_in(world, PETRA)
    assert await diary.status(PETRA) is Status.REDEEMED

    # Day 2: Alice gives a list. Gwen is in it, and is not invited twice.
    some = lists.read(f"email,name\n{MILES},Miles\n{MARY},Mary\n{GWEN},Gwen".encode())
    view = await world.do(bulks.preview, TEAM, ALICE, some, "people.csv")
    await world.do(bulks.confirm, TEAM, ALICE, view.bulk_id)
    await diary.until(2)
    [progress] = [each.view for each in world.chat.values() if isinstance(each.view, BulkView)]
    assert progress.state is State.DONE
    assert len(await world.rows("SELECT address FROM invitations")) == 4
    await comes_in(world, MILES)

    # Day 3: Mary wants no mail from Contoso, ever. Nobody there can invite her any more.
    browser = await world.opens(MARY)
    assert browser.link
    await world.do(blocks.block, browser.link.tenant_id, browser.link.invitation_id, browser.link.token_hash)
    await diary.until(3)
    assert await diary.status(MARY) is Status.DECLINED
    with pytest.raises(PolicyForbids):
        await world.do(invitations.invite, TEAM, ALICE, (MARY,), None)

    # Day 14: Gwen never came; her invitation ran out. On day 44 nothing of her is left but a pseudonym.
    await diary.until(14)
    assert await diary.status() is Status.EXPIRED

    # Day 20: the operator sets a date for scripts and lists, ten weeks ahead. Dora is told 60 and 30 days before.
    await diary.until(20)
    at = START + timedelta(days=90)
    await world.do(settings.set_rollout, features.EMAIL_PASSCODE, Surface.API, Stage.GA, at)
    await diary.until(31)
    [notice] = diary.cards(SwitchView, DORAS)
    assert (notice.outcome, notice.surfaces) == (Outcome.PENDING, (Surface.API,))

    # Day 40: Alice leaves. Bob, who owns the team by now, takes her guests over.
    await diary.until(40)
    await world.change(
        "INSERT INTO owners (workspace_id, person_id, tenant_id, since) "
        "SELECT workspace_id, :bob, tenant_id, created_at FROM workspaces WHERE name = 'Launch'",
        bob=BOB.person_id,
    )
    assert await world.do(departures.left, TEAM, (ALICE.person_id, ALICE.channel_user_id))
    await world.post()
    [question] = diary.cards(LeftView, BOBS)
    await world.do(departures.hand_over, BOBS, BOB, question.notice_id)
    held = await world.rows("SELECT person_id FROM sponsors")
    assert {row.person_id for row in held} == {BOB.person_id}

    # Day 45: what was Gwen's is erased: thirty days after her invitation ended. Mary's goes, her block stays.
    await diary.until(45)
    await cleared(world)
    assert await traces(world, "gwen", MARY) == []
    with pytest.raises(PolicyForbids):
        await world.do(invitations.invite, TEAM, BOB, (MARY,), None)

    # Day 55: Petra's 60 days are over in a week; Bob, not Alice, is asked, and lets her go with proof.
    await diary.until(56)
    await world.do(invitations.remove, TEAM, BOB, PETRA)
    await world.post()
    certificates = [each.view for each in world.chat.values() if isinstance(each.view, CertificateView)]
    assert len(certificates) == 1

    # Day 61: the second notice. Dora does not wait for the date; the third and fourth never come.
    await diary.until(61)
    notice = diary.cards(SwitchView, DORAS)[-1]
    assert (await world.do(switches.turn_on, DORAS, DORA, notice.notice_id)).outcome is Outcome.ENABLED
    await diary.until(91)
    assert [card.outcome for card in diary.cards(SwitchView, DORAS)] == [Outcome.ENABLED] * 2
    assert (await world.look(features.facts, CONTOSO)).setting is Setting.ENABLED

    # Day 93: Miles' 90 days are over. Bob was warned, and let it end.
    await diary.until(93)
    assert await diary.status(MILES) is Status.EXPIRED

    # Day 120: the audit has it all, in one chain, and names nobody.
    await diary.until(120)
    assert await world.look(audit.verify, CONTOSO) is None
    kinds = set(await world.events())
    assert {
        "approval.asked", "approval.decided", "bulk.given", "bulk.confirmed", "bulk.finished", "guest.blocked",
        "invitation.expired", "feature.set", "membership.removed", "membership.expired",
    } <= kinds  # fmt: skip
    assert "feature.switched" not in kinds

"""Every refusal has its sentence."""

from datetime import timedelta

import pytest

from bot.listeners import Listener
from bot.replies import REFUSALS, refused
from domain import (
    access_errors,
    approval_errors,
    bulk_errors,
    errors,
    factor_errors,
    form_errors,
    life_errors,
    life_refusals,
    policy_errors,
    request_errors,
    sign_in_errors,
)
from domain.access_views import UrlProblem
from domain.bulk_views import Unreadable
from domain.inviting_errors import MayNotInvite
from domain.policies import Forbidden, Inviting
from domain.policy_edits import Unfit, UnfitChange
from domain.setting_errors import SettingsSuperseded, WrongItem
from domain.setting_fields import Fault, UnfitSettings
from domain.views import Kind, Problem, Quota, Status
from locales import speak
from tests.bot.chat import START

GUESTS_ONLY = {
    errors.LinkRefusal,
    errors.UnknownLink,
    errors.LinkExpired,
    errors.LinkRevoked,
    errors.LinkDeclined,
    errors.LinkRedeemed,
    errors.LinkReplaced,
    errors.PasscodeRefusal,
    errors.NoPasscode,
    errors.PasscodeExpired,
    errors.PasscodeSpent,
    errors.NoSession,
    errors.BetterMethod,
    errors.StepNeeded,
    errors.SecondFactorNeeded,
    errors.ConsentNeeded,
    errors.AccessEnded,
    access_errors.WrongPath,
    access_errors.NotLetIn,
    access_errors.HandOverOver,
    factor_errors.FactorPaused,
    factor_errors.LastFactor,
    factor_errors.TooManyFactors,
    request_errors.MailTooSoon,
    request_errors.AskedTooOften,
}
GUESTS_ONLY |= {sign_in_errors.SignInRefusal, *sign_in_errors.SignInRefusal.__subclasses__()}
"""Nothing that is done in the chat raises these."""
FAMILIES = {
    errors.PolicyRefusal,
    errors.Refusal,
    errors.AccessRefusal,
    errors.RequestRefusal,
    errors.LimitRefusal,
    factor_errors.FactorRefusal,
}
CARD_INSTEAD = {errors.Outdated, policy_errors.MethodsSuperseded, SettingsSuperseded}


def listener(kind: Kind = Kind.PERSONAL, workspace: str = "Web") -> Listener:
    return Listener(speak("en"), kind, workspace, START)


def all_refusals(kind: type[errors.Refusal] = errors.Refusal) -> set[type[errors.Refusal]]:
    return {kind}.union(*(all_refusals(one) for one in kind.__subclasses__()))


def test_every_refusal_has_a_sentence_or_is_the_guest_doors() -> None:
    assert all_refusals() - GUESTS_ONLY - FAMILIES - CARD_INSTEAD == set(REFUSALS)


SAMPLES: list[errors.Refusal] = [
    *(MayNotInvite(each, ("Dora",)) for each in Inviting),
    MayNotInvite(Inviting.NOBODY),
    UnfitSettings((Fault("invitation_days", 1, 90), Fault("approval"))),
    *(UnfitChange(each, "fabrikam.example") for each in Unfit),
    WrongItem("nothing"),
    WrongItem(person=True),
    WrongItem(),
    errors.NotOwner(("Alice",)),
    errors.NotOwner(),
    errors.NotAdmin(("Dora",)),
    errors.NotAdmin(),
    life_errors.NothingAsked(),
    errors.Outsider(("Alice",)),
    errors.Outsider(),
    errors.Unverified(),
    errors.UnknownAddress("gwen@fabrikam.example"),
    errors.NoGuestHere("gwen@fabrikam.example"),
    errors.WrongDays(1, 90),
    *(errors.WrongAddress("x@", problem) for problem in Problem),
    errors.AddressTaken("gwen@fabrikam.example"),
    *(errors.IllegalMove(operation, status) for operation in ("resend", "remove") for status in Status),
    errors.UnknownInvitation(),
    errors.DraftGone(),
    *(errors.PolicyForbids(reason, "Office only") for reason in Forbidden),
    errors.PolicyForbids(Forbidden.DENIED_DOMAIN, address="gwen@fabrikam.example", admins=("Dora",)),
    errors.Superseded(),
    *(access_errors.WrongUrl(problem) for problem in UrlProblem),
    access_errors.UnknownResource("Wiki"),
    access_errors.ResourceTaken("Wiki"),
    access_errors.TooManyResources(50),
    request_errors.OthersConcerned(("Dora",)),
    request_errors.OthersConcerned(),
    request_errors.RequestGone(),
    request_errors.MailboxTaken("gwen@fabrikam.example"),
    *(approval_errors.NotApprover(names, own) for names in ((), ("Bob",)) for own in (True, False)),
    approval_errors.NotAsker("Alice"),
    approval_errors.NotAsker(),
    approval_errors.UnknownApproval(),
    approval_errors.NeedsApproval("gwen@fabrikam.example"),
    approval_errors.NeedsApproval("gwen@fabrikam.example", ("Bob",)),
    *(
        approval_errors.ApprovalPutOff(START + timedelta(hours=2), quota, most, "gwen@fabrikam.example", asker=asker)
        for quota in (Quota.OWNER_HOUR, Quota.MAILBOX_INVITATIONS)
        for most in (None, 5)
        for asker in ("", "Alice")
    ),
    errors.WrongClaimCode(),
    errors.UnknownPerson("Zoe"),
    errors.UnknownPerson(),
    errors.LastOwner(),
    errors.TooSoon(START + timedelta(seconds=45)),
    *(
        errors.LimitReached(START + timedelta(hours=2), quota, most, "gwen@fabrikam.example")
        for quota in Quota
        for most in (None, 1, 5)
    ),
    *(bulk_errors.UnreadableList(why, line) for why in Unreadable for line in (None, 7)),
    bulk_errors.UnknownList(),
    *(bulk_errors.NotUploaded(elsewhere) for elsewhere in (False, True)),
    errors.FeatureOff("t", admins=("Dora",)),
    errors.FeatureOff(),
    factor_errors.NothingToReset("gwen@fabrikam.example"),
    factor_errors.UnknownRequest(),
    factor_errors.OwnRequest(),
    form_errors.NotHere(),
    form_errors.EndPassed(),
    life_refusals.UnknownCertificate(),
    life_refusals.LastSponsor("gwen@fabrikam.example"),
    life_refusals.TooManySponsors(),
    life_refusals.NotSponsor("Bob"),
    life_refusals.NotSponsor(),
    life_refusals.NothingToHandOver("Bob"),
    life_refusals.NothingToHandOver(),
    life_refusals.NothingToErase("gwen@fabrikam.example"),
    life_refusals.NothingToErase(),
]


@pytest.mark.parametrize("refusal", SAMPLES, ids=repr)
@pytest.mark.parametrize("kind", list(Kind))
def test_each_sentence_is_whole(refusal: errors.Refusal, kind: Kind) -> None:
    said = refused(refusal, listener(kind)).text
    assert said[0].isupper() or said.startswith(("“", "gw"))
    assert said.endswith((".", "?"))
    assert "{" not in said


def test_the_samples_are_complete() -> None:
    assert {type(one) for one in SAMPLES} == set(REFUSALS)


def test_a_refusal_says_whom_to_ask() -> None:
    assert "Alice" in refused(errors.NotOwner(("Alice",)), listener()).text
    assert "admin" in refused(errors.NotOwner(), listener()).text
    assert "Dora" in refused(errors.FeatureOff(admins=("Dora",)), listener()).text
    assert "Dora" in refused(errors.NotAdmin(("Dora",)), listener()).text


def test_many_names_are_cut() -> None:
    assert "Ann, Ann, Ann, Ann, Ann, 7 others" in refused(errors.NotOwner(("Ann",) * 12), listener()).text


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(seconds=45), "in 46 seconds"),
        (timedelta(milliseconds=1), "in 1 second"),
        (timedelta(minutes=20, seconds=1), "at 10:21 UTC"),
        (timedelta(hours=20), "on 2 December 2026 at 06:00 UTC"),
    ],
)
def test_a_limit_says_when_it_works_again_and_never_too_early(wait: timedelta, words: str) -> None:
    assert words in refused(errors.LimitReached(START + wait, Quota.OWNER_HOUR), listener()).text


def test_more_at_once_than_is_ever_possible_is_told_the_number_and_no_time() -> None:
    said = refused(errors.LimitReached(START, Quota.OWNER_HOUR, 60), listener()).text
    assert "at most 60" in said
    assert "again" not in said


@pytest.mark.parametrize("most", [None, 5])
@pytest.mark.parametrize("kind", [errors.LimitReached, approval_errors.ApprovalPutOff])
def test_a_mailbox_that_gets_too_many_mails_is_named(kind: type[errors.LimitReached], most: int | None) -> None:
    refusal = kind(START, Quota.MAILBOX_INVITATIONS, most, "gwen@fabrikam.example")
    assert "gwen@fabrikam.example" in refused(refusal, listener()).text
    assert "gw***@fabrikam.example" in refused(refusal, listener(Kind.TEAM)).text


def test_addresses_are_masked_where_others_read() -> None:
    """D7"""
    refusal = errors.UnknownAddress("gwen@fabrikam.example")
    assert "gw***@fabrikam.example" in refused(refusal, listener(Kind.TEAM)).text
    assert "gwen@fabrikam.example" in refused(refusal, listener(Kind.PERSONAL)).text


@pytest.mark.parametrize(
    "name", ["[click](https://evil.example)", "<https://evil.example>", "evil.example", "@everyone"]
)
def test_names_make_no_links(name: str) -> None:
    """D5"""
    said = refused(errors.NotOwner((name,)), listener(workspace=name)).text
    assert "](" not in said
    assert "https://" not in said
    assert "evil.example" not in said
    assert "@everyone" not in said

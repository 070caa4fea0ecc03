"""Every refusal has a page, and every page a way out."""

import dataclasses
import typing
from datetime import timedelta
from typing import Any

import pytest

from domain import errors
from domain.access_views import UrlProblem
from domain.faults import Unavailable
from domain.policies import Forbidden
from domain.views import Quota
from guest import forms, refusals, troubles
from guest.flow import Flow
from guest.frame import open_way
from guest.notices import Way
from guest.sentences import Sentences
from locales import speak
from tests.guest.house import Clock

NOW = Clock().now


def leaves(family: type[Exception]) -> set[type[Exception]]:
    """The classes that are raised: those with a code of their own, or without heirs."""
    heirs = family.__subclasses__()
    found = {family} if "code" in vars(family) and family is not errors.Refusal else set[type[Exception]]()
    return found.union(*map(leaves, heirs)) if heirs else {family}


RAISED = sorted(
    (leaves(errors.Refusal) | leaves(forms.FormRefusal)) - leaves(errors.StepNeeded), key=lambda kind: kind.__name__
)
OWN = [Unavailable("away"), troubles.Fault("abcd1234"), troubles.LinkNeeded(), troubles.UnknownPage(),
       troubles.WrongMethod(), troubles.MisdirectedHost("https://gate.example")]  # fmt: skip


def example(kind: type[Exception], full: bool) -> Exception:
    if not dataclasses.is_dataclass(kind):
        return kind()
    hints = typing.get_type_hints(kind)
    needed = [each for each in dataclasses.fields(kind) if full or each.default is dataclasses.MISSING]
    return kind(**{each.name: value(hints[each.name]) for each in needed})


def value(hint: Any) -> Any:
    choices: dict[str, Any] = {
        "datetime": NOW + timedelta(seconds=40),
        "Quota": Quota.TRIES_HOUR,
        "Forbidden": Forbidden.RULE,
        "UrlProblem": UrlProblem.MALFORMED,
        "int": 1,
        "bool": True,
    }
    for name, found in choices.items():
        if name in str(hint):
            return found
    return () if "tuple" in str(hint) else "<b>somebody</b>"


@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
@pytest.mark.parametrize("kind", RAISED, ids=lambda kind: kind.__name__)
def test_every_refusal_has_a_page(kind: type[Exception], full: bool) -> None:
    notice = refusals.notice(Sentences(speak("en"), NOW), example(kind, full))
    assert 400 <= notice.status < 500
    assert notice.title
    assert notice.lines
    assert "<b>" not in " ".join(notice.lines)
    assert "None" not in " ".join(notice.lines)


@pytest.mark.parametrize("trouble", OWN, ids=lambda trouble: type(trouble).__name__)
def test_every_trouble_of_the_door_has_a_page(trouble: Exception) -> None:
    notice = refusals.notice(Sentences(speak("en"), NOW), trouble)
    assert 400 <= notice.status < 600
    assert notice.lines


def test_a_link_that_is_used_up_leads_to_its_sender_and_promises_no_time() -> None:
    notice = refusals.notice(Sentences(speak("en"), NOW), errors.LimitReached(NOW, Quota.TRIES_LINK))
    assert "Ask the person who invited you to send a new mail." in notice.lines
    assert (notice.way, notice.again_at) == (Way.HOME, None)


def test_the_table_holds_nothing_else() -> None:
    assert set(refusals.NOTICES) == set(RAISED) | {type(trouble) for trouble in OWN}


@pytest.mark.parametrize(
    ("way", "flow", "opened"),
    [
        (Way.NEW_CODE, None, Way.ADDRESS),
        (Way.NEW_CODE, Flow(0, "b", "f"), Way.ADDRESS),
        (Way.NEW_CODE, Flow(0, "b", "f", invitation_id="i"), Way.NEW_CODE),
        (Way.NEW_CODE, Flow(0, "b", "f", passcode_id="p"), Way.NEW_CODE),
        (Way.FIRST_CODE, Flow(0, "b", "f", passcode_id="p"), Way.ADDRESS),
        (Way.FIRST_CODE, Flow(0, "b", "f", invitation_id="i"), Way.NEW_CODE),
        (Way.AGAIN, None, Way.HOME),
        (Way.AGAIN, Flow(0, "b", "f", invitation_id="i"), Way.INVITATION),
        (Way.AGAIN, Flow(0, "b", "f", invitation_id="i", passcode_id="p"), Way.CODE),
        (Way.NONE, Flow(0, "b", "f", invitation_id="i"), Way.NONE),
    ],
)
def test_a_page_offers_what_this_browser_can_do(way: Way, flow: Flow | None, opened: Way) -> None:
    assert open_way(way, flow) is opened

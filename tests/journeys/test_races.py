"""Many at once, on two replicas over a real PostgreSQL and on one with SQLite: what must happen once happens once."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.journeys.installation import Building, Installation
from tests.journeys.people import GWEN, ask_for_passcode, hired, redeem
from tests.servers.guest import Page, Visitor
from tests.servers.postgres import Postgres
from tests.servers.teams import TENANT, actions, answered_card, status

pytestmark = [pytest.mark.sockets, pytest.mark.postgres]

AT_ONCE = 64
CODES = 6
NUMBERS = count()
T = TypeVar("T")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def installation(
    kind: str, building: Building, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Installation]:
    """One process on SQLite, two on PostgreSQL, for all tests here: each takes people and addresses of its own."""
    with database(kind, tmp_path_factory.mktemp(kind), request) as url, building(tmp_path_factory.mktemp(kind)) as made:
        roles = ["all"] if kind == "sqlite" else ["all", "all"]
        made.start(url, *roles, GATEHOUSE_QUOTAS="workspace_open=12,owner_hour=14")
        yield made


@contextmanager
def database(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'gatehouse.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


def new_addresses(count: int) -> list[str]:
    return [f"guest{next(NUMBERS)}@fabrikam.example" for _ in range(count)]


def at_once(works: Sequence[Callable[[], T]]) -> list[T]:
    """All start at the same moment."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], T]) -> T:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def submissions(
    installation: Installation, visitor: Visitor, page: Page, codes: Sequence[str]
) -> list[tuple[Visitor, Page]]:
    """Every code at the same moment, by the same browser, from another address each, to the replicas in turn."""
    form, replicas = page.form(), installation.web
    others = [
        visitor.twin(through=replicas[number % len(replicas)].url, client=f"198.51.{number // 200}.{number % 200}")
        for number in range(len(codes))
    ]
    pages = at_once(
        [
            lambda other=other, code=code: other.post(page.url, {**form.fields, "code": code})
            for other, code in zip(others, codes, strict=True)
        ]
    )
    return list(zip(others, pages, strict=True))


def signed_in(tried: Sequence[tuple[Visitor, Page]]) -> list[Visitor]:
    """Those who stand on the guest page after their try. Nobody may have seen a fault."""
    assert {page.status for _, page in tried} <= {200, 303, 400, 401, 403, 409, 410, 422, 429}
    went_on = [visitor for visitor, page in tried if page.status == 303]
    return [visitor for visitor in went_on if visitor.open("/guest").url.endswith("/guest")]


def invited(installation: Installation, count: int) -> list[str]:
    alice, chat = hired(installation.teams(), "Alice Archer")
    addresses = new_addresses(count)
    chat.say(alice, f"invite {', '.join(addresses)}")
    for address in addresses:
        installation.relay.wait(address)
    return addresses


def wrong_guesses(passcode: str, count: int) -> list[str]:
    return [f"{(int(passcode) + step) % 10**8:08d}" for step in range(1, count + 1)]


def test_a_right_passcode_opens_one_session_however_often_it_is_sent_at_once(installation: Installation) -> None:
    """A1."""
    sessions = []
    for address in invited(installation, CODES):
        visitor = installation.visitor()
        page, passcode = ask_for_passcode(visitor, installation.relay, address)
        sessions.append(len(signed_in(submissions(installation, visitor, page, [passcode] * AT_ONCE))))
    assert sessions == [1] * CODES


def test_of_many_guesses_at_once_at_most_five_are_looked_at(installation: Installation) -> None:
    """A2. With one right guess among 64 and five looked at, seven of twelve getting in has a chance of 1 in 70,000."""
    wins = 0
    for address in invited(installation, 12):
        visitor = installation.visitor()
        page, passcode = ask_for_passcode(visitor, installation.relay, address)
        guesses = wrong_guesses(passcode, AT_ONCE - 1)
        guesses.insert(len(guesses) // 2, passcode)
        tried = submissions(installation, visitor, page, guesses)
        wins += len(signed_in(tried))
        told_tries_left = [page for _, page in tried if page.status == 422]
        assert len(told_tries_left) <= 4, "the fifth try is the last, and tells of none left"
    assert wins <= 6
    looked_at = Counter(json.loads(event["detail"])["passcode"] for event in audit(installation, "passcode.wrong"))
    assert max(looked_at.values()) == 5


def audit(installation: Installation, kind: str) -> list[dict[str, Any]]:
    exported = installation.web[0].command("audit", "export", TENANT, "--format", "json")
    assert exported.returncode == 0, exported.stderr
    return [event for event in json.loads(exported.stdout) if event["kind"] == kind]


def test_after_many_wrong_guesses_the_right_one_is_too_late(installation: Installation) -> None:
    (address,) = invited(installation, 1)
    visitor = installation.visitor()
    page, passcode = ask_for_passcode(visitor, installation.relay, address)
    assert signed_in(submissions(installation, visitor, page, wrong_guesses(passcode, AT_ONCE))) == []
    assert not visitor.submit(page, code=passcode).url.endswith("/guest")
    assert visitor.open("/access/check").status == 401


def test_of_many_invitations_at_once_one_gets_the_last_place(installation: Installation) -> None:
    """B14: for open invitations of a workspace, and for those of an owner in an hour."""
    teams = installation.teams()
    alice, chat = hired(teams, "Alice Archer")
    chat.say(alice, "invite " + " ".join(f"early{number}@fabrikam.example" for number in range(11)))
    say_at_once(chat, alice, [f"invite late{number}@fabrikam.example" for number in range(16)])
    installation.relay.mails.wait_for(lambda: len(mailed(installation, "late")) == 1)

    group = teams.group(alice)
    group.install(alice)
    group.say(alice, "invite hourly@fabrikam.example")
    say_at_once(group, alice, [f"invite second{number}@fabrikam.example" for number in range(16)])
    installation.relay.mails.wait_for(lambda: len(mailed(installation, "second")) == 1)

    other, own = hired(teams, "Bob Baker")
    (last,) = new_addresses(1)
    own.say(other, f"invite {last}")
    installation.relay.wait(last)  # written after all others, so nothing of theirs is on its way any more
    assert (len(mailed(installation, "late")), len(mailed(installation, "second"))) == (1, 1)


def say_at_once(chat: Any, person: Any, texts: Sequence[str]) -> None:
    turns = at_once([lambda text=text: chat.say(person, text) for text in texts])
    assert {turn.status for turn in turns} <= {200, 201, 202}


def mailed(installation: Installation, prefix: str) -> set[str]:
    return {mail.recipients[0] for mail in installation.relay.mails.entries if mail.recipients[0].startswith(prefix)}


def test_a_click_sent_ten_times_has_one_effect_and_one_answer(installation: Installation) -> None:
    """D4: the same activity ten times at once, and then the same click under ten new ids."""
    alice, chat = hired(installation.teams(), "Alice Archer")
    (address,) = new_addresses(1)
    chat.say(alice, f"invite {address}")
    installation.relay.wait(address)
    card = chat.card(address, "Sent")
    before = version(card.card)
    click = chat.click(alice, card, "invitation.extend")
    turns = at_once([lambda: chat.deliver(click) for _ in range(10)])
    answers = {turn.answer.text for turn in turns}
    assert len(answers) == 1
    once = answered_card(turns[0])
    assert str(once).count("Extended") == 1
    assert version(once) > before

    again = [click | {"id": f"{click['id']}{number}"} for number in range(10)]
    turns = at_once([lambda activity=activity: chat.deliver(activity) for activity in again])
    assert {version(answered_card(turn)) for turn in turns} == {version(once)}
    assert {str(answered_card(turn)).count("Extended") for turn in turns} == {1}


def version(card: dict[str, Any] | None) -> int:
    return actions(card)[0]["data"]["version"]


def test_a_message_delivered_ten_times_at_once_invites_once(installation: Installation) -> None:
    """C6: one mail, one card, one redemption."""
    alice, chat = hired(installation.teams(), "Alice Archer")
    (address,) = new_addresses(1)
    message = chat.message(alice, f"invite {address}")
    turns = at_once([lambda: chat.deliver(message) for _ in range(10)])
    assert {turn.status for turn in turns} <= {200, 201, 202}
    chat.card(address, "Sent")
    assert redeem(installation.visitor(), installation.relay, address).url.endswith("/guest")
    chat.card(address, "Redeemed")
    assert len(chat.cards(address)) == 1
    assert len(installation.relay.to(address)) == 2, "one invitation and one passcode"


def test_what_was_acknowledged_survives_a_kill_and_is_told_once(
    kind: str, building: Building, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """P1: the process that answered has no worker, and is killed as soon as it has answered."""
    with database(kind, tmp_path, request) as url, building(tmp_path) as installation:
        killed_twice(installation, url)


def killed_twice(installation: Installation, url: str) -> None:
    (door,) = installation.start(url, "web")
    alice, chat = hired(installation.teams(), "Alice Archer")
    assert chat.say(alice, f"invite {GWEN}").status in (200, 201, 202)
    door.kill()
    assert installation.relay.to(GWEN) == []

    door.role = "all"
    door.start()
    installation.relay.wait(GWEN)
    card = chat.card(GWEN, "Sent")
    chat.reply(chat.say(alice, "help"))  # meanwhile it was written down where the card stands
    door.kill()
    door.start()
    assert redeem(installation.visitor(), installation.relay, GWEN).url.endswith("/guest")
    assert chat.card(GWEN, "Redeemed") is card
    assert status(card.card) == "Redeemed"
    assert len(chat.cards(GWEN)) == 1
    assert len(installation.relay.to(GWEN)) == 2, "one invitation and one passcode"

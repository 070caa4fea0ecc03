"""The main journey as in production: signed activities, TLS, a relay that demands STARTTLS, one or more replicas."""

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.installation import Installation
from tests.journeys.people import ALICE, BOB, CHARLIE, GWEN, hired, redeem
from tests.servers.gatehouse import Gatehouse
from tests.servers.postgres import Postgres
from tests.servers.teams import TENANT, Colleague, actions, answered_card, status
from tests.servers.web import send

pytestmark = [pytest.mark.sockets, pytest.mark.browser]

LAYOUTS = {
    "sqlite": ("all",),
    "postgresql-two-replicas": ("all", "all"),
    "postgresql-web-and-worker": ("web", "web", "worker"),
}


@pytest.fixture(params=list(LAYOUTS))
def layout(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def gatehouses(layout: str, installation: Installation, request: pytest.FixtureRequest) -> list[Gatehouse]:
    if layout == "sqlite":
        url = f"sqlite:///{installation.folder / 'gatehouse.db'}"
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.url(postgres.create())
    return installation.start(url, *LAYOUTS[layout])


@pytest.fixture
def page(chromium: Browser) -> Page:
    context = chromium.new_context(ignore_https_errors=True, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.mark.usefixtures("gatehouses")
def test_a_guest_comes_in_and_goes_out_again(installation: Installation, page: Page) -> None:
    relay, cloud, proxy = installation.relay, installation.cloud, installation.proxy
    chat = installation.teams().personal(ALICE)
    chat.install(ALICE)

    assert chat.say(ALICE, f"invite {GWEN}").status in (200, 201, 202)
    mail = relay.wait(GWEN)
    assert mail.encrypted
    assert mail.recipients == (GWEN,)
    card = chat.card(GWEN, "Sent")

    # Each request may reach another replica: the passcode is asked for on the first, and entered on the last.
    replicas = list(proxy.replicas)
    proxy.replicas[:] = replicas[:1]
    page.goto(mail.link)
    assert mail.link.rpartition("/")[2] not in page.url
    page.click("form#next button")
    second = relay.wait(GWEN, 2)
    reference = re.search(r"\b[A-HJ-NP-Z2-9]{3}\b", str(second.message["Subject"]))
    assert reference is not None, second.message["Subject"]
    assert reference[0] in page.inner_text("main")
    chat.card(GWEN, "Passcode sent")

    proxy.replicas[:] = replicas[-1:]
    page.fill("input[name=code]", second.passcode)
    page.click("form#next button")
    page.wait_for_url("**/guest")
    assert "Alice Archer" not in page.inner_text("main") or GWEN in page.inner_text("main")

    redeemed = chat.card(GWEN, "Redeemed")
    assert redeemed is card, "the card was not edited in place"
    assert len(chat.cards(GWEN)) == 1
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    everywhere = [gatehouse.get("/access/check", {"Cookie": cookie}) for gatehouse in installation.web]
    assert [(answer.status, answer.header("Remote-User")) for answer in everywhere] == [(200, GWEN)] * len(everywhere)

    revoked = answered_card(chat.press(ALICE, card, "invitation.revoke"))
    assert status(revoked) == "Revoked"
    everywhere = [gatehouse.get("/access/check", {"Cookie": cookie}) for gatehouse in installation.web]
    assert [answer.status for answer in everywhere] == [401] * len(everywhere)
    answer = page.reload()
    assert answer is not None
    assert answer.status in (401, 403)
    assert chat.card(GWEN, "Revoked") is card
    assert len(installation.processes) > 1 or cloud.violations == []
    logged = "\n".join(line for process in installation.processes for line in process.log.entries)
    assert '"level": "error"' not in logged
    for secret in (second.passcode, mail.link.rpartition("/")[2], GWEN):
        assert secret not in logged
    assert {process.stop() for process in installation.processes} == {0}


@pytest.mark.usefixtures("gatehouses")
@pytest.mark.parametrize("layout", ["sqlite"])
def test_activities_without_a_good_token_are_refused(installation: Installation) -> None:
    teams = installation.teams()
    chat = teams.personal(ALICE)
    chat.install(ALICE)
    bad = {
        "no token": "",
        "no end (C2)": installation.cloud.token(exp=None),
        "over": installation.cloud.token(exp=1_700_000_000, nbf=1_600_000_000),
        "for another bot": installation.cloud.token(aud="6d1f0a34-0000-4b39-9a0c-2f4f8f2b7c55"),
        "from somebody else (C4)": installation.cloud.token(iss="https://sts.windows.net/x/"),
        "for another service (C3)": installation.cloud.token(serviceurl="https://smba.trafficmanager.net/emea/"),
        "with a broken signature": installation.cloud.token()[:-8] + "AAAAAAAA",
    }
    told = {why: teams.send(chat.message(ALICE, f"invite {GWEN}"), token=token).status for why, token in bad.items()}
    assert set(told.values()) <= {401, 403}, told
    assert chat.say(ALICE, "help").status in (200, 201, 202)
    assert installation.relay.to(GWEN) == []


@pytest.mark.usefixtures("gatehouses")
@pytest.mark.parametrize("layout", ["sqlite"])
def test_a_newly_published_key_is_accepted_within_a_minute(installation: Installation) -> None:
    """C7: keys are fetched at most once a minute, so the new key may be refused for so long and no longer."""
    teams = installation.teams()
    chat = teams.personal(ALICE)
    chat.install(ALICE)
    installation.cloud.rotate()
    asked = installation.cloud.key_requests
    statuses = [teams.send(chat.message(ALICE, "help")).status for _ in range(5)]
    assert set(statuses) <= {200, 201, 202, 401, 403}
    assert installation.cloud.key_requests <= asked + 1


@pytest.mark.usefixtures("gatehouses")
@pytest.mark.parametrize("layout", ["sqlite"])
def test_another_tenant_has_no_effect_and_sees_nothing(installation: Installation) -> None:
    """C5: a tenant that is not served, and tenant ids that contradict each other."""
    teams = installation.teams()
    stranger = Colleague("Mallory Moss", tenant_id="99999999-8f1b-4c3a-9d57-0a4f6f3c2b11")
    foreign = teams.personal(stranger)
    assert foreign.say(stranger, f"invite {GWEN}").status == 403
    chat = teams.personal(ALICE)
    torn = chat.message(ALICE, f"invite {GWEN}")
    torn["channelData"]["tenant"]["id"] = stranger.tenant_id
    assert teams.send(torn).status == 403
    chat.install(ALICE)
    chat.reply(chat.say(ALICE, "guests"))
    assert installation.relay.to(GWEN) == []


@pytest.mark.usefixtures("gatehouses")
@pytest.mark.parametrize("layout", ["sqlite"])
def test_in_a_channel_only_owners_act_and_the_address_is_masked(installation: Installation) -> None:
    teams = installation.teams()
    chat = teams.channel(ALICE, BOB, CHARLIE)
    chat.install(ALICE)
    turn = chat.say(ALICE, f"invite {GWEN}")
    card = chat.card("gw***@fabrikam.example", "Sent")
    assert GWEN not in str(card.card)
    assert turn.activity["conversation"]["id"] == card.conversation, "the card stands in another thread"

    refused = chat.say(BOB, "invite hugo@fabrikam.example")
    assert "Alice Archer" in chat.reply(refused).body.__str__()
    clicked = chat.press(BOB, card, "invitation.revoke")
    assert clicked.status == 200
    assert "Alice Archer" in clicked.answer.text
    assert installation.relay.to("hugo@fabrikam.example") == []
    assert status(card.card) == "Sent"

    assert card.card["refresh"]["userIds"] == [ALICE.channel_id]
    owners = answered_card(chat.look(ALICE, card, "de-DE"))
    assert (GWEN in str(owners), owners["lang"], len(actions(owners)) > 4) == (True, "de", True)
    members = answered_card(chat.look(BOB, card))
    assert (GWEN in str(members), members["lang"], actions(members)) == (False, "en", [])
    assert GWEN in str(answered_card(chat.press(ALICE, card, "invitation.revoke")))
    revoked = chat.card("gw***@fabrikam.example", "Revoked")
    assert revoked is card
    assert GWEN not in str(card.card)


@pytest.mark.usefixtures("gatehouses")
@pytest.mark.parametrize("layout", ["sqlite"])
def test_a_refused_mail_turns_the_card_to_undeliverable_and_a_correction_mends_it(installation: Installation) -> None:
    relay = installation.relay
    alice, chat = hired(installation.teams(), "Alice Archer")
    relay.refuse("gwenn@fabrikam.example", "550 5.1.1 no such mailbox here")
    chat.say(alice, "invite gwenn@fabrikam.example")
    card = chat.card("gwenn@fabrikam.example", "Undeliverable")
    assert "no such mailbox here" in str(card.card)

    answered_card(chat.press(alice, card, "invitation.correct", address=GWEN))
    relay.wait(GWEN)
    assert chat.card(GWEN, "Sent") is card
    assert redeem(installation.visitor(), relay, GWEN).url.endswith("/guest")
    assert chat.card(GWEN, "Redeemed") is card


@pytest.mark.usefixtures("gatehouses")
@pytest.mark.parametrize("layout", ["sqlite"])
def test_what_was_revoked_while_the_relay_was_slow_is_not_mailed(installation: Installation) -> None:
    """H10: asked once more right before the mail is handed over."""
    relay = installation.relay
    alice, chat = hired(installation.teams(), "Alice Archer")
    relay.hold()
    chat.say(alice, f"invite {GWEN}")
    relay.asked.wait(lambda address: address == GWEN)
    chat.reply(chat.say(alice, f"revoke {GWEN}"))
    relay.release()
    chat.card(GWEN, "Revoked")
    chat.say(alice, "invite hugo@fabrikam.example")
    relay.wait("hugo@fabrikam.example")
    assert relay.to(GWEN) == []


@pytest.mark.usefixtures("gatehouses")
@pytest.mark.parametrize("layout", ["sqlite"])
def test_a_mail_scanner_that_fetches_the_link_changes_nothing(installation: Installation) -> None:
    """B1: opened it may be, by whoever; no mail goes out for it, and the guest redeems as if nobody had been there."""
    relay = installation.relay
    alice, chat = hired(installation.teams(), "Alice Archer")
    chat.say(alice, f"invite {GWEN}")
    link = relay.wait(GWEN).link
    card = chat.card(GWEN, "Sent")
    for method in ("HEAD", "OPTIONS"):
        assert send(method, link, tls=installation.proxy.trust).status < 500
    assert status(card.card) == "Sent"
    for agent in ("Microsoft-Office-URL-Scanner", "Barracuda", "curl/8"):
        scanner = installation.visitor()
        assert scanner.open(link).status == 200
        assert send("GET", link, headers={"User-Agent": agent}, tls=installation.proxy.trust).status == 303
    chat.card(GWEN, "Link opened")

    chat.say(alice, "invite hugo@fabrikam.example")
    relay.wait("hugo@fabrikam.example")  # written after all that a scanner could have caused
    assert len(relay.to(GWEN)) == 1
    assert redeem(installation.visitor(), relay, GWEN).url.endswith("/guest")
    assert len(relay.to(GWEN)) == 2


def test_two_tenants_know_nothing_of_each_other(installation: Installation) -> None:
    """C5, D1: with a button's data of the other tenant, and with its addresses."""
    other = "99999999-8f1b-4c3a-9d57-0a4f6f3c2b11"
    database_url = f"sqlite:///{installation.folder / 'gatehouse.db'}"
    installation.start(database_url, GATEHOUSE_TENANTS=f"{TENANT},{other}")
    alice, chat = hired(installation.teams(), "Alice Archer")
    mallory = Colleague("Mallory Moss", tenant_id=other)
    foreign = installation.teams().personal(mallory)
    foreign.install(mallory)
    chat.say(alice, f"invite {GWEN}")
    card = chat.card(GWEN, "Sent")

    for verb in ("invitation.revoke", "invitation.extend", "invitation.resend", "invitation.correct"):
        click = chat.click(alice, card, verb, address="mallory@evil.example")
        forged = foreign.activity(mallory, "invoke", name=click["name"], value=click["value"], replyToId="1")
        turn = foreign.deliver(forged)
        assert turn.status == 200
        assert "fabrikam" not in turn.answer.text
    for command in ("status", "revoke", "resend", "remove", "extend"):
        foreign.reply(foreign.say(mallory, f"{command} {GWEN}"))
    told = foreign.reply(foreign.say(mallory, "guests"), lambda message: message.card is not None)
    assert GWEN not in str(told.card)
    assert status(card.card) == "Sent"
    assert redeem(installation.visitor(), installation.relay, GWEN).url.endswith("/guest")
    assert installation.relay.to("mallory@evil.example") == []


def test_a_guest_of_two_tenants_comes_back_with_one_passcode_and_chooses(installation: Installation) -> None:
    other = "99999999-8f1b-4c3a-9d57-0a4f6f3c2b11"
    database_url = f"sqlite:///{installation.folder / 'gatehouse.db'}"
    installation.start(database_url, GATEHOUSE_TENANTS=f"{TENANT},{other}")
    relay, teams = installation.relay, installation.teams()
    for host in (ALICE, Colleague("Mallory Moss", tenant_id=other)):
        chat = teams.channel(host)
        chat.install(host)
        seen = len(relay.to(GWEN))
        chat.say(host, f"invite {GWEN}")
        relay.wait(GWEN, seen + 1)
        assert redeem(installation.visitor(), relay, GWEN).url.endswith("/guest")

    visitor, seen = installation.visitor(), len(relay.to(GWEN))
    stranger = installation.visitor()
    unknown = stranger.submit(stranger.open("/"), email="nobody@fabrikam.example")
    page = visitor.submit(visitor.open("/"), email=GWEN.upper())
    assert (unknown.status, unknown.form().fields.keys()) == (page.status, page.form().fields.keys())
    page = visitor.submit(page, code=relay.wait(GWEN, seen + 1).passcode)
    assert visitor.open("/access/check").status == 401, "nobody is in before having chosen"
    page = visitor.submit(page, tenant=other)
    assert page.url.endswith("/guest")
    access = visitor.open("/access/check").answer
    assert (access.status, access.header("Remote-User")) == (200, GWEN)
    assert len(access.header("Remote-Groups").split(",")) == 1, "a session belongs to one tenant"
    assert relay.to("nobody@fabrikam.example") == []

"""Who takes part in the journeys, and what they do again and again."""

from tests.servers.guest import Page, Visitor
from tests.servers.relay import Relay
from tests.servers.teams import Chat, Colleague, Teams

ALICE = Colleague("Alice Archer")
BOB = Colleague("Bob Baker")
CHARLIE = Colleague("Charlie Cook")
GWEN = "gwen@fabrikam.example"


def hired(teams: Teams, name: str) -> tuple[Colleague, Chat]:
    """A new colleague with the bot installed in a personal chat."""
    person = Colleague(name)
    chat = teams.personal(person)
    assert chat.install(person).status in (200, 201, 202)
    return person, chat


def ask_for_passcode(visitor: Visitor, relay: Relay, address: str) -> tuple[Page, str]:
    """Opens the link of the newest mail, clicks "Send me a code", reads the next one. Gives the page and the code."""
    number = len(relay.to(address)) + 1
    page = visitor.submit(visitor.open(relay.to(address)[-1].link))
    assert page.status == 200, page.text
    return page, relay.wait(address, number).passcode


def redeem(visitor: Visitor, relay: Relay, address: str) -> Page:
    """The whole way from the mail to the guest page."""
    page, passcode = ask_for_passcode(visitor, relay, address)
    return visitor.submit(page, code=passcode)

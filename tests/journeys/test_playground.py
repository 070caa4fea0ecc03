"""The first ten minutes of a stranger: the chat in the Agents Playground, the mailbox, the pages, all in Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.tryout import ChatWindow, TryOut, parsed, tried_out

pytestmark = [pytest.mark.sockets, pytest.mark.browser]

TENANT = "5b0f1a52-6c0e-4f0b-9d2c-7f6f3a1e4c10"
"""The Playground's."""
GROUP, CHANNEL = "Harbour group", "Lighthouse - General"


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TryOut]:
    with tried_out(tmp_path_factory.mktemp("try-out")) as tried:
        yield tried


@pytest.fixture
def chat(chromium: Browser, tried: TryOut) -> Iterator[ChatWindow]:
    window = ChatWindow(chromium, tried)
    yield window
    window.page.close()


@pytest.fixture
def guest(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(locale="en-GB")
    yield context
    context.close()


def test_opening_a_chat_installs_the_bot_which_says_what_it_can_do(chat: ChatWindow) -> None:
    chat.go(GROUP)
    chat.told("I let guests into (this group chat|Harbour group)")


def test_invited_redeemed_and_revoked_while_the_guest_looks_on(
    chat: ChatWindow, guest: BrowserContext, tried: TryOut
) -> None:
    gwen = "gwen@fabrikam.example"
    chat.say(f"invite {gwen}")
    card = chat.card(gwen, "Sent")
    message = card.element_handle()

    mailbox = guest.new_page()
    mailbox.goto(f"{tried.site}/dev/mailbox")
    expect(mailbox.get_by_text(gwen).first).to_be_visible()
    page = guest.new_page()
    page.goto(parsed(tried.mails(gwen)[0]).link)
    expect(page.locator("main")).to_contain_text("Alice Archer")
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_selector("input[name=code]")
    chat.card(gwen, "Passcode sent")

    page.fill("input[name=code]", parsed(tried.mails(gwen)[1]).passcode)
    page.locator("form#next button").click()
    page.wait_for_url("**/guest")
    expect(page.locator("body")).to_contain_text(gwen)

    chat.card(gwen, "Redeemed")
    assert chat.cards(gwen).count() == 1
    assert message.evaluate("element => element.isConnected"), "the card was not turned in place"

    chat.press(card, "Revoke", "Yes, revoke")
    chat.card(gwen, "Revoked")
    answer = page.reload()
    assert answer is not None
    assert answer.status in (401, 403)
    assert len(tried.mails(gwen)) == 2


def test_in_a_channel_a_mention_invites_and_the_address_is_masked(chat: ChatWindow, tried: TryOut) -> None:
    chat.go(CHANNEL)
    chat.mention("invite hugo@fabrikam.example")
    chat.card("hu***@fabrikam.example", "Sent")
    assert chat.cards("hugo@fabrikam.example").count() == 0
    assert len(tried.mails("hugo@fabrikam.example")) == 1


@pytest.fixture
def preview(tried: TryOut) -> Iterator[None]:
    """The rollout stands at preview, and the tenant has no setting of its own; both as usual afterwards."""
    rollout(tried, "preview")
    yield
    rollout(tried, "ga")
    tenant(tried, "default")


def rollout(tried: TryOut, stage: str) -> None:
    done = tried.gatehouse.command("features", "set", "email_passcode", "--surface", "chat", "--stage", stage)
    assert done.returncode == 0, done.stdout + done.stderr


def tenant(tried: TryOut, setting: str) -> None:
    done = tried.gatehouse.command("features", "tenant", TENANT, "email_passcode", setting)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("preview")
def test_an_admin_turns_the_preview_on_and_off_and_the_flow_follows(
    chat: ChatWindow, guest: BrowserContext, tried: TryOut
) -> None:
    ida = "ida@fabrikam.example"
    chat.say(f"invite {ida}")
    chat.told("could not sign in")
    assert tried.mails(ida) == []

    set_in_chat(chat, "preview on", "enabled")
    chat.say(f"invite {ida}")
    card = chat.card(ida, "Sent")
    expect(card).to_contain_text("Preview")
    page = guest.new_page()
    page.goto(parsed(tried.mails(ida)[0]).link)
    expect(page.locator("main")).to_contain_text("Preview")

    set_in_chat(chat, "preview off", "default")
    refused(page)
    tenant(tried, "enabled")
    welcome(page)
    tenant(tried, "disabled")
    refused(page)
    set_in_chat(chat, "settings", "disabled")
    set_in_chat(chat, "preview on", "enabled")
    welcome(page)


def set_in_chat(chat: ChatWindow, command: str, setting: str) -> None:
    """The answer is the settings card, which says what is set now."""
    chat.say(command)
    newest = chat.page.locator(".ac-adaptiveCard").filter(has_text="Your setting").last
    expect(newest).to_contain_text(f"Your setting: {setting}")


def refused(page: Page) -> None:
    """The next request says whom to ask, and offers no passcode."""
    page.reload()
    expect(page.get_by_role("button", name="Send me a code")).to_have_count(0)
    expect(page.locator("body")).to_contain_text("Alice Archer")


def welcome(page: Page) -> None:
    page.reload()
    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()


def test_the_form_takes_a_name_and_a_message_to_the_mail(chat: ChatWindow, tried: TryOut) -> None:
    nora = "nora@fabrikam.example"
    chat.say("invite")
    form = chat.page.locator(".ac-adaptiveCard").filter(has_text="Open the form").last
    form.get_by_label("E-mail addresses").fill(nora)
    form.get_by_role("button", name="More", exact=True).click()
    form.get_by_label("The guest's name").fill("Nora Novak")
    form.get_by_label("Personal message").fill("Welcome aboard!")
    form.get_by_role("button", name="Invite", exact=True).last.click()
    chat.card(nora, "Sent")
    (mail,) = tried.mails(nora)
    assert "Hello Nora Novak," in mail["text"]
    assert "Alice Archer writes:\n\n> Welcome aboard!" in mail["text"].replace("\r\n", "\n")


def extension(chat: ChatWindow, kind: str) -> None:
    chat.page.get_by_role("button", name="Trigger Message Extension App").click()
    chat.page.get_by_text(kind).click()


def test_the_action_of_the_message_extension_invites_from_a_dialog(chat: ChatWindow, tried: TryOut) -> None:
    olga = "olga@fabrikam.example"
    chat.say("help")
    chat.told("What I can do")
    extension(chat, "Action Command")
    chat.page.get_by_placeholder("Input command id").fill("inviteFromMessage")
    chat.page.get_by_role("button", name="Create").click()
    dialog = chat.page.get_by_role("dialog")
    dialog.get_by_label("E-mail addresses").fill(olga)
    dialog.get_by_label("Personal message").fill("See www.evil.example")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(dialog).to_contain_text("This looks like a link")
    expect(dialog.get_by_label("E-mail addresses")).to_have_value(olga)
    assert tried.mails(olga) == []
    dialog.get_by_label("Personal message").fill("See you!")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    chat.card(olga, "Sent")
    assert "> See you!" in tried.mails(olga)[0]["text"]


def test_the_search_of_the_message_extension_finds_a_guest(chat: ChatWindow) -> None:
    paul = "paul@fabrikam.example"
    chat.say(f"invite {paul}")
    chat.card(paul, "Sent")
    extension(chat, "Search Command")
    chat.page.get_by_role("button", name="Specify Command ID or Parameter").click()
    chat.page.get_by_placeholder("Command ID").fill("findGuest")
    chat.page.get_by_placeholder("Parameter name").fill("guest")
    chat.page.get_by_placeholder("Enter a search term").fill("pau")
    found = chat.page.get_by_text("Sent · this chat")
    expect(found).to_be_visible()

"""Pictures for the README: chat, mails and each page, on a desktop and on a phone.

Run by hand: `python -m tests.journeys.pictures` writes docs/images/*.png.
"""

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pyotp import TOTP

from tests.browser import chromium_path
from tests.journeys.tryout import ChatWindow, TryOut, parsed, tried_out

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
GWEN, NINA, MASKED = "gwen@fabrikam.example", "nina@fabrikam.example", "ni***@fabrikam.example"
HUGO, IDA, KIM = "hugo@fabrikam.example", "ida@fabrikam.example", "kim@fabrikam.example"
CHANNEL = "Lighthouse - General"
TENANT = "5b0f1a52-6c0e-4f0b-9d2c-7f6f3a1e4c10"
WRONG = "00000000"


class Studio:
    """A guest's browser, and a chat window beside it."""

    def __init__(self, browser: Browser, tried: TryOut) -> None:
        self.browser, self.tried = browser, tried
        self.chat = ChatWindow(browser, tried)
        self.chat.page.mouse.click(1248, 64)  # closes the log panel, whose button has no name
        self.guest = self.context("light")

    def context(self, scheme: str) -> BrowserContext:
        return self.browser.new_context(locale="en-GB", color_scheme=scheme, device_scale_factor=1.5)

    def link(self, address: str) -> str:
        return parsed(self.tried.mails(address)[-1]).link

    def go_in(self, address: str, page: Page) -> None:
        """From the code's page to the guest page, with the code of the newest mail."""
        page.fill("input[name=code]", parsed(self.tried.mails(address)[-1]).passcode)
        page.locator("form#next button").click()
        page.wait_for_url("**/guest")

    def chat_picture(self, name: str) -> None:
        self.chat.page.mouse.move(5, 5)
        self.chat.page.screenshot(path=IMAGES / f"{name}.png")


def shoot(page: Page, name: str) -> None:
    """The page as it stands, in both sizes; on a phone in full length."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=IMAGES / f"{name}-{size}.png", full_page=size == "phone")


def mail(studio: Studio, address: str, name: str) -> None:
    page = studio.guest.new_page()
    page.set_content(studio.tried.mails(address)[-1]["html"])
    shoot(page, name)
    page.close()


def personal_chat(studio: Studio) -> None:
    chat = studio.chat
    chat.say(f"invite {GWEN}")
    chat.card(GWEN, "Sent")
    studio.chat_picture("chat-sent")
    page = studio.guest.new_page()
    page.goto(studio.link(GWEN))
    page.locator("form#next button").click()
    chat.card(GWEN, "Passcode sent")
    studio.go_in(GWEN, page)
    chat.card(GWEN, "Redeemed")
    studio.chat_picture("chat-redeemed")
    page.close()
    studio.guest.clear_cookies()


def main_way(studio: Studio) -> None:
    """Invitation, code, guest page: as for anybody who is invited into a channel."""
    chat = studio.chat
    chat.go(CHANNEL)
    chat.mention(f"invite {NINA}")
    chat.card(MASKED, "Sent")
    mail(studio, NINA, "mail-invitation")
    page = studio.guest.new_page()
    page.goto(studio.link(NINA))
    shoot(page, "invitation")
    page.locator("form#next button").click()
    page.wait_for_selector("input[name=code]")
    shoot(page, "passcode")
    page.fill("input[name=code]", WRONG)
    page.locator("form#next button").click()
    page.wait_for_selector("#problem")
    shoot(page, "passcode-wrong")
    chat.card(MASKED, "Passcode sent")
    mail(studio, NINA, "mail-passcode")
    unwanted(studio)
    studio.go_in(NINA, page)
    shoot(page, "guest")
    chat.card(MASKED, "Redeemed")
    studio.chat_picture("chat-channel")
    ways_out(studio, page)


def ways_out(studio: Studio, page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Leave")).first.click()
    page.wait_for_url("**/guest/leave**")
    shoot(page, "leave")
    page.goto(f"{studio.tried.site}/guest")
    page.locator("form#sign-out button").click()
    page.wait_for_selector("text=signed out")
    shoot(page, "signed-out")
    page.close()


def unwanted(studio: Studio) -> None:
    """What somebody sees who got a code without asking."""
    found = re.search(r"https?://\S+", parsed(studio.tried.mails(NINA)[-1]).part("plain"))
    assert found is not None
    page = studio.guest.new_page()
    page.goto(found[0])
    shoot(page, "withdraw")
    page.close()


def refusals(studio: Studio) -> None:
    """Returning guests, and what a link or a code can come to."""
    chat, tried = studio.chat, studio.tried
    page = studio.guest.new_page()
    page.goto(tried.site)
    shoot(page, "returning")
    page.goto(f"{tried.site}/i/{'x' * 43}")
    shoot(page, "unknown-link")
    chat.go("Personal Chat")
    chat.say(f"invite {HUGO}, {IDA}")
    chat.card(HUGO, "Sent")
    chat.card(IDA, "Sent")
    tried.gatehouse.command("features", "tenant", TENANT, "email_passcode", "disabled")
    page.goto(studio.link(HUGO))
    shoot(page, "switched-off")
    tried.gatehouse.command("features", "tenant", TENANT, "email_passcode", "default")
    spent(studio, page)
    chat.press(chat.card(HUGO, "Passcode sent"), "Revoke", "Yes, revoke")
    chat.card(HUGO, "Revoked")
    page.goto(studio.link(HUGO) if len(tried.mails(HUGO)) == 1 else parsed(tried.mails(HUGO)[0]).link)
    shoot(page, "revoked-link")
    page.goto(studio.link(IDA))
    page.locator("details summary").click()
    page.locator("form#decline button").click()
    page.wait_for_load_state()
    shoot(page, "declined")
    page.goto(f"{tried.site}/dev/mailbox")
    shoot(page, "mailbox")
    chat.say("settings")
    chat.told("Your setting")
    studio.chat_picture("chat-settings")


def spent(studio: Studio, page: Page) -> None:
    page.goto(studio.link(HUGO))
    page.locator("form#next button").click()
    for _ in range(5):
        page.wait_for_selector("input[name=code]")
        page.fill("input[name=code]", WRONG)
        page.locator("form#next button").click()
        page.wait_for_load_state()
    shoot(page, "passcode-spent")


def policies(studio: Studio, folder: Path) -> None:
    """What a tenant may demand: explained in the chat, and met in the browser."""
    chat, command = studio.chat, studio.tried.gatehouse.command
    (folder / "terms.txt").write_text("Be kind.\n\nKeep what you read here to yourself.\n")
    command("terms", "publish", TENANT, str(folder / "terms.txt"), "--language", "en")
    command("policies", "privacy", TENANT, "https://contoso.example/privacy")
    command("policies", "add", TENANT, "Second factor", "--method", "email_passcode", "--mfa")
    chat.say("links add Team wiki https://wiki.contoso.example/")
    chat.told("wiki.contoso.example")
    chat.say(f"explain {KIM}")
    chat.told("Second factor")
    studio.chat_picture("chat-explain")
    chat.say("methods")
    chat.told("Sign-in methods")
    studio.chat_picture("chat-methods")
    chat.say(f"invite {KIM}")
    chat.card(KIM, "Sent")
    page = studio.guest.new_page()
    page.goto(studio.link(KIM))
    page.locator("form#next button").click()
    chat.card(KIM, "Passcode sent")
    page.fill("input[name=code]", parsed(studio.tried.mails(KIM)[-1]).passcode)
    page.locator("form#next button").click()
    steps(page)


def steps(page: Page) -> None:
    """From the passcode to the workspace, where everything is demanded."""
    page.wait_for_url("**/second-factor")
    shoot(page, "second-factor")
    page.locator("form#next button").click()
    page.wait_for_selector(".key")
    shoot(page, "authenticator")
    page.fill("input[name=code]", TOTP(page.inner_text(".key").replace(" ", "")).now())
    page.locator("form#next button").click()
    page.wait_for_selector(".codes")
    shoot(page, "recovery-codes")
    page.locator("form#next button").click()
    page.wait_for_url("**/consent")
    shoot(page, "consent")
    page.locator("form#next button").click()
    page.wait_for_url("**/guest")
    shoot(page, "applications")
    page.close()


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, tried_out(Path(folder)) as tried, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        studio = Studio(browser, tried)
        personal_chat(studio)
        main_way(studio)
        refusals(studio)
        policies(studio, Path(folder))
        dark = studio.context("dark").new_page()
        dark.goto(tried.site)
        shoot(dark, "returning-dark")
        browser.close()


if __name__ == "__main__":
    main()

"""Pictures for the README: chat, mailbox, mail and each page, on a desktop and on a phone.

Run by hand: `python -m tests.journeys.pictures` writes docs/images/*.png.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import chromium_path
from tests.journeys.tryout import ChatWindow, TryOut, parsed, tried_out

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
GWEN = "gwen@fabrikam.example"


def shoot(page: Page, name: str) -> None:
    """The page as it stands, in both sizes."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=IMAGES / f"{name}-{size}.png", full_page=size == "phone")


def mail_pictures(context: BrowserContext, tried: TryOut, number: int, name: str) -> None:
    page = context.new_page()
    page.set_content(tried.mails(GWEN)[number]["html"])
    shoot(page, name)
    page.close()


def guest_pictures(context: BrowserContext, tried: TryOut, chat: ChatWindow) -> None:
    page = context.new_page()
    page.goto(parsed(tried.mails(GWEN)[0]).link)
    shoot(page, "invitation")
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_selector("input[name=code]")
    shoot(page, "passcode")
    page.fill("input[name=code]", "00000000")
    page.locator("form#next [type=submit]").click()
    page.wait_for_selector("input[name=code]")
    shoot(page, "passcode-wrong")
    chat.card(GWEN, "Passcode sent")
    mail_pictures(context, tried, 1, "mail-passcode")
    page.fill("input[name=code]", parsed(tried.mails(GWEN)[1]).passcode)
    page.locator("form#next [type=submit]").click()
    page.wait_for_url("**/guest")
    shoot(page, "guest")


def other_pages(context: BrowserContext, tried: TryOut, chat: ChatWindow) -> None:
    """Returning guests, a link that is unknown, and one that was revoked."""
    page = context.new_page()
    page.goto(tried.site)
    shoot(page, "returning")
    page.goto(f"{tried.site}/i/{'x' * 43}")
    shoot(page, "unknown-link")
    chat.say("invite hugo@fabrikam.example")
    card = chat.card("hugo@fabrikam.example", "Sent")
    chat.press(card, "Revoke", "Yes, revoke")
    chat.card("hugo@fabrikam.example", "Revoked")
    page.goto(parsed(tried.mails("hugo@fabrikam.example")[0]).link)
    shoot(page, "revoked-link")
    page.goto(f"{tried.site}/dev/mailbox")
    shoot(page, "mailbox")


def chat_picture(chat: ChatWindow, name: str, status: str) -> None:
    chat.card(GWEN, status).scroll_into_view_if_needed()
    chat.page.mouse.move(5, 5)
    chat.page.screenshot(path=IMAGES / f"{name}.png")


def take(browser: Browser, tried: TryOut) -> None:
    chat = ChatWindow(browser, tried)
    chat.say(f"invite {GWEN}")
    chat_picture(chat, "chat-sent", "Sent")
    for scheme in ("light", "dark"):
        context = browser.new_context(locale="en-GB", color_scheme=scheme, device_scale_factor=1.5)
        if scheme == "dark":
            page = context.new_page()
            page.goto(tried.site)
            shoot(page, "returning-dark")
            continue
        mail_pictures(context, tried, 0, "mail-invitation")
        guest_pictures(context, tried, chat)
        chat_picture(chat, "chat-redeemed", "Redeemed")
        other_pages(context, tried, chat)
    chat.say("settings")
    chat.told("Settings")
    chat.page.screenshot(path=IMAGES / "chat-settings.png")


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, tried_out(Path(folder)) as tried, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        take(browser, tried)
        browser.close()


if __name__ == "__main__":
    main()

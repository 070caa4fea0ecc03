"""`python -m tests.cards.pictures`: every card of the gallery on three sheets, for docs/images."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import chromium_path
from tests.cards.gallery import everything
from tests.cards.test_rendering import draw

FOLDER = Path(__file__).parents[2] / "docs" / "images"
SHEETS = {
    "inviting": ("approval", "asked", "bulk", "confirm", "explain", "form", "found", "request", "summary"),
    "guests": ("certificate", "eras", "invitation", "list", "reset", "review", "sign-ins", "sponsor", "warning"),
}
"""By the first word of a card's name; all others are for admins."""
COLUMNS = "body { columns: 4; column-gap: 12px } article { break-inside: avoid }"


def sheet_of(name: str) -> str:
    return next((sheet for sheet, begins in SHEETS.items() if name.startswith(begins)), "admins")


def main() -> None:
    sheets: dict[str, dict[str, object]] = {}
    for name, card in everything().items():
        sheets.setdefault(sheet_of(name), {})[name] = card
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        page = browser.new_page()
        for sheet, cards in sheets.items():
            draw(page, cards, 1500)
            page.add_style_tag(content=COLUMNS)
            page.screenshot(path=FOLDER / f"cards-{sheet}.jpg", type="jpeg", quality=60, full_page=True)
        browser.close()


if __name__ == "__main__":
    main()

"""A world's days, counted from the first, and what people have in their mailboxes and chats."""

from typing import Any

from domain.views import Place, SignedIn, Status
from tests.domain.world import CHAT, GWEN, START, World


class Diary:
    """The world by its days."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def day(self) -> int:
        return (self.world.clock.now - START).days

    async def until(self, day: int) -> None:
        assert day > self.day
        await self.world.live(day - self.day)

    def mails(self, kind: type[Any], to: str = GWEN) -> int:
        return len(self.world.mails(kind, to))

    def cards(self, kind: type[Any], of: Place = CHAT) -> list[Any]:
        """What somebody has in the own chat with the bot, oldest first."""
        alone = of.conversation_id.partition(";")[0]
        posts = [each for each in self.world.chat.values() if isinstance(each.view, kind)]
        return [each.view for each in posts if each.conversation_id == alone]

    async def status(self, address: str = GWEN) -> Status:
        return (await self.world.card(address)).status


async def returns(world: World, address: str = GWEN) -> Any:
    """The guest comes back by the address alone."""
    browser = world.browser()
    await browser.asks_by_address(address)
    await world.deliver()
    entered = await browser.types(world.passcode(address))
    assert isinstance(entered, SignedIn)
    return browser

"""The chat, while its SDK is still being imported: that takes a quarter of the start, and no page needs it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

Messages = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Chat:
    """Stands for the chat door and for what posts cards: whoever needs them waits until they are there. On a loop."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._messages: asyncio.Future[Messages] = loop.create_future()
        self._poster: asyncio.Future[Any] = loop.create_future()

    def opened(self, poster: Any) -> None:
        self._poster.set_result(poster)

    def answers(self, messages: Messages) -> None:
        self._messages.set_result(messages)

    def given_up(self) -> None:
        """Nobody need wait any longer: the process ends."""
        self._messages.cancel()
        self._poster.cancel()

    async def messages(self, request: web.Request) -> web.StreamResponse:
        return await (await asyncio.shield(self._messages))(request)

    async def open(self, service_url: str, bot_id: str, tenant_id: str, member_id: str) -> Any:
        return await (await asyncio.shield(self._poster)).open(service_url, bot_id, tenant_id, member_id)

    async def post(self, service_url: str, conversation_id: str, activity: Mapping[str, Any]) -> Any:
        return await (await asyncio.shield(self._poster)).post(service_url, conversation_id, activity)

    async def put(self, service_url: str, conversation_id: str, activity_id: str, activity: Mapping[str, Any]) -> Any:
        return await (await asyncio.shield(self._poster)).put(service_url, conversation_id, activity_id, activity)

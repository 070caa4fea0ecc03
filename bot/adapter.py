"""Adapter: botbuilder's CloudAdapter, with the way an invoke is answered set right.

Turns run through botbuilder's own `process_activity` (middleware, `send_activities`). Ours is what leaves the turn as
its HTTP answer, because version 4.17.1 serialises an invoke's body twice and fails on it, and one step of the context
that left each turn to the garbage collector. The base class is the CloudAdapter of botbuilder-core: the one of
botbuilder-integration-aiohttp only adds the HTTP side, which bot/door.py replaces, and costs 80 ms at every start.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, cast

from bot.activities import as_json
from bot.authentication import Authentication
from bot.sdk import (
    Activity,
    ActivityTypes,
    AuthenticateRequestResult,
    CloudAdapterBase,
    DeliveryModes,
    InvokeResponse,
    TurnContext,
)

Logic = Callable[[TurnContext], Awaitable[None]]


class Context(TurnContext):
    """botbuilder's, without the closure that refers to itself: with each card sent, 40 KiB would lie about until the
    garbage collector comes."""

    async def _emit(self, plugins: list[Any], arg: Any, logic: Awaitable[Any]) -> Any:
        whole = cast(Any, super()._emit)  # pyright: ignore[reportUnknownMemberType]
        return await (whole(plugins, arg, logic) if plugins else logic)


class Adapter(CloudAdapterBase):
    """`bot_framework_authentication` is bot.authentication.Authentication."""

    def __init__(self, authentication: Authentication) -> None:
        super().__init__(authentication)
        self.authentication = authentication

    async def turn(self, permit: AuthenticateRequestResult, activity: Activity, logic: Logic) -> InvokeResponse | None:
        """One turn for a caller who was let in. The answer's body is a dict or JSON text; None: nothing but 200."""
        return await cast(Any, self).process_activity(permit, activity, logic)

    def _create_turn_context(self, *made_of: Any) -> TurnContext:  # pyright: ignore[reportIncompatibleMethodOverride]
        made = super()._create_turn_context(*made_of)  # pyright: ignore[reportUnknownMemberType]
        context = Context(made)
        context.turn_state.update(made.turn_state)
        return context

    def _process_turn_results(self, context: TurnContext) -> InvokeResponse | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        activity: Any = context.activity
        if activity.delivery_mode == DeliveryModes.expect_replies:
            replies = [as_json(reply) for reply in cast(list[Activity], context.buffered_reply_activities)]
            return InvokeResponse(status=HTTPStatus.OK, body={"activities": replies})
        if activity.type != ActivityTypes.invoke:
            return None
        answer = cast(Any, context.turn_state.get(self._INVOKE_RESPONSE_KEY))
        return cast(InvokeResponse, answer.value) if answer else InvokeResponse(status=HTTPStatus.NOT_IMPLEMENTED)

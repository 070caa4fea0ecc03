"""Is a feature on? Asked through OpenFeature (https://openfeature.dev/specification), answered by our stages.

Every operation decides for itself inside its transaction. What is asked before it is only an operator's own provider,
which can be put in front and can only switch off: lies, faults and slowness leave our own answer standing.
"""

import asyncio
import importlib
import logging
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ProviderNotReadyError, TypeMismatchError
from openfeature.flag_evaluation import FlagEvaluationDetails, FlagResolutionDetails, Reason
from openfeature.provider import AbstractProvider, FeatureProvider, Metadata

from domain import features
from domain.views import Surface
from domain.work import Work
from values import Wrong

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0
SNAPSHOT_SECONDS = 1.0
SNAPSHOTS = 1000
"""Tenants whose answers are kept at a time."""
BLOCKED_MOST = 16
"""Threads that a provider of blocking code may keep waiting; beyond them our own answer counts at once."""

OWN = "gatehouse"
OPERATORS = "gatehouse-operator"

Answer = tuple[str, Surface]
"""A feature and the surface it is asked for."""
Read = Callable[..., Awaitable[frozenset[Answer]]]
"""The database's `read`."""


class Unusable(Wrong):
    """GATEHOUSE_FEATURE_PROVIDER names nothing that gives a provider. A sentence for the operator."""

    def __init__(self, why: object) -> None:
        super().__init__(f"GATEHOUSE_FEATURE_PROVIDER must name what gives an OpenFeature provider: {why}.")


def answers(work: Work, tenant_id: str | None) -> frozenset[Answer]:
    """What is on for a tenant now, by our own stages and settings. A read operation."""
    known = (features.facts(work, tenant_id, feature) for feature in features.FEATURES)
    return frozenset(
        (facts.feature, surface)
        for facts in known
        for surface in Surface
        if features.decided(facts, surface, work.now).on
    )


class StageProvider(AbstractProvider):
    """Our stages and settings as an OpenFeature provider.

    A feature's name is the flag's key; the context names the tenant (targeting key) and the `surface`. An answer is at
    most a second old. The synchronous call cannot read: it answers from what is fresh, else with the caller's default.
    """

    def __init__(self, read: Read) -> None:
        super().__init__()
        self._read = read
        self._kept: dict[str | None, tuple[float, frozenset[Answer]]] = {}

    def get_metadata(self) -> Metadata:
        return Metadata(name=OWN)

    async def resolve_boolean_details_async(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        tenant_id = _tenant(evaluation_context)
        if self._fresh(tenant_id) is None:
            on = await self._read(answers, tenant_id)
            if len(self._kept) >= SNAPSHOTS:
                self._kept.clear()
            self._kept[tenant_id] = (monotonic(), on)
        return self.resolve_boolean_details(flag_key, default_value, evaluation_context)

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        on = self._fresh(_tenant(evaluation_context))
        if on is None:
            raise ProviderNotReadyError("no fresh answer: ask asynchronously")
        surface = evaluation_context.attributes.get("surface") if evaluation_context else None
        return FlagResolutionDetails((flag_key, surface or Surface.CHAT) in on, reason=Reason.TARGETING_MATCH)

    def _fresh(self, tenant_id: str | None) -> frozenset[Answer] | None:
        read_at, on = self._kept.get(tenant_id, (0.0, None))
        return on if monotonic() - read_at < SNAPSHOT_SECONDS else None

    def resolve_string_details(self, flag_key: str, default_value: str, evaluation_context: Any = None) -> Any:
        raise TypeMismatchError("a feature is on or off")

    resolve_integer_details: Any = resolve_string_details
    resolve_float_details: Any = resolve_string_details
    resolve_object_details: Any = resolve_string_details


def _tenant(context: EvaluationContext | None) -> str | None:
    return context.targeting_key if context else None


class Flags:
    """The evaluator that doors ask before a unit of work."""

    def __init__(self, read: Read, operators: FeatureProvider | None = None) -> None:
        self._questions = tuple((feature, surface) for feature in features.FEATURES for surface in Surface)
        self._operators = operators
        self._threads = 0
        api.set_provider_and_wait(StageProvider(read), OWN)
        self._own = api.get_client(OWN)
        if operators is not None:
            api.set_provider(operators, OPERATORS)
        self._theirs = api.get_client(OPERATORS)

    async def vetoes(self, tenant_id: str | None) -> frozenset[Answer]:
        """What the operator's provider switches off for a tenant, now; None: the tenant is not known yet.

        Takes a second at most. Without such a provider there is nothing to ask.
        """
        if self._operators is None:
            return frozenset()
        asked = asyncio.gather(*(self._off(tenant_id, *question) for question in self._questions))
        done, _ = await asyncio.wait({asked}, timeout=PATIENCE_SECONDS)
        if not done:
            asked.cancel()
            asked.add_done_callback(_forget)
            log.warning("the feature provider did not answer within %s s: our own answer counts", PATIENCE_SECONDS)
            return frozenset()
        return frozenset(question for question, off in zip(self._questions, asked.result(), strict=True) if off)

    async def _off(self, tenant_id: str | None, feature: str, surface: Surface) -> bool:
        context = EvaluationContext(tenant_id, {"tenant": tenant_id or "", "surface": surface.value})
        own = await self._own.get_boolean_value_async(feature, True, context)
        return own and await self._they_say_off(feature, context)

    async def _they_say_off(self, feature: str, context: EvaluationContext) -> bool:
        if not _blocking(self._operators):
            return _off(await self._theirs.get_boolean_details_async(feature, True, context))
        if self._threads >= BLOCKED_MOST:
            return False
        return await self._in_thread(feature, context)

    async def _in_thread(self, feature: str, context: EvaluationContext) -> bool:
        """In a daemon thread: a provider that never returns must not keep the process from ending."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bool] = loop.create_future()

        def settle(off: bool) -> None:
            self._threads -= 1
            if not answer.done():
                answer.set_result(off)

        def ask() -> None:
            off = _off(self._theirs.get_boolean_details(feature, True, context))
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(settle, off)

        self._threads += 1
        threading.Thread(target=ask, name="gatehouse-feature-provider", daemon=True).start()
        return await answer


def _off(details: FlagEvaluationDetails[bool]) -> bool:
    """A plain no. A fault is none, whatever value comes with it."""
    return details.value is False and details.error_code is None


def _blocking(provider: FeatureProvider | None) -> bool:
    """True: it has no asynchronous answer of its own, so that it would hold the loop."""
    own = getattr(type(provider), "resolve_boolean_details_async", None)
    return own in (None, AbstractProvider.resolve_boolean_details_async, FeatureProvider.resolve_boolean_details_async)


def _forget(asked: asyncio.Future[Any]) -> None:
    if not asked.cancelled():
        asked.exception()


def find(reference: str) -> FeatureProvider:
    """The provider that `package.module:callable` gives. Raises Unusable; faults of its own code are its own."""
    module, _, name = reference.partition(":")
    try:
        provider = getattr(importlib.import_module(module), name)()
    except (ImportError, AttributeError, TypeError) as fault:
        raise Unusable(fault) from fault
    if not callable(getattr(provider, "resolve_boolean_details", None)):
        raise Unusable(f"{type(provider).__name__} is none")
    return provider

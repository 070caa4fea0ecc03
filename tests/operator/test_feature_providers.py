"""An operator's feature provider is asked first, waited for a second, and can only switch off."""

import asyncio
import sys
import threading
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import FlagResolutionDetails
from openfeature.provider import AbstractProvider, Metadata, ProviderStatus

import evaluation
from domain.faults import Unavailable
from domain.views import Surface
from evaluation import Flags, StageProvider, Unusable

FEATURE = "email_passcode"
BOTH = frozenset({(FEATURE, Surface.CHAT), (FEATURE, Surface.API)})
TENANT = "6f1d2c3b-4a59-4e68-8d77-1c0b9a8f7e6d"


class Provider(AbstractProvider):
    """Says what it is given; remembers what it was asked."""

    def __init__(self, value: Any = True) -> None:
        super().__init__()
        self.value = value
        self.asked: list[EvaluationContext | None] = []

    def get_metadata(self) -> Metadata:
        return Metadata("operator")

    def answer(self, context: EvaluationContext | None) -> Any:
        self.asked.append(context)
        return self.value(context) if callable(self.value) else self.value

    def resolve_boolean_details(self, flag_key: str, default_value: bool, evaluation_context: Any = None) -> Any:
        return FlagResolutionDetails(self.answer(evaluation_context))

    resolve_string_details = resolve_integer_details = resolve_boolean_details
    resolve_float_details = resolve_object_details = resolve_boolean_details


class AsyncProvider(Provider):
    async def resolve_boolean_details_async(self, flag_key: str, default_value: bool, evaluation_context: Any = None):
        answer = self.answer(evaluation_context)
        return FlagResolutionDetails(await answer if asyncio.iscoroutine(answer) else answer)


def database(*on: tuple[str, Surface]):
    async def read(operation: Any, tenant_id: str | None) -> frozenset[tuple[str, Surface]]:
        read.count += 1
        return frozenset(on)

    read.count = 0
    return read


def flags(provider: Provider | None, *on: tuple[str, Surface]) -> Flags:
    made = Flags(database(*(on or BOTH)), provider)
    deadline = time.monotonic() + 5
    while provider and made._theirs.get_provider_status() is ProviderStatus.NOT_READY:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    return made


@pytest.fixture(autouse=True)
def _no_providers_left() -> Iterator[None]:
    yield
    api.clear_providers()


async def test_without_a_provider_nothing_is_asked() -> None:
    read = database()
    assert await Flags(read).vetoes(TENANT) == frozenset()
    assert read.count == 0


@pytest.mark.parametrize("kind", [Provider, AsyncProvider])
async def test_a_provider_switches_off(kind: type[Provider]) -> None:
    assert await flags(kind(value=False)).vetoes(TENANT) == BOTH


@pytest.mark.parametrize("kind", [Provider, AsyncProvider])
async def test_a_provider_switches_off_one_surface(kind: type[Provider]) -> None:
    chat_only = kind(lambda context: context.attributes["surface"] != "chat")
    assert await flags(chat_only).vetoes(TENANT) == {(FEATURE, Surface.CHAT)}


async def test_a_provider_is_told_tenant_and_surface() -> None:
    provider = AsyncProvider()
    await flags(provider).vetoes(TENANT)
    assert {(each.targeting_key, each.attributes["tenant"], each.attributes["surface"]) for each in provider.asked} == {
        (TENANT, TENANT, "chat"),
        (TENANT, TENANT, "api"),
    }


async def test_a_provider_is_asked_before_the_tenant_is_known() -> None:
    assert await flags(AsyncProvider(value=False)).vetoes(None) == BOTH


@pytest.mark.parametrize("kind", [Provider, AsyncProvider])
async def test_a_provider_cannot_switch_on(kind: type[Provider]) -> None:
    """What is off by our own stages is not even asked, and no answer takes a veto back."""
    provider = kind(value=True)
    assert await flags(provider, (FEATURE, Surface.API)).vetoes(TENANT) == frozenset()
    assert [each.attributes["surface"] for each in provider.asked if each] == ["api"]


@pytest.mark.parametrize("kind", [Provider, AsyncProvider])
@pytest.mark.parametrize("lie", [None, "off", "false", 0, 0.0, {}, [], object()])
async def test_an_answer_of_the_wrong_type_means_our_own(kind: type[Provider], lie: Any) -> None:
    assert await flags(kind(lie)).vetoes(TENANT) == frozenset()


@pytest.mark.parametrize("kind", [Provider, AsyncProvider])
@pytest.mark.parametrize("fault", [RuntimeError, KeyError, OSError, TimeoutError])
async def test_a_failing_provider_means_our_own_answer(kind: type[Provider], fault: type[Exception]) -> None:
    def fail(_: object) -> bool:
        raise fault("no")

    assert await flags(kind(fail)).vetoes(TENANT) == frozenset()


async def test_an_error_beside_an_off_means_our_own_answer() -> None:
    class Erring(AsyncProvider):
        async def resolve_boolean_details_async(self, *_: Any, **__: Any):
            return FlagResolutionDetails(value=False, error_code=ErrorCode.FLAG_NOT_FOUND)

    provider = Erring()
    made = flags(provider)
    assert await made.vetoes(TENANT) == frozenset()


async def test_a_provider_that_never_answers_is_waited_for_one_second() -> None:
    async def never() -> bool:
        while True:
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                return False

    before = time.monotonic()
    assert await flags(AsyncProvider(lambda _: never())).vetoes(TENANT) == frozenset()
    assert 0.9 < time.monotonic() - before < 2


async def test_a_provider_that_blocks_does_not_hold_the_loop() -> None:
    let_go = threading.Event()
    provider = Provider(lambda _: let_go.wait(10))
    asking = asyncio.create_task(flags(provider).vetoes(TENANT))
    longest, before = 0.0, time.monotonic()
    while not asking.done():
        await asyncio.sleep(0.01)
        longest, before = max(longest, time.monotonic() - before), time.monotonic()
    let_go.set()
    assert await asking == frozenset()
    assert longest < 0.5


async def test_a_provider_that_blocks_for_ever_takes_no_more_than_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "PATIENCE_SECONDS", 0.05)
    let_go = threading.Event()
    provider = Provider(lambda _: let_go.wait(10))
    made = flags(provider)
    for _ in range(3 * evaluation.BLOCKED_MOST):
        assert await made.vetoes(TENANT) == frozenset()
    let_go.set()
    assert len(provider.asked) == evaluation.BLOCKED_MOST


async def test_our_own_answer_comes_through_openfeature_too() -> None:
    read = database((FEATURE, Surface.API))
    Flags(read)
    client = api.get_client(evaluation.OWN)
    for surface, on in ((Surface.API, True), (Surface.CHAT, False)):
        context = EvaluationContext(TENANT, {"surface": surface.value})
        assert await client.get_boolean_value_async(FEATURE, not on, context) is on
    assert await client.get_boolean_value_async("unheard_of", True, context) is False
    assert await client.get_string_value_async(FEATURE, "default", context) == "default"
    assert read.count == 1


async def test_an_answer_of_ours_is_never_older_than_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(evaluation, "monotonic", lambda: now[0])
    read = database((FEATURE, Surface.CHAT))
    provider = StageProvider(read)
    context = EvaluationContext(TENANT, {"surface": "chat"})
    for moment, reads in ((100.0, 1), (100.99, 1), (101.0, 2)):
        now[0] = moment
        await provider.resolve_boolean_details_async(FEATURE, False, context)
        assert read.count == reads


async def test_a_database_that_is_away_is_no_veto() -> None:
    async def away(*_: object) -> frozenset[Any]:
        raise Unavailable("away")

    made = Flags(away, None)
    assert await made._own.get_boolean_value_async(FEATURE, True, EvaluationContext(TENANT)) is True


@pytest.fixture
def module() -> Iterator[ModuleType]:
    made = ModuleType("contoso_flags")
    sys.modules[made.__name__] = made
    yield made
    del sys.modules[made.__name__]


def test_a_provider_is_found_by_its_name(module: ModuleType) -> None:
    module.provider = Provider
    assert isinstance(evaluation.find("contoso_flags:provider"), Provider)


@pytest.mark.parametrize("reference", ["contoso_flags:nothing", "no_such_package:provider", "contoso_flags:number"])
def test_a_name_that_gives_no_provider_is_refused(module: ModuleType, reference: str) -> None:
    module.number = int
    with pytest.raises(Unusable):
        evaluation.find(reference)

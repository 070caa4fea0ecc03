"""Passkeys: what a browser answers is believed once, for this session, this site, this purpose, in time."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import passkeys
from domain.errors import SecondFactorNeeded
from domain.factor_errors import FactorPaused
from domain.factor_views import Mistake, Passed
from domain.passkeys import Site
from domain.secrets import text
from tests.domain.second_factors import Holder, again, first_factor
from tests.domain.soft_key import PRESENT, SITE, VERIFIED, SoftKey
from tests.domain.world import World


async def test_a_passkey_is_registered_and_signs_in(world: World) -> None:
    holder = await first_factor(world)
    passed = await holder.registers()
    assert isinstance(passed, Passed)
    assert len(passed.codes) == 10
    await holder.browser.page()
    holder = await again(holder)
    with pytest.raises(SecondFactorNeeded):
        await holder.browser.page()
    assert isinstance(await holder.signs(), Passed)
    await holder.browser.page()


async def test_a_synchronised_passkey_never_counts_and_signs_in_again_and_again(quick: World) -> None:
    holder = await first_factor(quick)
    await holder.registers(SoftKey(count=None))
    for _ in range(3):
        assert isinstance(await holder.signs(), Passed)


async def test_showing_the_page_writes_nothing(world: World) -> None:
    holder = await first_factor(world)
    await holder.registers()
    before = await world.contents()
    await holder.look(passkeys.registration, SITE)
    await holder.look(passkeys.request, SITE)
    assert await world.contents() == before


async def test_an_answer_counts_once(world: World) -> None:
    holder = await first_factor(world)
    await holder.registers(SoftKey(count=None))
    holder = await again(holder)
    answer = holder.keys[0].get(await holder.look(passkeys.request, SITE))
    wrong = json.loads(answer)
    wrong["response"]["signature"] = text(b"no signature")
    assert await holder.do(passkeys.sign_in, SITE, json.dumps(wrong)) is Mistake.WRONG
    assert await holder.do(passkeys.sign_in, SITE, answer) is Mistake.WRONG
    with pytest.raises(SecondFactorNeeded):
        await holder.browser.page()


async def test_a_challenge_lives_five_minutes(quick: World) -> None:
    holder = await first_factor(quick)
    await holder.registers()
    for seconds, expected in ((299, Passed), (300, Mistake)):
        options = await holder.look(passkeys.request, SITE)
        quick.clock.move(seconds=seconds)
        assert isinstance(await holder.do(passkeys.sign_in, SITE, holder.keys[0].get(options)), expected)


async def test_a_challenge_is_of_one_session_and_one_purpose(quick: World) -> None:
    first = await first_factor(quick)
    await first.registers()
    second = await again(first)
    options = await second.look(passkeys.request, SITE)
    assert await first.do(passkeys.sign_in, SITE, first.keys[0].get(options)) is Mistake.WRONG
    other_purpose = await first.look(passkeys.registration, SITE)
    assert await first.do(passkeys.sign_in, SITE, first.keys[0].get(other_purpose)) is Mistake.WRONG
    assert isinstance(await second.signs(), Passed)


EVIL = Site("evil.example", "https://evil.example")
MISUSES: dict[str, Callable[[SoftKey], None]] = {
    "another site": lambda key: setattr(key, "site", EVIL),
    "another origin": lambda key: setattr(key, "site", Site(SITE.host, "http://gate.example")),
    "another port": lambda key: setattr(key, "site", Site(SITE.host, "https://gate.example:8443")),
    "user not verified": lambda key: setattr(key, "flags", PRESENT),
    "user not present": lambda key: setattr(key, "flags", VERIFIED),
    "another key": lambda key: setattr(key, "key", SoftKey().key),
    "a copy that lags behind": lambda key: setattr(key, "count", 0),
    "a passkey of nobody": lambda key: setattr(key, "credential_id", b"nobody"),
}


@pytest.mark.parametrize("how", MISUSES)
async def test_a_wrong_signature_opens_nothing(quick: World, how: str) -> None:
    holder = await first_factor(quick)
    await holder.registers()
    await holder.signs()
    holder = await again(holder)
    MISUSES[how](holder.keys[0])
    assert await holder.signs() is Mistake.WRONG
    with pytest.raises(SecondFactorNeeded):
        await holder.browser.page()


async def test_wrong_signatures_pause_the_session_and_no_other(world: World) -> None:
    """They are not guessed; but each one is written down."""
    holder = await first_factor(world)
    await holder.registers()
    thief = await again(holder)
    for _ in range(5):
        assert await thief.signs(SoftKey(credential_id=holder.keys[0].credential_id)) is Mistake.WRONG
    before = await world.contents()
    for key in (SoftKey(credential_id=holder.keys[0].credential_id), holder.keys[0]):
        with pytest.raises(FactorPaused):
            await thief.signs(key)
    assert await world.contents() == before
    assert isinstance(await (await again(holder)).signs(), Passed)
    assert isinstance(await thief.signs(), Passed)


@pytest.mark.parametrize("how", ["another site", "another origin", "user not verified", "user not present"])
async def test_a_wrong_registration_is_none(quick: World, how: str) -> None:
    holder = await first_factor(quick)
    key = SoftKey()
    MISUSES[how](key)
    assert await holder.registers(key) is Mistake.WRONG
    assert not (await holder.sees()).factors


async def test_nobody_signs_in_with_somebody_elses_passkey(quick: World) -> None:
    gwen = await first_factor(quick)
    await gwen.registers()
    peter = Holder(await quick.guest("peter@fabrikam.example"))
    await peter.sets_up_app()
    assert await peter.signs(gwen.keys[0]) is Mistake.WRONG
    assert await peter.registers(gwen.keys[0]) is Mistake.USED


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_whatever_is_sent_is_an_answer_or_a_mistake(quick: World, data: Any) -> None:
    holder = await _registered(quick)
    register = data.draw(st.booleans())
    operation, asked = (passkeys.register, passkeys.registration) if register else (passkeys.sign_in, passkeys.request)
    options = await holder.look(asked, SITE)
    key = SoftKey() if register else holder.keys[0]
    answer = json.loads(key.create(options) if register else key.get(options))
    _damage(answer, data)
    assert await holder.do(operation, SITE, json.dumps(answer)) in tuple(Mistake)


@pytest.mark.parametrize("sent", ["", "{", "[]", "null", "1", '{"id": 1}', "[" * 9000, '{"response": {}}', "ü"])
async def test_what_is_no_answer_at_all_is_a_mistake(quick: World, sent: str) -> None:
    holder = await first_factor(quick)
    for operation in (passkeys.register, passkeys.sign_in):
        assert await holder.do(operation, SITE, sent) is Mistake.WRONG


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://Gate.Example", Site("gate.example", "https://gate.example")),
        ("https://gate.example:443/", Site("gate.example", "https://gate.example")),
        ("https://gate.example:8443", Site("gate.example", "https://gate.example:8443")),
        ("http://localhost:3978", Site("localhost", "http://localhost:3978")),
    ],
)
def test_the_site_is_the_public_url_as_browsers_spell_it(url: str, site: Site) -> None:
    assert Site.of(url) == site


_HOLDERS: dict[int, Holder] = {}


async def _registered(world: World) -> Holder:
    if id(world) not in _HOLDERS:
        _HOLDERS.clear()
        _HOLDERS[id(world)] = await first_factor(world)
        await _HOLDERS[id(world)].registers()
        world.limit(factor_tries=1000)
    return _HOLDERS[id(world)]


JUNK = st.one_of(st.none(), st.integers(), st.text(max_size=20), st.binary(max_size=60).map(text), st.just([]))


def _damage(answer: dict[str, Any], data: Any) -> None:
    """Something that matters is not what it should be any more."""
    response = answer["response"]
    where, names = (answer, ["id", "rawId", "type"]) if data.draw(st.booleans()) else (response, sorted(response))
    name = data.draw(st.sampled_from(names))
    where[name] = data.draw(JUNK.filter(lambda junk: junk != where[name]))

"""Who could no longer get in without passcodes: those for whom no other offered method is known."""

from domain import reliance
from domain.policies import Method, Partner, Rule
from domain.views import Affected
from tests.domain.world import CONTOSO, TAILSPIN, World

PARTNER = Partner("p1", "Northwind", "https://login.northwind.example", "id", ("northwind.example",))


async def affected(world: World) -> Affected:
    found: Affected = await world.look(reliance.affected, CONTOSO)
    return found


async def test_guests_with_another_offered_method_do_not_rely_on_passcodes(world: World) -> None:
    await world.settle()
    for address in ("g@fabrikam.example", "n@northwind.example", "m@gmail.com", "o@outlook.com"):
        await world.guest(address)
    await world.invite("new@northwind.example", "new@fabrikam.example")
    assert await affected(world) == Affected(4, 2)
    await world.policy(partners=(PARTNER,))
    assert await affected(world) == Affected(3, 1)
    world.settings["providers"] = frozenset({Method.GOOGLE, Method.PERSONAL})
    assert await affected(world) == Affected(1, 1)
    await world.policy(google_domains=("fabrikam.example",))
    assert await affected(world) == Affected(0, 0)
    await world.policy(methods=((Method.GOOGLE, False),))
    assert await affected(world) == Affected(2, 1)
    assert await world.look(reliance.affected, TAILSPIN) == Affected(0, 0)


async def test_a_method_that_a_rule_blocks_helps_nobody(world: World) -> None:
    await world.settle()
    await world.guest("n@northwind.example")
    await world.policy(partners=(PARTNER,), rules=(Rule("r", "No partners", methods=(Method.PARTNER,), block=True),))
    assert await affected(world) == Affected(1, 0)


async def test_where_passcodes_are_off_already_nobody_loses_anything(world: World) -> None:
    await world.settle()
    await world.guest()
    await world.policy(methods=((Method.EMAIL_PASSCODE, False),))
    assert await affected(world) == Affected(0, 0)

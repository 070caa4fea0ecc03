"""Changes of a policy, one by one."""

import pytest

from domain import audit, policy_edits
from domain.policies import Policy, Rule
from domain.policy_edits import Domains, Unfit, UnfitChange
from tests.domain.world import CONTOSO, FOREIGN, GWEN, World


def why(refused: pytest.ExceptionInfo[UnfitChange]) -> tuple[Unfit, str]:
    return refused.value.why, refused.value.what


def test_names_of_rules_are_unique_whatever_their_case() -> None:
    one = policy_edits.with_rule(Policy(), Rule("r1", "Office"))
    with pytest.raises(UnfitChange) as refused:
        policy_edits.with_rule(one, Rule("r2", "OFFICE"))
    assert why(refused) == (Unfit.NAME_TAKEN, "OFFICE")
    assert policy_edits.without_rule(one, "office").rules == ()
    with pytest.raises(UnfitChange) as refused:
        policy_edits.without_rule(one, "offices")
    assert why(refused) == (Unfit.UNKNOWN_RULE, "offices")


@pytest.mark.parametrize(("kind", "other"), [(Domains.ALLOW, Domains.DENY), (Domains.DENY, Domains.ALLOW)])
def test_there_is_an_allow_list_or_a_deny_list(kind: Domains, other: Domains) -> None:
    one = policy_edits.with_domain(Policy(), kind, "a.example")
    with pytest.raises(UnfitChange) as refused:
        policy_edits.with_domain(one, other, "b.example")
    assert why(refused) == (Unfit.OTHER_LIST, "b.example")
    both = policy_edits.with_domain(one, Domains.OWN, "b.example")
    assert both.own_domains == ("b.example",)
    assert policy_edits.with_domain(policy_edits.without_domain(both, kind, "a.example"), other, "c.example")


def test_a_domain_is_listed_once_and_taken_off_only_where_it_is() -> None:
    one = policy_edits.with_domain(Policy(), Domains.OWN, "a.example")
    with pytest.raises(UnfitChange) as refused:
        policy_edits.with_domain(one, Domains.OWN, "a.example")
    assert why(refused) == (Unfit.ALREADY_LISTED, "a.example")
    with pytest.raises(UnfitChange) as refused:
        policy_edits.without_domain(one, Domains.OWN, "b.example")
    assert why(refused) == (Unfit.NOT_LISTED, "b.example")


async def test_a_rule_names_workspaces_of_its_tenant_only(world: World) -> None:
    await world.settle(FOREIGN)
    (own,) = await world.look(policy_edits.workspaces, CONTOSO)
    (foreign,) = await world.look(policy_edits.workspaces, FOREIGN.tenant_id)
    await world.do(policy_edits.add_rule, CONTOSO, audit.OPERATOR, Rule("r1", "a", workspaces=(own,), mfa=True))
    with pytest.raises(UnfitChange) as refused:
        await world.do(policy_edits.add_rule, CONTOSO, audit.OPERATOR, Rule("r2", "b", workspaces=(foreign,)))
    assert why(refused) == (Unfit.UNKNOWN_WORKSPACE, foreign)


async def test_a_change_of_domains_counts_whom_it_keeps_out(world: World) -> None:
    await world.guest()
    await world.invite("open@fabrikam.example")
    await world.invite("other@else.example")

    def deny(before: Policy) -> Policy:
        return policy_edits.with_domain(before, Domains.DENY, GWEN.partition("@")[2])

    policy, before, after = await world.do(policy_edits.change_domains, CONTOSO, audit.OPERATOR, deny)
    assert policy.denied_domains == ("fabrikam.example",)
    assert (before.guests, before.pending, after.guests, after.pending) == (0, 0, 1, 1)
    assert (await world.events()).count("policy.changed") == 1

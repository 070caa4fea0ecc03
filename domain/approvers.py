"""Who may approve an invitation. Four eyes: never who asked for it, unless there is nobody else."""

from domain import workspaces
from domain.policies import Policy
from domain.value import value
from domain.views import Person
from domain.work import Work
from storage import approvals as rows
from storage import workspaces as workspace_rows


@value
class Panel:
    """Who is asked for one request."""

    asked_by: str
    people: tuple[str, ...]
    """Entra object ids."""
    names: tuple[str, ...]
    """Those that are known."""

    @property
    def alone(self) -> bool:
        """Nobody but who asked could decide."""
        return self.people == (self.asked_by,)

    def may_decide(self, work: Work, person: Person) -> bool:
        """Whether this person may decide now: one of those who are asked, or any other admin."""
        if person.person_id in self.people:
            return True
        return person.person_id != self.asked_by and workspaces.is_admin(work, None, person)


def of(work: Work, policy: Policy, tenant_id: str, workspace_id: str, asked_by: str) -> Panel:
    """The workspace's approvers, else the tenant's, else its admins; who left, or is no colleague, is passed over."""
    admins = [row.person_id for row in work.all(workspace_rows.ADMINS_OF, {"tenant_id": tenant_id})]
    admins = sorted({*admins, *work.admins})
    named = dict(policy.workspace_approvers).get(workspace_id, ()) or policy.approvers
    every = list(dict.fromkeys([*named, *admins]))
    known = {row.person_id: row for row in work.all(rows.PRESENT, {"tenant_id": tenant_id, "person_ids": every})}
    gone = {each for each, row in known.items() if row.left_at is not None or row.role in workspaces.OUTSIDE}
    chosen = _chosen(
        [each for each in named if each not in gone], [each for each in admins if each not in gone], asked_by
    )
    names = [known[each].name for each in chosen if each in known]
    return Panel(asked_by, tuple(chosen), tuple(name for name in names if name))


def _chosen(named: list[str], admins: list[str], asked_by: str) -> list[str]:
    for people in (named, admins):
        others = [each for each in people if each != asked_by]
        if others:
            return others
    return [asked_by] if asked_by in (*named, *admins) else []

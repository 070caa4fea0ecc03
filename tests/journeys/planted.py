"""Planted bugs: each is put into a copy of the sources, and the test that is named for it must fail there.

Run by hand: `python -m tests.journeys.planted [NAME]`. It takes a few minutes. A test that cannot fail shows nothing;
this shows that these can. First each test must pass in an untouched copy.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "node_modules", "var", "dist", "__pycache__", ".*_cache", "images")
PRODUCTION, RACES = "tests/journeys/test_production.py", "tests/journeys/test_races.py"


@dataclass(frozen=True)
class Plant:
    """`edits`: file, what stands there once, and what takes its place. `test` must notice."""

    edits: tuple[tuple[str, str, str], ...]
    test: str


PLANTS = {
    "double redemption": Plant(
        (("storage/passcodes.py", "and_(PASSCODES.c.used_at.is_(None), ", "and_("),),
        f"{RACES}::test_a_right_passcode_opens_one_session_however_often_it_is_sent_at_once[sqlite]",
    ),
    "attempt counter": Plant(
        (("storage/passcodes.py", 'PASSCODES.c.attempts < bindparam("most")', 'bindparam("most") > 0'),),
        f"{RACES}::test_of_many_guesses_at_once_at_most_five_are_looked_at[sqlite]",
    ),
    "link GET with effect": Plant(
        (
            (
                "guest/invitation.py",
                'return desk.keep(request, on("/invitation"), desk.flow_or_fresh(request).about(link))',
                "return await send_passcode(desk, request, desk.flow_or_fresh(request).about(link))",
            ),
        ),
        f"{PRODUCTION}::test_a_mail_scanner_that_fetches_the_link_changes_nothing[sqlite]",
    ),
    "tenant isolation": Plant(
        (
            (
                "storage/invitations.py",
                '_FACTS.where(beside(INVITATIONS.c.tenant_id) == bindparam("tenant_id"))\n"""Everything',
                '_FACTS.where(bindparam("tenant_id") != "")\n"""Everything',
            ),
            (
                "domain/invitations.py",
                "if row is None or row.workspace_id != inviter.workspace.workspace_id or not inviter.sees(row):",
                "if row is None:",
            ),
        ),
        f"{PRODUCTION}::test_two_tenants_know_nothing_of_each_other",
    ),
    "revoked mail sent": Plant(
        (
            (
                "domain/mailings.py",
                "return _wanted(work, row) and delivery.handing_over",
                "return delivery.handing_over",
            ),
        ),
        f"{PRODUCTION}::test_what_was_revoked_while_the_relay_was_slow_is_not_mailed[sqlite]",
    ),
    "approver passed over": Plant(
        (("domain/approvals.py", "    if not waiting:\n        return Held", "    if True:\n        return Held"),),
        "tests/domain/test_approvals.py::test_nothing_is_made_and_no_mail_goes_before_the_word[sqlite]",
    ),
    "blocked mailbox invited": Plant(
        (("domain/blocks.py", "frozenset(hashes[row.address_hash] for row in found)", "frozenset()"),),
        "tests/domain/test_blocks.py::test_nobody_of_the_organisation_can_invite_a_blocked_mailbox[sqlite]",
    ),
    "name left after erasure": Plant(
        (("domain/erasing.py", "guest(work, row, pseudonym, actor)", "None"),),
        "tests/domain/test_erasing.py::test_who_asks_is_erased_from_every_table_at_once[sqlite]",
    ),
    "token without exp": Plant(
        (("bot/authentication.py", 'values.get("exp")', 'values.get("exp", now)'),),
        f"{PRODUCTION}::test_activities_without_a_good_token_are_refused[sqlite]",
    ),
}
"""Two locks keep tenants apart – every query names the tenant, every button its workspace: both are opened here."""


def passes(tree: Path, test: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", test]
    outcome = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if outcome.returncode not in (0, 1):
        raise SystemExit(outcome.stdout + outcome.stderr)
    return outcome.returncode == 0


def plant(tree: Path, bug: Plant) -> None:
    for file, right, wrong in bug.edits:
        source = (tree / file).read_text()
        if source.count(right) != 1:
            raise SystemExit(f"{file} has changed: there is no longer one place for the bug")
        (tree / file).write_text(source.replace(right, wrong))


def verdict(bug: Plant) -> str:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "gatehouse"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        (tree / "node_modules").symlink_to(ROOT / "node_modules")
        if not passes(tree, bug.test):
            return "the test fails without the bug, too"
        plant(tree, bug)
        return "NOT caught" if passes(tree, bug.test) else "caught"


def main() -> int:
    wanted = sys.argv[1:] or list(PLANTS)
    verdicts = {name: verdict(PLANTS[name]) for name in wanted}
    for name, said in verdicts.items():
        print(f"{name}: {said} ({PLANTS[name].test})")
    return 0 if set(verdicts.values()) == {"caught"} else 1


if __name__ == "__main__":
    raise SystemExit(main())

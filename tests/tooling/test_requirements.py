"""What is installed is what is asked for, the same everywhere, and nothing says where it came from."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements", "requirements-node", "requirements-dev")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(.*(?:\n    .*)*)", re.MULTILINE)
# Written in halves, so that this file is not a finding itself.
REGISTRIES = re.compile("py" + r"pi\.org|python" + "hosted|npm" + r"js\.(?:org|com)|yarn" + r"pkg\.com")


def asked(name: str) -> list[Requirement]:
    """The requirements of a file and of those that it draws in."""
    found: list[Requirement] = []
    for line in (ROOT / f"{name}.in").read_text().splitlines():
        if line.startswith("-r "):
            found += asked(line.removeprefix("-r ").removesuffix(".in"))
        elif line and not line.startswith("#"):
            found.append(Requirement(line))
    return found


def pinned(name: str) -> dict[str, tuple[str, str]]:
    """Name → version and the rest of the entry."""
    text = (ROOT / f"{name}.txt").read_text()
    return {canonicalize_name(package): (version, rest) for package, version, rest in PIN.findall(text)}


@pytest.mark.parametrize("name", LOCKS)
def test_everything_asked_for_is_locked_at_a_version_that_fits(name: str) -> None:
    versions = pinned(name)
    for requirement in asked(name):
        version, _ = versions[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_everything_locked_has_hashes_and_a_reason(name: str) -> None:
    for package, (_, entry) in pinned(name).items():
        assert "--hash=sha256:" in entry, package
        assert "# via" in entry, package


@pytest.mark.parametrize("name", LOCKS)
def test_nothing_is_locked_that_nobody_asks_for_any_more(name: str) -> None:
    locked = pinned(name)
    direct = {canonicalize_name(requirement.name) for requirement in asked(name)}
    for package, (_, entry) in locked.items():
        reasons = re.findall(r"#\s+(?:via )?(-r \S+|[\w.-]+)", entry[entry.index("# via") :])
        files = any(reason.startswith("-r") for reason in reasons)
        assert not files or package in direct, package
        assert files or any(canonicalize_name(reason) in locked for reason in reasons), package


def test_tests_run_on_the_versions_that_gatehouse_runs_on() -> None:
    development = pinned("requirements-dev")
    for name in ("requirements", "requirements-node"):
        for package, (version, _) in pinned(name).items():
            assert development[package][0] == version, package


def test_the_npm_lock_holds_what_package_json_asks_for() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for kind in ("dependencies", "devDependencies"):
        assert locked[""][kind] == wanted[kind]
        for package, version in wanted[kind].items():
            assert locked[f"node_modules/{package}"]["version"] == version
    assert all("integrity" in entry for path, entry in locked.items() if path)


def test_no_file_names_a_package_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    assert "requirements.txt" in names
    assert [name for name in names if REGISTRIES.search((ROOT / name).read_text(errors="ignore"))] == []

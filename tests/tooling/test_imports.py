"""The import contracts hold, and each of them notices when it is broken."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "guest", "outbox", "providers", "cards", "domain", "storage", "locales")
PLANTED = {
    "bot/visit.py": ("import guest\n", "One way"),
    "guest/row.py": ("import storage\n", "Doors and cards touch no table"),
    "domain/web.py": ("import aiohttp\n", "Cards, domain and storage know no framework"),
    "bot/context.py": ("import botbuilder\n", "The bot door knows botbuilder by one module"),
    "outbox/sdk.py": ("from botbuilder.core import TurnContext\n", "botbuilder stays in the bot door"),
    "guest/mail.py": ("import aiosmtplib\n", "Doors send no mail"),
    "domain/token.py": ("import authlib\n", "Authlib stays with the providers"),
    "guest/account.py": ("import providers\n", "One way"),
    "cards/all.py": ("import config\n", "Nobody imports the one file"),
}


def lint(folder: Path) -> str:
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for package in PACKAGES:
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text("")
    (folder / "locales" / "check.py").write_text("import jinja2\n")
    (folder / "bot" / "sdk.py").write_text("import botbuilder\nimport botframework\n")
    for name, (planted, _) in PLANTED.items():
        if (folder / "plant").exists():
            (folder / name).write_text(planted)
    program = Path(sys.executable).parent / "lint-imports"
    command = [sys.executable, str(program), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"COLUMNS": "200"})
    return done.stdout


def test_every_contract_notices_a_planted_import(tmp_path: Path) -> None:
    (tmp_path / "plant").touch()
    told = lint(tmp_path).splitlines()
    for _, contract in PLANTED.values():
        assert any(line.startswith(contract) and " BROKEN" in line for line in told), (contract, told)


def test_packages_that_keep_to_themselves_break_nothing(tmp_path: Path) -> None:
    assert "0 broken" in lint(tmp_path)

"""Whoever signs nobody in with an account pays nothing for it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, app, guest, providers
from datetime import UTC, datetime
made = providers.Providers(providers.clients.Clients(), lambda: datetime.now(UTC), development=False)
heavy = {"authlib", "joserfc", "httpx", "providers.oidc", "providers.documents"} & set(sys.modules)
sys.exit(f"imported at start: {heavy}" if heavy else 0)
"""


def test_nothing_of_it_is_imported_at_start() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_httpx_is_never_imported() -> None:
    program = "import sys, providers.oidc; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0

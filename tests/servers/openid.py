"""A partner's OpenID provider: the real, certified one, in a Node process of its own."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import node
from tests.servers.background import free_port
from tests.servers.web import send

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("oidc_provider.mjs")
SECRET = "a secret + 100% of the partner"


@dataclass
class OpenIdProvider:
    issuer: str
    process: subprocess.Popen[str]

    @classmethod
    def start(cls, *redirect_uris: str, id_token_claims: bool = False) -> "OpenIdProvider":
        port = free_port()
        options = ["--id-token-claims"] if id_token_claims else []
        process = subprocess.Popen(
            [node.get().program, str(PROGRAM), str(port), ",".join(redirect_uris), *options],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert process.stdout
        assert process.stdout.readline().strip() == "ready"
        return cls(f"http://127.0.0.1:{port}", process)

    def control(self, **values: Any) -> None:
        """`accounts`: claims by subject; `account`: who signs in; `refuse`, `page`, `amr`, `acr`."""
        answer = send("PUT", f"{self.issuer}/control", body=json.dumps(values).encode())
        assert answer.status == 200

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()

"""A list of people in production: a file in the chat, a process killed half-way, and each guest invited once."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from domain import delivery
from tests.journeys.installation import Building, Installation
from tests.journeys.people import hired
from tests.journeys.test_races import database
from tests.servers.botframework import Message
from tests.servers.teams import TENANT, actions

pytestmark = [pytest.mark.sockets, pytest.mark.postgres]
ROWS = 250
PLENTY = "owner_hour=5000,workspace_day=5000,tenant_day=5000,workspace_open=5000"
ADDRESSES = [f"guest{number}@fabrikam.example" for number in range(ROWS)]
SECONDS = 60
LEFT_BEHIND = delivery.HANDING_OVER.total_seconds() + SECONDS
"""With more than one worker, what a dead one had in hand waits for its lease."""


@contextmanager
def drive(content: bytes) -> Iterator[str]:
    """Where the chat keeps people's files: one of them."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/download.aspx?UniqueId=1&tempauth=eyJ0.e30"
    server.shutdown()
    server.server_close()
    thread.join()


def shown(message: Message) -> str:
    return (message.card or {}).get("fallbackText", "")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_list_whose_process_is_killed_half_way_invites_each_guest_once(
    kind: str, building: Building, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with (
        database(kind, tmp_path, request) as url,
        building(tmp_path) as installation,
        drive("\n".join(["email", *ADDRESSES]).encode()) as file,
    ):
        killed_half_way(installation, url, file)


def killed_half_way(installation: Installation, url: str, file: str) -> None:
    (process,) = installation.start(url, "all", GATEHOUSE_QUOTAS=PLENTY)
    alice, chat = hired(installation.teams(), "Alice Archer")
    content = {"downloadUrl": file, "uniqueId": "1", "fileType": "csv"}
    attached = {
        "contentType": "application/vnd.microsoft.teams.file.download.info",
        "name": "a.csv",
        "content": content,
    }
    upload = chat.activity(alice, "message", attachments=[attached])
    turn = chat.deliver(upload)
    assert turn.status in (200, 201, 202)
    card = chat.reply(turn, lambda message: f"{ROWS} people can be invited" in shown(message))
    assert chat.press(alice, card, "bulk.confirm").status == 200
    installation.relay.mails.wait_for(lambda: len(installation.relay.mails.entries) >= 20 or None, SECONDS)
    process.kill()
    assert created(installation) < ROWS or len(installation.relay.mails.entries) < ROWS, "killed too late to tell"
    process.start()
    chat.teams.cloud.messages.wait_for(
        lambda: [each for each in chat.teams.cloud.messages.entries if f"{ROWS} guests invited" in shown(each)] or None,
        LEFT_BEHIND,
    )
    installation.relay.mails.wait_for(
        lambda: len({mail.recipients[0] for mail in installation.relay.mails.entries}) == ROWS or None, LEFT_BEHIND
    )
    assert created(installation) == ROWS
    ids: Counter[str] = Counter()
    for address in ADDRESSES:
        ids[address] = len({mail.message["Message-ID"] for mail in installation.relay.to(address)})
    assert set(ids.values()) == {1}
    assert not [action for action in actions(card.card) if action["verb"] == "invitation.revoke"]


def created(installation: Installation) -> int:
    told = installation.processes[0].command("audit", "export", TENANT, "--format", "json")
    return sum(event["kind"] == "invitation.created" for event in json.loads(told.stdout))

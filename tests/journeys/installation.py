"""Gatehouse in production on loopback: one or more processes behind a proxy, with a cloud and a relay around them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.botframework import Cloud
from tests.servers.gatehouse import APP_ID, APP_PASSWORD, ROOT, Gatehouse, new_key
from tests.servers.guest import Visitor
from tests.servers.proxy import Proxy
from tests.servers.relay import Relay
from tests.servers.teams import TENANT, Teams


@dataclass
class Installation:
    folder: Path
    cloud: Cloud
    relay: Relay
    proxy: Proxy
    authority_file: Path
    tree: Path = ROOT
    """Where Gatehouse's code lies."""
    key: str = field(default_factory=new_key)
    processes: list[Gatehouse] = field(default_factory=list)

    def settings(self, database_url: str) -> dict[str, str]:
        return {
            "GATEHOUSE_PUBLIC_URL": self.proxy.url,
            "GATEHOUSE_DATABASE_URL": database_url,
            "GATEHOUSE_SECRET_KEYS": self.key,
            "GATEHOUSE_SMTP_URL": self.relay.url,
            "GATEHOUSE_SMTP_CA_FILE": str(self.authority_file),
            "GATEHOUSE_MAIL_FROM": "Gatehouse <no-reply@contoso.example>",
            "GATEHOUSE_TRUSTED_PROXIES": "127.0.0.0/8,::1/128",
            "MicrosoftAppId": APP_ID,
            "MicrosoftAppPassword": APP_PASSWORD,
            "MicrosoftAppType": "SingleTenant",
            "MicrosoftAppTenantId": TENANT,
            "GATEHOUSE_BOT_OPENID_URL": self.cloud.openid_url,
            "GATEHOUSE_BOT_TOKEN_URL": self.cloud.token_url,
            "GATEHOUSE_BOT_SERVICE_HOSTS": "127.0.0.1:*",
        }

    def start(self, database_url: str, *roles: str, **settings: str) -> list[Gatehouse]:
        """A process for each role; those that answer on the web stand behind the proxy."""
        for role in roles or ("all",):
            process = Gatehouse(self.folder, self.settings(database_url) | settings, role=role, tree=self.tree)
            self.processes.append(process)
            if role != "worker":
                self.proxy.replicas.append(process.url)
        return self.processes

    @property
    def web(self) -> list[Gatehouse]:
        return [process for process in self.processes if process.role != "worker"]

    def teams(self) -> Teams:
        """The channel, which knows the bot by its public address."""
        return Teams(self.cloud, f"{self.proxy.url}/api/messages", tls=self.proxy.trust)

    def visitor(self, replica: Gatehouse | None = None, *, client: str = "") -> Visitor:
        """A guest's browser; with `replica`, asked past the proxy as if it came from `client`."""
        through = replica.url if replica else ""
        return Visitor(self.proxy.url, through=through, client=client or "203.0.113.7", tls=self.proxy.trust)

    def stop(self) -> None:
        for process in self.processes:
            if process.process.poll() is None:
                process.stop()


Building = Callable[[Path], AbstractContextManager[Installation]]
"""Makes an installation without processes in a folder, and tidies up after the block."""

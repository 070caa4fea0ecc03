"""A whole installation for a journey: processes, a cloud, a relay, a proxy. Failures show what the processes logged."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium_path
from tests.journeys.installation import Building, Installation
from tests.servers.botframework import Cloud
from tests.servers.gatehouse import APP_ID, APP_PASSWORD, Gatehouse
from tests.servers.proxy import Proxy
from tests.servers.relay import Relay

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
CHROMIUM += ("--disable-component-update", "--disable-sync")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[Any]:
    report = yield
    if report.failed:
        for process in Gatehouse.running:
            report.sections.append((f"the end of Gatehouse's log, port {process.port}", process.tail()))
    return report


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs the proxy's and the relay's certificates."""
    return trustme.CA()


@pytest.fixture(scope="session")
def authority_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(file)
    return file


@pytest.fixture(scope="session")
def building(authority: trustme.CA, authority_file: Path) -> Building:
    """Makes everything but the processes, in a folder. They are started in the block, and ended after it."""

    @contextlib.contextmanager
    def build(folder: Path) -> Iterator[Installation]:
        with contextlib.ExitStack() as stack:
            cloud, relay, proxy = Cloud(APP_ID, APP_PASSWORD), Relay(authority), Proxy(authority)
            for server in (cloud, relay, proxy):
                stack.callback(server.stop)
            installation = Installation(folder, cloud, relay, proxy, authority_file)
            stack.callback(installation.stop)
            yield installation

    return build


@pytest.fixture
def installation(tmp_path: Path, building: Building) -> Iterator[Installation]:
    """This test's own."""
    with building(tmp_path) as installation:
        yield installation


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM))
        with contextlib.closing(browser):
            yield browser

"""botbuilder, as far as the bot door knows it: all that is imported of it is imported here.

It draws in HTTP clients and token libraries that nothing here ever calls: calls and tokens are our own. They are 280
modules, 9 MiB and half of the time that loading the SDK takes, so that in their place it finds names without substance
(docs/adr/0006).
"""

import sys
from collections.abc import Generator, MutableSequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

UNUSED = frozenset({"azure", "jsonpickle", "msal", "oauthlib", "requests", "requests_oauthlib", "urllib3"})


class Absent(Exception):
    """What every name of an unused library is. It can be made, as the SDK does while it is loaded, and nothing more."""


class _Hollow(ModuleType):
    __path__: MutableSequence[str] = []  # noqa: RUF012 - what makes it a package

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Absent,), {})


class _Finder(MetaPathFinder, Loader):
    """Stays in its place when it is done: another thread may be walking through the finders at that moment."""

    on = True

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        unused = self.on and fullname.partition(".")[0] in UNUSED
        return ModuleSpec(fullname, self, is_package=True) if unused else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Hollow(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


@contextmanager
def without_unused() -> Generator[None]:
    """What is imported within gets hollow modules, in whatever thread: no foreign code may run meanwhile. Whoever
    imports these libraries later gets them whole."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        finder.on = False
        for name, module in list(sys.modules.items()):
            if isinstance(module, _Hollow):
                del sys.modules[name]


with without_unused():
    from botbuilder import schema
    from botbuilder.core import CloudAdapterBase, TurnContext
    from botbuilder.core.invoke_response import InvokeResponse
    from botbuilder.schema import (
        Activity,
        ActivityTypes,
        CallerIdConstants,
        ConversationParameters,
        ConversationResourceResponse,
        DeliveryModes,
        ResourceResponse,
    )
    from botframework.connector.aio import ConnectorClient
    from botframework.connector.auth import (
        AuthenticateRequestResult,
        BotFrameworkAuthentication,
        ClaimsIdentity,
        ConnectorFactory,
        UserTokenClient,
    )

__all__ = [
    "Activity",
    "ActivityTypes",
    "AuthenticateRequestResult",
    "BotFrameworkAuthentication",
    "CallerIdConstants",
    "ClaimsIdentity",
    "CloudAdapterBase",
    "ConnectorClient",
    "ConnectorFactory",
    "ConversationParameters",
    "ConversationResourceResponse",
    "DeliveryModes",
    "InvokeResponse",
    "ResourceResponse",
    "TurnContext",
    "UserTokenClient",
    "schema",
]

"""What Microsoft tells about a domain and an address, without a sign-in."""

import asyncio
import json
import re
from typing import Any
from urllib.parse import quote

from domain.consumer_domains import MICROSOFT
from domain.methods import Answer
from domain.policies import domain_of
from providers.documents import Documents, Untrue

CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of all personal accounts."""
TENANT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NO_TENANT = ("AADSTS90002", "AADSTS900023")
DETAIL_SECONDS = 1.0
"""For a question whose answer is a bonus."""
Word = tuple[Answer, str]
"""An answer and its reason."""


class Microsoft:
    def __init__(self, url: str, documents: Documents) -> None:
        self.url = url.rstrip("/")
        self._documents = documents

    async def tenant(self, domain: str) -> tuple[Answer, str]:
        """Yes with the id of the tenant that owns the domain, no, or unknown with the reason."""
        try:
            page = await self._documents.get(
                f"{self.url}/{quote(domain, safe='')}/v2.0/.well-known/openid-configuration"
            )
        except Untrue as fault:
            return Answer.UNKNOWN, str(fault)
        document = page.document
        if page.status == 200:
            found = TENANT.search(str(document.get("issuer", "")))
            return (Answer.YES, found[0]) if found else (Answer.UNKNOWN, "unclear")
        described = str(document.get("error_description", ""))
        if page.status == 400 and (document.get("error") == "invalid_tenant" or described.startswith(NO_TENANT)):
            return Answer.NO, "no_such_tenant"
        return Answer.UNKNOWN, "unclear"

    async def organisation(self, tenant: Word, address: str) -> Word:
        """Whether the address has an organisation's account. `tenant` is the domain's.

        A domain that a tenant manages, or federates, signs its people in there: that is a yes for each of its
        addresses, unless Microsoft says of this very one that it does not exist.
        """
        if domain_of(address) in MICROSOFT or tenant == (Answer.YES, CONSUMERS):
            return Answer.NO, "personal_domain"
        if tenant[0] is not Answer.YES:
            return tenant
        kind = await self._kind(address)
        if kind == "Federated":
            return Answer.YES, "organisation"
        if kind == "Managed":
            missing = await self._missing(address)
            return (Answer.NO, "no_such_account") if missing else (Answer.YES, "organisation")
        return (Answer.NO, "no_such_account") if kind == "Unknown" else (Answer.UNKNOWN, "unreachable")

    async def _kind(self, address: str) -> str:
        """Managed, Federated or Unknown; empty: it could not be asked."""
        try:
            page = await self._documents.get(f"{self.url}/common/userrealm/{quote(address, safe='@')}?api-version=1.0")
        except Untrue:
            return ""
        kind: Any = page.document.get("account_type") if page.status == 200 else None
        return kind if isinstance(kind, str) else ""

    async def _missing(self, address: str) -> bool:
        """True only if Microsoft's sign-in page would say so too. It is asked as that page asks, promises nothing, and
        answers nothing reliable when it is asked too often: all else leaves the answer as it is."""
        body = json.dumps({"username": address, "isOtherIdpSupported": True})
        try:
            async with asyncio.timeout(DETAIL_SECONDS):
                page = await self._documents.post(
                    f"{self.url}/common/GetCredentialType", body, {"Content-Type": "application/json"}
                )
        except (Untrue, TimeoutError):
            return False
        said = page.document
        return page.status == 200 and said.get("IfExistsResult") == 1 and said.get("ThrottleStatus", 0) == 0


def personal(address: str) -> Word:
    """Microsoft runs these mailboxes itself. Of any other address a personal account proves nothing, so that it is
    not offered: a button that cannot work is noise."""
    if domain_of(address) in MICROSOFT:
        return Answer.YES, "personal_domain"
    return Answer.NO, "other_domain"

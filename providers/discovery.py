"""Who has an account where. Every question has its answer within three seconds; whatever goes wrong is "unknown"."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from domain import addresses
from domain.consumer_domains import GMAIL
from domain.methods import Answer, Discovered, partner_of
from domain.policies import Method, Partner, Policy, domain_of, within
from domain.value import value
from providers.clients import Clients
from providers.documents import Documents, Untrue
from providers.microsoft import Microsoft, Word, personal

PATIENCE_SECONDS = 3.0
KEPT = timedelta(minutes=5)
"""A yes or a no."""
DOUBTED = timedelta(seconds=30)
"""An unknown: long enough not to wait at each page, short enough to be over soon."""
MOST = 5000
log = logging.getLogger("gatehouse.providers")


@value
class _Kept:
    answer: Answer
    reason: str
    at: datetime


class MethodDiscovery:
    def __init__(self, clients: Clients, documents: Documents, clock: Callable[[], datetime]) -> None:
        self._clients, self._documents, self._clock = clients, documents, clock
        self.microsoft = Microsoft(clients.microsoft_url, documents)
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    async def ask(self, policy: Policy, address: str) -> Sequence[Discovered]:
        address = addresses.key(address)
        there = self._clients.methods | {Method.PARTNER for _ in policy.partners[:1]}
        asked = [self._asked(policy, address, method) for method in policy.order if method in there]
        return await asyncio.gather(*asked)

    async def owner(self, domain: str) -> Word:
        """The tenant that owns the domain: yes with its id, no, or unknown."""
        found = await self._remembered(("tenant", domain), lambda: self.microsoft.tenant(domain))
        return found.answer, found.reason

    async def _asked(self, policy: Policy, address: str, method: Method) -> Discovered:
        if method is Method.PARTNER:
            return await self._partner(partner_of(policy, address))
        if method is Method.MICROSOFT:
            found = await self._remembered(("microsoft", address), lambda: self._organisation(address))
            return Discovered(method, found.answer, found.reason, found.at, method.value, "Microsoft")
        if method is Method.PERSONAL:
            answer, reason = personal(address)
        else:
            answer, reason = self._google(policy, address)
        name = "Google" if method is Method.GOOGLE else "Microsoft"
        return Discovered(method, answer, reason, self._clock(), method.value, name)

    async def _organisation(self, address: str) -> Word:
        return await self.microsoft.organisation(await self.owner(domain_of(address)), address)

    def _google(self, policy: Policy, address: str) -> Word:
        domain = domain_of(address)
        if domain in GMAIL:
            return Answer.YES, "consumer_domain"
        return (Answer.YES, "google_domain") if within(domain, policy.google_domains) else (Answer.NO, "other_domain")

    async def _partner(self, partner: Partner | None) -> Discovered:
        if partner is None:
            return Discovered(Method.PARTNER, Answer.NO, "other_domain", self._clock())
        found = await self._remembered(("partner", partner.issuer), lambda: self._reachable(partner))
        return Discovered(
            Method.PARTNER, found.answer, found.reason, found.at, partner.provider_id, partner.name
        )  # fmt: skip

    async def _reachable(self, partner: Partner) -> Word:
        try:
            await self._documents.metadata(partner.issuer, partner.issuer)
        except Untrue as fault:
            return Answer.UNKNOWN, str(fault)
        return Answer.YES, "partner_domain"

    async def _remembered(self, key: tuple[str, str], ask: Callable[[], Awaitable[Word]]) -> _Kept:
        """The kept answer while it is fresh, or a new one."""
        kept, now = self._kept.get(key), self._clock()
        if kept is not None and now - kept.at < (DOUBTED if kept.answer is Answer.UNKNOWN else KEPT):
            return kept
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer, reason = await ask()
        except TimeoutError:
            answer, reason = Answer.UNKNOWN, "slow"
        except Exception:  # an answer must come, whatever a provider makes of ours
            log.exception("a provider could not be asked")
            answer, reason = Answer.UNKNOWN, "fault"
        found = _Kept(answer, reason, now)
        self._kept[key] = found
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return found

"""Signing in with OpenID Connect: authorisation code, PKCE, state, nonce, one redirect address per provider.

Authlib makes the requests and checks the token's claims, joserfc its signature; what is HTTP is in documents.py.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

from domain.methods import Answer
from domain.policies import Method, domain_of
from domain.sign_in_errors import ProviderDown, SignInCancelled, SignInStale
from domain.sign_ins import Leaving, Proof, Provider, Returned
from domain.value import value
from providers import vouching
from providers.authlib_client import Client, Refused
from providers.clients import MICROSOFT_URL, Clients
from providers.documents import Documents, Untrue
from providers.microsoft import CONSUMERS
from providers.tokens import TEMPLATE, Claims, Expected, of_tenant, verified

PATIENCE_SECONDS = 4.0
"""For all that is asked in one step: with what follows, a page is there in five."""
NOT_WANTED = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})
MFA = "mfa"
"""Of the methods of authentication (RFC 8176) the one that is asked for."""
LONGEST = 255
"""Of a subject, and of a context."""
T = TypeVar("T")
Owner = Callable[[str], Awaitable[tuple[Answer, str]]]
"""The Microsoft tenant that owns a domain."""
log = logging.getLogger("gatehouse.providers")


@value
class _Registered:
    """Gatehouse at one provider."""

    base: str
    issuers: tuple[str, ...]
    """What its metadata may call itself."""
    client_id: str
    secret: str | None


class OpenIdSignIn:
    def __init__(self, clients: Clients, documents: Documents, owner: Owner, clock: Callable[[], datetime]) -> None:
        self._clients, self._documents, self._owner, self._clock = clients, documents, owner, clock

    async def begin(self, provider: Provider, leaving: Leaving) -> str:
        return await self._patient(provider, self._begin(provider, leaving))

    async def finish(self, provider: Provider, leaving: Leaving, returned: Returned) -> Proof:
        return await self._patient(provider, self._finish(provider, leaving, returned))

    async def _patient(self, provider: Provider, step: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await step
        except TimeoutError:
            why = "slow"
        except Untrue as fault:
            why = str(fault)
        except Refused as fault:
            why = f"refused_{str(fault)[:40]}"
            if str(fault) == "invalid_grant":
                log.warning("sign-in with %s: the code is not good any more", provider.provider_id)
                raise SignInStale from None
        log.warning("sign-in with %s failed: %s", provider.provider_id, why)
        raise ProviderDown(why)

    async def _begin(self, provider: Provider, leaving: Leaving) -> str:
        at = self._registered(provider)
        metadata = await self._documents.metadata(at.base, *at.issuers)
        more = {"prompt": "select_account" if provider.partner is None else "login"} if leaving.anew else {}
        return self._client(at, metadata, leaving).leave(
            metadata["authorization_endpoint"],
            leaving.verifier,
            state=leaving.state,
            nonce=leaving.nonce,
            login_hint=leaving.address,
            ui_locales=leaving.language,
            **more,
        )

    async def _finish(self, provider: Provider, leaving: Leaving, returned: Returned) -> Proof:
        at = self._registered(provider)
        metadata = await self._documents.metadata(at.base, *at.issuers)
        issuer = str(metadata["issuer"])
        if TEMPLATE not in issuer:
            _from(issuer, metadata, returned)
        if "error" in returned:
            raise SignInCancelled if returned["error"] in NOT_WANTED else Untrue("error")
        if not returned.get("code"):
            raise Untrue("no_code")
        client = self._client(at, metadata, leaving)
        answer = await client.exchange(metadata["token_endpoint"], returned["code"], leaving.verifier)
        access_token = str(answer.get("access_token") or "")
        expected = Expected(issuer, at.client_id, leaving.nonce, access_token)
        claims = await verified(
            self._documents, metadata["jwks_uri"], answer["id_token"], expected, self._clock()
        )  # fmt: skip
        _from(of_tenant(issuer, claims), metadata, returned)
        if provider.partner is not None and "email" not in claims:
            claims = await self._more(metadata, access_token, claims)
        return await self._proof(provider, leaving.address, claims)

    async def _more(self, metadata: Claims, access_token: str, claims: Claims) -> Claims:
        """Many providers tell the address at their UserInfo endpoint only, under the same subject."""
        endpoint = metadata.get("userinfo_endpoint")
        if not endpoint or not access_token:
            return claims
        page = await self._documents.get(str(endpoint), {"Authorization": f"Bearer {access_token}"})
        if page.status != 200 or page.document.get("sub") != claims["sub"]:
            raise Untrue("userinfo")
        told = {name: page.document[name] for name in ("email", "email_verified") if name in page.document}
        return {**claims, **told}

    async def _proof(self, provider: Provider, address: str, claims: Claims) -> Proof:
        vouched = await self._vouches(provider.method, address, claims)
        named = vouching.names(claims, address, "email", "preferred_username", "upn")
        listed, context = claims.get("amr"), claims.get("acr")
        strong = isinstance(listed, list) and MFA in cast(list[Any], listed)
        return Proof(
            provider.method, provider.provider_id, claims["iss"], _subject(claims), address if vouched else "",
            claims_address=named and not vouched, methods=(MFA,) if strong else (),
            context=context if isinstance(context, str) and len(context) <= LONGEST else "",
        )  # fmt: skip

    async def _vouches(self, method: Method, address: str, claims: Claims) -> bool:
        if method is Method.MICROSOFT:
            answer, owner = await self._owner(domain_of(address.lower()))
            if answer is Answer.UNKNOWN:
                raise Untrue("tenant_unknown")
            return answer is Answer.YES and vouching.organisation(claims, address, owner)
        check = {Method.PERSONAL: vouching.personal, Method.GOOGLE: vouching.google}.get(method, vouching.partner)
        return check(claims, address)

    def _registered(self, provider: Provider) -> _Registered:
        """Raises Untrue: not set up."""
        if provider.partner is not None:
            issuer = provider.partner.issuer
            if TEMPLATE in issuer:
                raise Untrue("issuer")
            return _Registered(issuer, (issuer,), provider.partner.client_id, provider.secret)
        clients = self._clients
        client = clients.google if provider.method is Method.GOOGLE else clients.microsoft
        if client is None:
            raise Untrue("not_set_up")
        if provider.method is Method.GOOGLE:
            return _Registered(clients.google_issuer, (clients.google_issuer,), client.client_id, client.secret)
        url = clients.microsoft_url.rstrip("/")
        who, tenant = (
            ("consumers", CONSUMERS) if provider.method is Method.PERSONAL else ("organizations", TEMPLATE)
        )  # fmt: skip
        issuers = tuple(f"{each}/{tenant}/v2.0" for each in (url, MICROSOFT_URL))
        return _Registered(f"{url}/{who}/v2.0", issuers, client.client_id, client.secret)

    def _client(self, at: _Registered, metadata: Claims, leaving: Leaving) -> Client:
        supported: Any = metadata.get("token_endpoint_auth_methods_supported") or ()
        # In the body a secret is encoded in one way only; in the header, libraries and providers differ.
        method = "client_secret_post" if "client_secret_post" in supported else "client_secret_basic"
        return Client(self._documents, at.client_id, at.secret, method if at.secret else "none", leaving.redirect_uri)


def _subject(claims: Claims) -> str:
    """OpenID Connect Core, 2: no longer than 255 ASCII characters. Raises Untrue."""
    subject = claims["sub"]
    if not (isinstance(subject, str) and 0 < len(subject) <= LONGEST and subject.isascii() and subject.isprintable()):
        raise Untrue("subject")
    return subject


def _from(issuer: str, metadata: Mapping[str, Any], returned: Returned) -> None:
    """Who sent the browser back (RFC 9207): a code of another provider is not taken to this one. Raises Untrue."""
    said = returned.get("iss")
    announced = metadata.get("authorization_response_iss_parameter_supported") is True
    if (said is None and announced) or (said is not None and said != issuer):
        raise Untrue("mixed_up")

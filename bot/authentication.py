"""Who may talk to the bot: checks of incoming tokens, behind botbuilder's BotFrameworkAuthentication.

The checks are those of
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication#connector-to-bot
with nothing optional: `exp`, `nbf`, `iss`, `aud` and `serviceurl` must be there, and tokens of the Emulator, of skills
or of anybody but the configured issuer are refused.
"""

import json
import math
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError

from bot.connector import Connector
from bot.conversations import Client
from bot.keys import KeyCache, SigningKey
from bot.sdk import (
    Activity,
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    CallerIdConstants,
    ClaimsIdentity,
    ConnectorClient,
    ConnectorFactory,
    UserTokenClient,
)
from bot.service_url import ServiceHosts, same_service
from domain.value import value

ISSUER = "https://api.botframework.com"
LEEWAY_SECONDS = 300
ALGORITHMS = ("RS256", "ES256")
_LONGEST_TOKEN = 16_384
_jws = PyJWS(algorithms=ALGORITHMS)


class TokenRefused(PermissionError):
    """No token, or one that proves nothing: 401."""

    status = 401


class NotPermitted(PermissionError):
    """The token is good, but not for this activity: 403."""

    status = 403


@value
class Claims:
    """What a good token says, and the key that signed it. An anonymous caller has neither."""

    values: Mapping[str, Any]
    key: SigningKey | None


ANONYMOUS = Claims({}, None)


class TokenChecks:
    """Verifies one Authorization header. `clock` gives seconds since 1970."""

    def __init__(
        self, keys: KeyCache, app_id: str, issuer: str = ISSUER, clock: Callable[[], float] = time.time
    ) -> None:
        if not app_id:
            raise ValueError("tokens cannot be checked without an app id")
        self._keys = keys
        self._app_id = app_id
        self._issuer = issuer
        self._clock = clock

    async def verify(self, header: str) -> Claims:
        """Raises TokenRefused."""
        token = _bearer(header)
        try:
            head = _jws.get_unverified_header(token)
            key_id, algorithm = head.get("kid"), head.get("alg")
            if not isinstance(key_id, str) or algorithm not in ALGORITHMS:
                raise TokenRefused("wrong header")
            key = await self._keys.find(key_id)
            if key is None:
                raise TokenRefused("unknown key")
            payload = _jws.decode_complete(token, key.key, algorithms=[key.algorithm])["payload"]
            values = json.loads(payload)
        except (PyJWTError, ValueError, TypeError, RecursionError) as fault:
            raise TokenRefused(type(fault).__name__) from None
        if not isinstance(values, dict):
            raise TokenRefused("no claims")
        self._check(cast(dict[str, Any], values))
        return Claims(cast(dict[str, Any], values), key)

    def _check(self, values: dict[str, Any]) -> None:
        now = self._clock()
        if values.get("iss") != self._issuer or values.get("aud") != self._app_id:
            raise TokenRefused("wrong issuer or audience")
        if now > _seconds(values.get("exp")) + LEEWAY_SECONDS:
            raise TokenRefused("expired")
        if now < max(_seconds(values.get("nbf")), _seconds(values.get("iat", 0))) - LEEWAY_SECONDS:
            raise TokenRefused("not valid yet")
        if not isinstance(values.get("serviceurl"), str) or not values["serviceurl"]:
            raise TokenRefused("no serviceurl")


class Authentication(BotFrameworkAuthentication):
    """botbuilder's seam. `checks` None: nobody is asked for a token (development, loopback only: the door sees to
    that); the rules for service URLs hold all the same."""

    def __init__(self, connector: Connector, hosts: ServiceHosts, checks: TokenChecks | None) -> None:
        self._connector = connector
        self._hosts = hosts
        self._checks = checks

    @property
    def anonymous(self) -> bool:
        return self._checks is None

    async def claims(self, header: str) -> Claims:
        """First half, before the body is read. Raises TokenRefused."""
        return ANONYMOUS if self._checks is None else await self._checks.verify(header)

    def permit(self, claims: Claims, activity: Activity) -> AuthenticateRequestResult:
        """Second half: does the token fit the activity? Raises NotPermitted."""
        service_url, channel_id = activity.service_url, activity.channel_id
        if not channel_id or not self._hosts.permits(service_url):
            raise NotPermitted("service URL")
        if claims.key is not None:
            if not same_service(claims.values["serviceurl"], service_url):
                raise NotPermitted("another service URL than the token's")
            if claims.key.endorsements is not None and channel_id not in claims.key.endorsements:
                raise NotPermitted("key not endorsed for this channel")
        return self._result(claims)

    def _result(self, claims: Claims) -> AuthenticateRequestResult:
        identity = ClaimsIdentity(cast(dict[str, str], claims.values), True)
        result = AuthenticateRequestResult()
        result.audience = ISSUER
        result.claims_identity = identity
        result.caller_id = cast(str, CallerIdConstants.public_azure_channel.value) if claims.key else cast(str, None)
        result.connector_factory = self.create_connector_factory(identity)
        return result

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        return self.permit(await self.claims(auth_header), activity)

    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> AuthenticateRequestResult:
        raise NotPermitted("no streaming here")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        return _Factory(self._connector)

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> UserTokenClient:
        # The bot signs nobody in through the Bot Framework: the turn carries no such client.
        return cast(UserTokenClient, None)


class _Factory(ConnectorFactory):
    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def create(self, service_url: str, audience: str) -> ConnectorClient:
        return cast(ConnectorClient, Client(self._connector, service_url))


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.isascii() or not 0 < len(token) <= _LONGEST_TOKEN:
        raise TokenRefused("no bearer token")
    return token


def _seconds(value: Any) -> float:
    """A NumericDate of RFC 7519; required, and a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused("a moment is missing")
    try:
        seconds = float(value)
    except OverflowError:
        raise TokenRefused("no such moment") from None
    if not math.isfinite(seconds):
        raise TokenRefused("no such moment")
    return seconds

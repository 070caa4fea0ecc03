"""Signing in with an account: what goes to a provider and what comes back, as the doors and the domain see it."""

from collections.abc import Mapping
from dataclasses import field

from domain.policies import Method, Partner
from domain.value import value


@value
class Provider:
    """Where a guest signs in. What is the same for every tenant (Microsoft, Google) the operator set up."""

    method: Method
    provider_id: str
    name: str
    partner: Partner | None = None
    secret: str | None = field(default=None, repr=False)
    """Of a partner's client; None: a public client, with PKCE alone."""


@value
class Leaving:
    """What the guest's browser carries to the provider and has to bring back."""

    address: str
    """Whom it is about: the provider may ask for this account at once."""
    redirect_uri: str
    language: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    anew: bool = False
    """True: it went wrong before, so that the provider should ask which account."""


@value
class Proof:
    """What a provider's signed word is worth: checked, and nothing in it the account could have made up."""

    method: Method
    provider_id: str
    issuer: str
    subject: str
    address: str
    """The address that was asked about, if the provider vouches for it; else empty."""
    claims_address: bool = False
    """True: it named that address, and does not vouch for it."""
    methods: tuple[str, ...] = ()
    """How the provider made sure (`amr`)."""
    context: str = ""
    """And in which class (`acr`)."""


Returned = Mapping[str, str]
"""The parameters with which the browser came back."""

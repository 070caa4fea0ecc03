"""Refusals of signing in with an account. As in domain/errors.py; all of them are the guest door's.

SignInRefusal(Refusal)           signing in with an account
├── ProviderDown                 could not be reached, was slow, or answered what cannot be believed
├── SignInCancelled              the provider says that the guest, or its admin, did not want to
├── SignInStale                  begun in another browser, too long ago, or finished once already
├── MethodOff                    this way of signing in is not set up, or not for this guest
├── OtherAddress                 signed in, but as somebody else
├── UnverifiedAddress            signed in, but the provider does not vouch for the address
├── OtherAccount                 the guest is known by another account of the same provider
├── AccountTaken                 the account belongs to another guest
└── NoGuest                      a real account, of nobody who is a guest now
"""

from typing import ClassVar

from domain.errors import Refusal
from domain.value import value


class SignInRefusal(Refusal):
    pass


@value
class ProviderDown(SignInRefusal):
    code: ClassVar[str] = "provider_down"
    why: str = ""
    """For the log: a stable word, never what the provider said."""


@value
class SignInCancelled(SignInRefusal):
    code: ClassVar[str] = "sign_in_cancelled"


@value
class SignInStale(SignInRefusal):
    code: ClassVar[str] = "sign_in_stale"


@value
class MethodOff(SignInRefusal):
    code: ClassVar[str] = "method_off"
    contact: str = ""
    """The inviter's name, where it may be told."""


@value
class OtherAddress(SignInRefusal):
    code: ClassVar[str] = "other_address"
    masked_address: str = ""
    """Of the invitation. Which one the account has is nobody's business."""


@value
class UnverifiedAddress(SignInRefusal):
    code: ClassVar[str] = "unverified_address"
    masked_address: str = ""


@value
class OtherAccount(SignInRefusal):
    code: ClassVar[str] = "other_account"
    masked_address: str = ""


@value
class AccountTaken(SignInRefusal):
    code: ClassVar[str] = "account_taken"


@value
class NoGuest(SignInRefusal):
    code: ClassVar[str] = "no_guest"

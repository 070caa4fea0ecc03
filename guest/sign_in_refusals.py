"""What is said where signing in with an account went wrong: in words, and without a detail that helps an attacker."""

from collections.abc import Callable, Mapping
from typing import Any

from domain import sign_in_errors as errors
from guest.notices import Notice, Way
from guest.sentences import Sentences, strong


def provider_down(s: Sentences, _: errors.ProviderDown) -> Notice:
    return Notice(
        424,
        s.say("Signing in there doesn’t work right now"),
        (
            s.say(
                "We got no answer that we can trust from the place where you wanted to sign in. It is not your fault."
            ),
            s.say("Try again in a moment, or sign in another way."),
        ),
        Way.AGAIN,
    )


def sign_in_cancelled(s: Sentences, _: errors.SignInCancelled) -> Notice:
    return Notice(
        403,
        s.say("You did not sign in"),
        (s.say("The sign-in was cancelled, or your organisation doesn’t permit it. Nothing was changed."),),
        Way.AGAIN,
    )


def sign_in_stale(s: Sentences, _: errors.SignInStale) -> Notice:
    return Notice(
        409,
        s.say("This sign-in is over"),
        (
            s.say("It was finished already, took too long, or was begun in another browser."),
            s.say("Please start again from here."),
        ),
        Way.AGAIN,
    )


def method_off(s: Sentences, refusal: errors.MethodOff) -> Notice:
    whom = s.inviter(refusal.contact)
    return Notice(
        403,
        s.say("You can’t sign in this way"),
        (s.say("This way of signing in is not set up here, or not for you. Questions? Ask {whom}.", whom=whom),),
        Way.AGAIN,
    )


def other_address(s: Sentences, refusal: errors.OtherAddress) -> Notice:
    return Notice(
        403,
        s.say("You signed in as someone else"),
        (
            s.say("That account doesn’t belong to {address}.", address=strong(refusal.masked_address)),
            s.say("Try again with the right account, or sign in another way."),
        ),
        Way.AGAIN,
    )


def unverified_address(s: Sentences, refusal: errors.UnverifiedAddress) -> Notice:
    return Notice(
        403,
        s.say("Your account doesn’t prove your address"),
        (
            s.say(
                "It says that {address} is yours, but nobody has checked that.", address=strong(refusal.masked_address)
            ),
            s.say("Confirm the address in your account and try again, or sign in another way."),
        ),
        Way.AGAIN,
    )


def other_account(s: Sentences, refusal: errors.OtherAccount) -> Notice:
    return Notice(
        403,
        s.say("You are known here by another account"),
        (
            s.say(
                "{address} signs in with another account of the same provider.", address=strong(refusal.masked_address)
            ),
            s.say("Use that one. If it is gone, ask the person who invited you."),
        ),
        Way.AGAIN,
    )


def account_taken(s: Sentences, _: errors.AccountTaken) -> Notice:
    return Notice(
        403,
        s.say("This account belongs to another guest"),
        (s.say("Sign in with your own account, or ask the person who invited you."),),
        Way.AGAIN,
    )


def no_guest(s: Sentences, _: errors.NoGuest) -> Notice:
    return Notice(
        403,
        s.say("You are not a guest here"),
        (
            s.say("Your sign-in worked, but your address has no access at the moment."),
            s.say("First time? Open the link in the mail that invited you."),
        ),
    )


NOTICES: Mapping[type[Exception], Callable[[Sentences, Any], Notice]] = {
    errors.ProviderDown: provider_down,
    errors.SignInCancelled: sign_in_cancelled,
    errors.SignInStale: sign_in_stale,
    errors.MethodOff: method_off,
    errors.OtherAddress: other_address,
    errors.UnverifiedAddress: unverified_address,
    errors.OtherAccount: other_account,
    errors.AccountTaken: account_taken,
    errors.NoGuest: no_guest,
}

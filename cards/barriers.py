"""What keeps a guest out, and who can change it, in words that several cards share."""

from cards.elements import names
from cards.escape import domain as shown_domain
from cards.escape import plain
from domain.policies import Forbidden
from domain.policy_views import Barrier
from locales import Speech

MOST_NAMES = 5


def why(speech: Speech, barrier: Barrier, domain: str, *, named: bool = True) -> str:
    """Plain text. `named`: the rule's name may be told."""
    shown = shown_domain(domain)
    if barrier.reason is Forbidden.RULE and named and barrier.rule.strip():
        return speech.say("The rule “{rule}” keeps this guest out.", rule=plain(barrier.rule))
    return {
        None: speech.say("There is no sign-in method for this guest: e-mail passcodes are switched off."),
        Forbidden.OWN_DOMAIN: speech.say("{domain} is your own domain: its people are no guests.", domain=shown),
        Forbidden.DENIED_DOMAIN: speech.say("The domain {domain} is blocked.", domain=shown),
        Forbidden.NOT_ALLOWED_DOMAIN: speech.say(
            "The domain {domain} is not on your organisation’s list.", domain=shown
        ),
        Forbidden.UNWANTED: speech.say("This mailbox does not take invitations from your organisation."),
        Forbidden.RULE: speech.say("A rule of your organisation keeps this guest out."),
    }[barrier.reason]


def who_can_help(speech: Speech, barrier: Barrier) -> str:
    """Plain text."""
    if barrier.reason is Forbidden.UNWANTED:
        return speech.say("Only its holder can change that.")
    shown = names(barrier.admins, MOST_NAMES)
    if not shown:
        return speech.say("An admin can change that.")
    left = len(barrier.admins) - len(shown)
    if left:
        shown.append(speech.say_many("{count} other", "{count} others", left))
    return speech.say("{names} can change that.", names=", ".join(shown))

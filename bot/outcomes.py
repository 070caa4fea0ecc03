"""What was done, in the chat: an operation's view → a card or a sentence. The cards of new invitations are not here:
the outbox posts them."""

from collections.abc import Sequence

import cards
from bot import approval_outcomes
from bot.commands import Need, Unclear
from bot.listeners import Listener, Reply
from bot.replies import fault, refused
from domain import errors
from domain.access_views import ResourcesView, SignInsView
from domain.blocks import BlocksView
from domain.policy_views import ExplainView, MethodsView
from domain.readers import Look
from domain.request_views import RequestView
from domain.switch_views import SwitchView
from domain.views import (
    BadAddress,
    DraftView,
    GuestListView,
    InvitationView,
    InviteView,
    OwnersView,
    SettingsView,
    Standing,
    Status,
    WorkspaceView,
)
from locales import Speech

EXAMPLE = "gwen@fabrikam.example"
MOST_CARDS = 5
"""Cards of invitations that are open already, shown in one message."""
MOST_FAULTS = 20
"""Bad addresses named in one message."""


def invitation(view: InvitationView, to: Listener, *, known: bool = False) -> Reply:
    card = cards.invitation(view, language=to.language, masked=to.masked, known=known)
    return Reply(cards=(card,), address=to.address(view.address))


def looked(look: Look, to: Listener) -> Reply:
    """A reader's own view: what all see already, for who may do nothing here."""
    if look.whole:
        return invitation(look.view, to)
    return Reply(cards=(cards.invitation(look.view, language=to.language, masked=True, buttons=False),))


def invited(view: InviteView, to: Listener) -> Reply:
    """One new invitation or request for approval needs no words: its card is the answer. An open one is shown."""
    known = (*view.open, *view.guests, *view.waiting)
    alone = len(view.created) + len(view.asked) + len(known) == 1
    if alone and view.waiting:
        return approval_outcomes.shown(view.waiting[0], to)
    if alone and view.open:
        return invitation(view.open[0], to, known=True)
    if alone and view.guests and not to.clicked:
        return Reply(_guest_already(view.guests[0], to))
    if alone and not known and not to.clicked:
        return Reply()
    if to.dialog and not known:
        return _all_new(len(view.created), to)
    summary = cards.invite_summary(view, language=to.language, masked=to.masked)
    shown = () if to.clicked else view.open[:MOST_CARDS]
    return Reply(cards=(summary, *(invitation(one, to).cards[0] for one in shown)))


def _all_new(count: int, to: Listener) -> Reply:
    """A dialog closes with it."""
    return Reply(
        to.speech.say_many(
            "{count} guest invited. A card in the chat shows how far it has come.",
            "{count} guests invited. Cards in the chat show how far it has come.",
            count,
        )
    )


def invited_or_drafted(view: InviteView | DraftView, to: Listener) -> Reply:
    """The policy may keep some of the addresses out, or one may look mistyped: then nobody was invited yet."""
    return drafted((), view, to) if isinstance(view, DraftView) else invited(view, to)


def _guest_already(view: InvitationView, to: Listener) -> str:
    who, where = to.address(view.address), to.place(view.workspace)
    if view.access_ends_at is None:
        return to.speech.say("{address} is a guest in {workspace} already.", address=who, workspace=where)
    return to.speech.say(
        "{address} is a guest in {workspace} already, until {day}.",
        address=who,
        workspace=where,
        day=to.speech.day(view.access_ends_at),
    )


def drafted(bad: Sequence[BadAddress], view: DraftView, to: Listener) -> Reply:
    return Reply(cards=(cards.confirm_invite(view, bad, language=to.language, masked=to.masked),))


def resent(view: InvitationView, to: Listener) -> Reply:
    return Reply(to.speech.say("A new mail is on its way to {address}.", address=to.address(view.address)))


def revoked(view: InvitationView, to: Listener) -> Reply:
    who = to.address(view.address)
    return Reply(to.speech.say("The invitation of {address} is revoked. Its link no longer works.", address=who))


def removed(view: InvitationView, to: Listener) -> Reply:
    """Who never came in has no access that could end: the invitation was revoked."""
    if view.access_ends_at is None:
        return revoked(view, to)
    return Reply(
        to.speech.say(
            "{address} was removed from {workspace} and signed out.",
            address=to.address(view.address),
            workspace=to.place(view.workspace),
        )
    )


def language(view: InvitationView, to: Listener) -> Reply:
    name = {"en": to.speech.say("English"), "de": to.speech.say("German")}[view.language]
    return Reply(
        to.speech.say("{address} gets mails in {language} now.", address=to.address(view.address), language=name)
    )


def moved(old: str, view: InvitationView, to: Listener) -> Reply:
    """An open invitation was corrected: nobody had come in yet."""
    if view.status is not Status.REDEEMED:
        return resent(view, to)
    return Reply(
        to.speech.say(
            "{old} is {new} from now on, and keeps every access. The guest was signed out, and gets a mail at the new "
            "address to come in again with a passcode.",
            old=to.address(old),
            new=to.address(view.address),
        )
    )


def decided(view: RequestView, to: Listener) -> Reply:
    card = cards.request(view, language=to.language, masked=to.masked)
    return Reply(cards=(card,), address=to.address(view.address))


def extended(view: InvitationView, to: Listener) -> Reply:
    who = to.address(view.address)
    if view.status is Status.REDEEMED and view.access_ends_at:
        return Reply(
            to.speech.say("{address} has access until {day}.", address=who, day=to.speech.day(view.access_ends_at))
        )
    day = to.speech.day(view.expires_at)
    return Reply(to.speech.say("The invitation of {address} is open until {day}.", address=who, day=day))


def guests(view: GuestListView, to: Listener) -> Reply:
    return Reply(cards=(cards.guest_list(view, language=to.language, masked=to.masked),))


def owners(view: OwnersView, to: Listener) -> Reply:
    return Reply(cards=(cards.owners(view, language=to.language),))


def settings(view: SettingsView, to: Listener) -> Reply:
    return Reply(cards=(cards.settings(view, language=to.language),))


def links(view: ResourcesView, to: Listener) -> Reply:
    return Reply(cards=(cards.links(view, language=to.language),))


def sign_ins(view: SignInsView, to: Listener) -> Reply:
    card = cards.sign_ins(view, language=to.language, masked=to.masked)
    return Reply(cards=(card,), address=to.address(view.address))


def explained(view: ExplainView, to: Listener) -> Reply:
    """A card for each address."""
    return Reply(cards=cards.explanations(view, language=to.language, masked=to.masked))


def methods(view: MethodsView, to: Listener) -> Reply:
    return Reply(cards=(cards.methods(view, language=to.language),))


def disabling(feature: str, view: SettingsView, to: Listener) -> Reply:
    return Reply(cards=(cards.settings_confirmation(view, feature, language=to.language),))


def blocks(view: BlocksView, to: Listener) -> Reply:
    return Reply(cards=(cards.blocks(view, language=to.language),))


def switch(view: SwitchView, to: Listener) -> Reply:
    return Reply(cards=(cards.switch(view, language=to.language),))


def claimed(_: object, to: Listener) -> Reply:
    return Reply(to.speech.say("You are an admin of your organisation now. Write “settings” to see what you can set."))


def arrived(view: WorkspaceView, to: Listener) -> Reply:
    """A welcome, the first time only."""
    return Reply(cards=(cards.welcome(view, language=to.language),)) if view.first_time else Reply()


def guidance(view: Standing, to: Listener) -> Reply:
    card = cards.help_card(language=to.language, kind=to.kind, preview=view.preview)
    return may(view, to) or Reply(cards=(card,))


def unknown(nearest: str, rest: str, view: Standing, to: Listener) -> Reply:
    card = cards.unknown_card(nearest, rest, language=to.language, kind=to.kind, masked=to.masked)
    return may(view, to) or Reply(cards=(card,))


def may(view: Standing, to: Listener) -> Reply | None:
    """The sentence that says whom to ask, for those who may do nothing here."""
    return None if view.owner or view.admin or view.invites else refused(errors.NotOwner(view.owners), to)


def faults(bad: Sequence[BadAddress], view: Standing, to: Listener) -> Reply:
    """Nothing but bad addresses: named one by one."""
    named = [fault(one, to) for one in bad[:MOST_FAULTS]]
    if len(bad) > MOST_FAULTS:
        left = len(bad) - MOST_FAULTS
        named.append(to.speech.say_many("and {count} more", "and {count} more", left))
    return may(view, to) or Reply("\n".join([*named, to.speech.say("Nobody was invited.")]))


def unclear(command: Unclear, view: Standing, to: Listener) -> Reply:
    """What the command lacks, and how it is written."""
    if command.need is Need.BUTTON:
        return may(view, to) or refused(errors.UnknownInvitation(), to)
    said = [fault(one, to) for one in command.bad[:MOST_FAULTS]] or [_lack(command, to.speech)]
    usage = USAGE.get(command.command)
    if usage:
        said.append(to.speech.say("For example: {example}", example=usage))
    return may(view, to) or Reply("\n".join(said))


USAGE = {
    "invite": f"invite {EXAMPLE} for 30 days",
    "guests": "guests pending",
    "status": f"status {EXAMPLE}",
    "resend": f"resend {EXAMPLE}",
    "revoke": f"revoke {EXAMPLE}",
    "remove": f"remove {EXAMPLE}",
    "extend": f"extend {EXAMPLE} 30 days",
    "explain": f"explain {EXAMPLE}",
    "language": f"language {EXAMPLE} de",
    "move": f"move {EXAMPLE} to gwen@northwind.example",
    "owners": "owners add @person",
    "preview": "preview on",
    "claim": "claim CODE",
    "approvals": f"approvals approve {EXAMPLE}",
    "links": "links add Wiki https://wiki.example.com/",
    "sessions": f"sessions {EXAMPLE}",
    "mfa": f"mfa reset {EXAMPLE}",
    "audit": f"audit {EXAMPLE} 30 days",
    "sponsors": f"sponsors {EXAMPLE} add @person",
    "handover": "handover @person to @person",
    "certificate": f"certificate {EXAMPLE}",
    "erase": f"erase {EXAMPLE}",
}


def _lack(command: Unclear, speech: Speech) -> str:
    if command.need is Need.DAYS and command.command == "invite":
        return speech.say("The number of days is a whole number. Nobody was invited.")
    return {
        Need.ADDRESS: speech.say("This needs an e-mail address."),
        Need.ONE_ADDRESS: speech.say("This works for one address at a time."),
        Need.DAYS: speech.say("The number of days is a whole number. Nothing was changed."),
        Need.PERSON: speech.say("Please mention one person of this chat with @."),
        Need.TWO_PEOPLE: speech.say("Please mention two people with @: from whom, and to whom."),
        Need.CODE: speech.say("This needs the code from the server's log."),
        Need.ON_OR_OFF: speech.say("Previews can be turned on or off."),
        Need.LANGUAGE: speech.say("Mails and pages are written in English (en) or German (de)."),
        Need.TWO_ADDRESSES: speech.say("This needs the old address and the new one."),
        Need.LIST: speech.say("Guests can be listed all together, or only those pending or active."),
        Need.FACTORS: speech.say("Second factors can be reset, and the requests for that listed (“mfa requests”)."),
        Need.EVENTS: speech.say(
            "Events can be chosen by a guest’s address, a person (@), a number of days, and by one of these words: "
            "invitations, access, settings, refusals."
        ),
        Need.OWNERS: speech.say("Owners can be listed, added and removed."),
        Need.LINKS: speech.say("Applications can be listed, added and removed."),
        Need.LINK: speech.say("This needs a name, and then the address of the application."),
        Need.APPROVALS: speech.say("Approvals can be listed, approved, denied and withdrawn."),
        Need.FILE: speech.say("This is too long for a message. Please send it as a CSV file."),
        Need.ONE_FILE: speech.say("Please send one file at a time."),
        Need.LINK_NAME: speech.say("This needs the name of the application."),
    }.get(command.need, "")


def unavailable(to: Listener) -> Reply:
    return Reply(
        to.speech.say("I cannot reach my records just now: nothing was changed. Please try again in a minute.")
    )


def fault_with(reference: str, to: Listener) -> Reply:
    said = to.speech.say(
        "Something went wrong on my side. If it happens again, tell whoever runs Gatehouse this reference: {reference}",
        reference=reference,
    )
    return Reply(said)

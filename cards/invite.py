"""`invite`: two fields that other cards fold in, the question when some addresses are bad, and what was done."""

from collections.abc import Sequence

from cards.barriers import who_can_help, why
from cards.elements import Part, card, container, execute, fitting, line, run, text
from cards.escape import address, typed
from cards.words import place, status_word, title, until
from domain.addresses import mask
from domain.policies import domain_of
from domain.policy_views import Typo, Unfit
from domain.views import BadAddress, DraftView, InvitationView, InviteView, Problem, Status
from locales import Speech, speak

# Bytes that lists of addresses may take: Teams cuts cards off at about 28 KB, our limit is 25 KB.
_DOUBT_ROOM = 2_500
_BAD_ROOM = 14_000
_HELP_ROOM = 4_000
_GOOD_ROOM = 7_000
_SECTION_ROOM = 6_000
_WAITING_ROOM = 2_000
_TEXT = 80
"""A bad address is shown so far: enough to find it in what was pasted."""


def form(speech: Speech) -> tuple[list[Part], Part]:
    """The fields and their button; other cards fold them in."""
    addresses = {
        "type": "Input.Text",
        "id": "addresses",
        "label": speech.say("E-mail addresses"),
        "placeholder": speech.say("One or many, pasted in any form"),
        "isMultiline": True,
        "maxLength": 20_000,
        "isRequired": True,
        "errorMessage": speech.say("Please enter at least one address."),
    }
    days = {
        "type": "Input.Number",
        "id": "days",
        "label": speech.say("Days of access after redemption"),
        "min": 1,
        "max": 365,
        "value": 90,
        "errorMessage": speech.say("Please enter a number of days from 1 to 365."),
    }
    send = execute(speech.say("Invite"), "invite.form", {}, style="positive", associatedInputs="Auto")
    return [addresses, days], send


def confirm_invite(draft: DraftView, bad: Sequence[BadAddress], *, language: str, masked: bool) -> Part:
    """Nothing was sent yet: what is wrong, one by one, and buttons for the addresses that can be invited."""
    speech = speak(language)
    count = len(bad) + len(draft.unfit) + len(draft.typos)
    words = speech.say_many("{count} address needs a look", "{count} addresses need a look", count)
    looks = (
        *(_fault(speech, one) for one in bad),
        *(_unfit(speech, one, masked) for one in draft.unfit),
        *(_typo(speech, one, masked) for one in draft.typos),
    )
    shown, unnamed = fitting(looks, count, _BAD_ROOM - (_HELP_ROOM if draft.unfit else 0))
    body = [title(speech, words), *shown, *_more(speech, unnamed), *_help(speech, draft), *_good(speech, draft, masked)]
    return card(body, confirming(speech, draft), language=speech.language, line=words)


def doubts(speech: Speech, draft: DraftView, masked: bool) -> list[Part]:
    """What of the addresses needs a look, for the head of a form."""
    looks = (
        *(_unfit(speech, one, masked) for one in draft.unfit),
        *(_typo(speech, one, masked) for one in draft.typos),
    )
    count = len(draft.unfit) + len(draft.typos)
    said = speech.say_many("{count} address needs a look", "{count} addresses need a look", count)
    shown, unnamed = fitting(looks, count, _DOUBT_ROOM)
    return [text(said, weight="Bolder", spacing="Medium"), *shown, *_more(speech, unnamed), *_help(speech, draft)]


def confirming(speech: Speech, draft: DraftView) -> list[Part]:
    """Buttons for the good addresses, and for those that look mistyped too: the draft itself says which they are."""
    data, good, doubtful = {"draft": draft.draft_id}, len(draft.good), len(draft.typos)
    buttons: list[Part] = []
    if good:
        words = speech.say_many("Invite the good one", "Invite the {count} good ones", good)
        buttons.append(execute(words, "invite.confirm", data | ({"only": "good"} if doubtful else {})))
    if doubtful:
        words = speech.say_many("Invite it as written", "Invite all {count} as written", good + doubtful)
        buttons.append(execute(words, "invite.confirm", data))
    return [buttons[0] | {"style": "positive"}, *buttons[1:]] if buttons else []


def _unfit(speech: Speech, one: Unfit, masked: bool) -> Part:
    reason = line(run(why(speech, one.barrier, domain_of(one.address)), size="Small", isSubtle=True), spacing="None")
    return container([_address(one.address, masked), reason], spacing="Small")


def _typo(speech: Speech, one: Typo, masked: bool) -> Part:
    said = speech.say("Is this a typing mistake? Did you mean {domain}?", domain=one.domain)
    return container([_address(one.address, masked), text(said, size="Small", isSubtle=True, spacing="None")])


def _help(speech: Speech, draft: DraftView) -> list[Part]:
    if not draft.unfit:
        return []
    return [line(run(who_can_help(speech, draft.unfit[0].barrier), size="Small"), spacing="Small")]


def _fault(speech: Speech, bad: BadAddress) -> Part:
    rows = [
        line(run(typed(bad.text, _TEXT) or "–", weight="Bolder")),
        line(run(problem(speech, bad.problem), size="Small", isSubtle=True), spacing="None"),
    ]
    return container(rows, spacing="Small")


def problem(speech: Speech, what: Problem) -> str:
    """Why an address cannot be invited, and how to mend it."""
    return {
        Problem.MALFORMED: speech.say("This is not an e-mail address. It should look like name@example.com."),
        Problem.UNSUPPORTED_CHARACTERS: speech.say(
            "Not every mail server takes its characters. Only letters, digits and . _ + ' - can stand before the @."
        ),
        Problem.TOO_LONG: speech.say(
            "It is too long: at most 64 characters before the @, and 254 in all. Are two addresses run together?"
        ),
        Problem.NO_SUCH_DOMAIN: speech.say("There is no such domain. Please check the part after the @."),
    }[what]


def _good(speech: Speech, draft: DraftView, masked: bool) -> list[Part]:
    if not draft.good and not draft.typos:
        return [
            text(speech.say("Nobody was invited. Please correct the addresses and invite again."), spacing="Medium")
        ]
    rows, unnamed = fitting((_address(one, masked) for one in draft.good), len(draft.good), _GOOD_ROOM)
    told = speech.say_many(
        "Nobody was invited yet. This one is fine:", "Nobody was invited yet. These {count} are fine:", len(draft.good)
    )
    if not draft.good:
        told = speech.say("Nobody was invited yet.")
    length = speech.say_many(
        "Access for {count} day after redemption", "Access for {count} days after redemption", draft.access_days
    )
    end = text(length, size="Small", isSubtle=True)
    return [text(told, spacing="Medium", separator=True), *rows, *_more(speech, unnamed), end]


def _address(one: str, masked: bool) -> Part:
    return line(run(address(mask(one) if masked else one)), spacing="Small")


def invite_summary(view: InviteView, *, language: str, masked: bool) -> Part:
    """What `invite` did with each address. Each new invitation has a card of its own besides."""
    speech = speak(language)
    words = (
        speech.say_many("{count} guest invited", "{count} guests invited", len(view.created))
        if view.created
        else speech.say("Nobody was invited yet")
        if view.asked
        else speech.say("Nobody new was invited")
    )
    body = [title(speech, words, any(one.preview for one in view.created))]
    for told, some in (
        (_where(speech, view.created), view.created),
        (speech.say("Already invited, nothing was sent"), view.open),
        (speech.say("Already guests here"), view.guests),
    ):
        body += _section(speech, told, some, masked)
    for told, requests in (
        (speech.say("Wait for approval"), view.asked),
        (speech.say("Waited for approval before"), view.waiting),
    ):
        body += _waiting(speech, told, [each for one in requests for each in one.addresses], masked)
    return card(body, language=speech.language, line=words)


def _waiting(speech: Speech, told: str, some: Sequence[str], masked: bool) -> list[Part]:
    if not some:
        return []
    rows, unnamed = fitting((_address(one, masked) for one in some), len(some), _WAITING_ROOM)
    return [
        line(run(told, size="Small", weight="Bolder", isSubtle=True), spacing="Medium"),
        *rows,
        *_more(speech, unnamed),
    ]


def _where(speech: Speech, created: Sequence[InvitationView]) -> str:
    if not created:
        return ""
    return speech.say_many(
        "Into {workspace}, with a card of its own:",
        "Into {workspace}, each with a card of its own:",
        len(created),
        workspace=place(speech, created[0].kind, created[0].workspace),
    )


def _section(speech: Speech, told: str, some: Sequence[InvitationView], masked: bool) -> list[Part]:
    if not some:
        return []
    rows, unnamed = fitting((_outcome(speech, one, masked) for one in some), len(some), _SECTION_ROOM)
    head = line(run(told, size="Small", weight="Bolder", isSubtle=True), spacing="Medium")
    return [head, *rows, *_more(speech, unnamed)]


def _outcome(speech: Speech, one: InvitationView, masked: bool) -> Part:
    """Nobody edits this card: what is over in a moment is not said, and each invitation's own card tells the rest."""
    state = "" if one.status is Status.SENDING else status_word(speech, one.status)
    said = " · ".join(filter(None, [state, until(speech, one.status, one.access_ends_at or one.expires_at)]))
    rows = [_address(one.address, masked), text(said, size="Small", isSubtle=True, spacing="None")]
    return container(rows, spacing="Small")


def _more(speech: Speech, unnamed: int) -> list[Part]:
    if not unnamed:
        return []
    return [text(speech.say_many("and {count} more", "and {count} more", unnamed), isSubtle=True)]

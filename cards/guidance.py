"""`help`, the welcome, `owners`, and single sentences."""

from collections.abc import Sequence

from cards.elements import Part, card, container, execute, label, line, names, run, text, unfold
from cards.escape import address, plain
from cards.invite import form
from cards.words import place, title
from domain.addresses import mask
from domain.views import Kind, OwnersView, WorkspaceView
from locales import Speech, speak

_REST = 300
"""Characters of what followed an unknown command that are shown again."""


def help_card(*, language: str, kind: Kind, preview: bool) -> Part:
    """The commands."""
    speech = speak(language)
    words = speech.say("What I can do")
    body = [title(speech, words, preview), *_told(speech, kind)]
    return card(body, _starts(speech), language=speech.language, line=words)


def unknown_card(nearest: str, rest: str, *, language: str, kind: Kind, masked: bool) -> Part:
    """After a command that is unknown: the one that was probably meant (empty: nobody knows) with what followed it, and
    all commands folded in."""
    speech = speak(language)
    words = speech.say("I do not know that command.")
    if nearest:
        command = _written(nearest, _masked(rest) if masked else rest)
        words = speech.say("I do not know that command. Did you mean “{command}”?", command=command)
    shown = unfold(speech.say("Show all commands"), _told(speech, kind), [], id="help")
    return card([line(run(words))], [shown], language=speech.language, line=words)


def _written(nearest: str, rest: str) -> str:
    """The command as it can be written again: addresses as they are, everything else harmless."""
    cut = f"{rest[:_REST]}…" if len(rest) > _REST else rest
    return " ".join([plain(nearest), *(address(word) for word in cut.split())])


def _masked(rest: str) -> str:
    """Whatever stands before an @, be it an address or not."""
    return " ".join(mask(word) if word.rpartition("@")[0] else word for word in rest.split())


def _told(speech: Speech, kind: Kind) -> list[Part]:
    sections = [
        container([label(told), *(_command(*one) for one in commands)], spacing="Medium")
        for told, commands in _commands(speech).items()
    ]
    return [*_mention(speech, kind), *sections]


def _mention(speech: Speech, kind: Kind) -> list[Part]:
    """Elsewhere than in a personal chat nothing is heard without it."""
    said = speech.say("Mention me here, then write a command.")
    return [] if kind is Kind.PERSONAL else [text(said, isSubtle=True)]


def _command(words: str, does: str) -> Part:
    rows = [
        line(run(words, fontType="Monospace", weight="Bolder")),
        text(does, size="Small", isSubtle=True, spacing="None"),
    ]
    return container(rows, spacing="Small")


def _commands(speech: Speech) -> dict[str, list[tuple[str, str]]]:
    """Commands are the same in every language."""
    return {
        speech.say("Inviting"): [
            ("invite ADDRESS, ADDRESS for 30 days", speech.say("Invites guests; alone it opens a form")),
            ("invite", speech.say("With a CSV file or many addresses: shows every row before anybody is invited")),
            ("resend ADDRESS", speech.say("Sends the mail again, with a new link")),
            ("extend ADDRESS 14 days", speech.say("Keeps an invitation open, or a guest in, for longer")),
            ("approvals", speech.say("Lists the invitations that wait for approval; also: approvals deny ADDRESS")),
            ("explain ADDRESS", speech.say("Says beforehand whether somebody would get in, and how")),
        ],
        speech.say("Looking after guests"): [
            ("guests pending", speech.say("Lists the guests; also: guests, guests active")),
            ("status ADDRESS", speech.say("Shows where one invitation stands")),
            ("revoke ADDRESS", speech.say("Takes an invitation back")),
            ("language ADDRESS de", speech.say("Changes the language of mails and pages")),
            ("move ADDRESS to ADDRESS", speech.say("Moves a guest to another mailbox")),
            ("remove ADDRESS", speech.say("Ends a guest's access at once")),
            ("sessions ADDRESS", speech.say("Shows since when a guest is signed in, and ends that")),
            ("mfa reset ADDRESS", speech.say("Asks an admin to take away a guest's lost second factor")),
        ],
        speech.say("This workspace"): [
            ("audit ADDRESS", speech.say("Shows who did what and when; also: audit, audit refusals, audit 30 days")),
            (
                "sponsors ADDRESS add @person",
                speech.say("Says who answers for a guest; also: sponsors ADDRESS, sponsors ADDRESS remove @person"),
            ),
            ("handover @person to @person", speech.say("Hands the guests of one person over to another")),
            ("certificate ADDRESS", speech.say("Shows what was removed when a guest was let go")),
            ("owners add @person", speech.say("Says who may invite; also: owners, owners remove @person")),
            ("links add NAME URL", speech.say("Shows guests an application; also: links, links remove NAME")),
        ],
        speech.say("For admins"): [
            ("settings", speech.say("Shows which features are on, and changes them")),
            ("methods", speech.say("Shows the sign-in methods, and changes their order")),
            ("preview on", speech.say("Turns previews on; also: preview off")),
            ("blocks", speech.say("Shows which mailboxes take no invitations from you any more")),
            ("mfa requests", speech.say("Lists the resets that wait for an admin's word")),
            ("erase ADDRESS", speech.say("Erases everything about a guest who asks for that")),
            ("claim CODE", speech.say("Makes you an admin, with the code from the server's log")),
        ],
    }


def _starts(speech: Speech) -> list[Part]:
    fields, send = form(speech)
    return [
        unfold(speech.say("Invite guests"), fields, [send], style="positive"),
        execute(speech.say("Show guests"), "guests.page", {"only": "all", "page": 1}),
    ]


def welcome(view: WorkspaceView, *, language: str) -> Part:
    """The bot came into a workspace: what it is for, and who may invite."""
    speech = speak(language)
    words = speech.say("Hello, I am Gatehouse")
    where = speech.say("I let guests into {workspace}.", workspace=place(speech, view.kind, view.workspace))
    body = [
        title(speech, words, view.preview),
        line(run(where), spacing="Medium"),
        text(
            speech.say(
                "Tell me an e-mail address. I send an invitation, the guest proves the address with a passcode, "
                "and a card here shows every step."
            )
        ),
        container([label(speech.say("Try it")), line(run("invite name@example.com", fontType="Monospace"))]),
        *_mention(speech, view.kind),
        *_owners(speech, view.owners),
    ]
    return card(body, _starts(speech), language=speech.language, line=words)


def owners(view: OwnersView, *, language: str) -> Part:
    """Who may invite here, after `owners` and after a change."""
    speech = speak(language)
    words = speech.say("Who may invite guests")
    head = title(speech, words)
    where = place(speech, view.kind, view.workspace)
    head["items"].append(line(run(where, size="Small", isSubtle=True), spacing="None"))
    most = 10 if view.owners and view.team else 20
    listed = _owners(speech, view.owners, most) if view.owners or not view.team else []
    if view.team:
        listed += _rows(speech, speech.say("Owners of the team in Microsoft Teams"), view.team, most)
    body = [head, *_change(speech, view), *listed]
    body.append(
        text(
            speech.say("To change this, write “owners add @person” or “owners remove @person”."),
            size="Small",
            isSubtle=True,
            spacing="Medium",
        )
    )
    return card(body, language=speech.language, line=words)


def _change(speech: Speech, view: OwnersView) -> list[Part]:
    if not view.changed:
        return []
    name = plain(view.changed)
    now_owner = view.changed in (*view.owners, *view.team)
    if view.directed:
        said = speech.say(
            "{name} stays an owner, as an owner of the team in Microsoft Teams. That can be changed there.", name=name
        )
    elif view.already:
        said = speech.say("{name} was an owner already.", name=name)
        said = said if now_owner else speech.say("{name} was not an owner.", name=name)
    else:
        said = speech.say("{name} is an owner now.", name=name)
        said = said if now_owner else speech.say("{name} is no longer an owner.", name=name)
    return [line(run(said, weight="Bolder"), spacing="Medium")]


def _owners(speech: Speech, people: Sequence[str], most: int = 20) -> list[Part]:
    if not people:
        return [
            label(speech.say("Owners")),
            text(speech.say("Nobody yet. An admin can name an owner."), spacing="Small"),
        ]
    return _rows(speech, speech.say("Owners"), people, most)


def _rows(speech: Speech, words: str, people: Sequence[str], most: int) -> list[Part]:
    shown = names(people, most)
    rows = [line(run(name or speech.say("Somebody without a name")), spacing="Small") for name in shown]
    left = len(people) - len(shown)
    more = [text(speech.say_many("and {count} more", "and {count} more", left), isSubtle=True)] if left else []
    return [label(words), *rows, *more]


def refusal(sentence: str, *, language: str) -> Part:
    """One sentence as a card, shown as it is: names in it have been through `escape.plain`."""
    speech = speak(language)
    return card([line(run(sentence))], language=speech.language, line=sentence)

"""What the invite form, the action on a message and the search answer."""

from functools import partial

import cards
from bot.listeners import Listener, Reply
from bot.outcomes import EXAMPLE, drafted, invited
from bot.replies import refused
from domain.errors import NotOwner
from domain.form_views import Filled, FormView, FoundView
from domain.views import DraftView, InviteView, Standing


def opened(view: FormView | Standing, to: Listener) -> Reply:
    """In the chat a short form that opens the long one; in a dialog the long one."""
    if isinstance(view, Standing):
        return refused(NotOwner(view.owners), to)
    if to.dialog:
        return Reply(cards=(_form(view, to),))
    said = to.speech.say("Write whom to invite, for example: {example}", example=f"invite {EXAMPLE} for 30 days")
    return Reply(said, (cards.invite_opener(view, language=to.language, teams=to.teams),))


def submitted(filled: Filled, view: FormView | InviteView | DraftView, to: Listener) -> Reply:
    if isinstance(view, FormView):
        return Reply(cards=(_form(view, to),))
    if isinstance(view, InviteView):
        return invited(view, to)
    if not to.dialog:
        return drafted((), view, to)
    return Reply(cards=(_form(_again(filled, to), to, draft=view),))


def again(filled: Filled, reply: Reply, to: Listener) -> Reply:
    """The form once more, as it was filled in, with what stands in the way above it."""
    return Reply(cards=(_form(_again(filled, to), to, note=reply.text),)) if reply.text else reply


def _again(filled: Filled, to: Listener) -> FormView:
    return FormView(to.kind, to.workspace, filled)


def _form(view: FormView, to: Listener, *, note: str = "", draft: DraftView | None = None) -> dict[str, object]:
    return cards.invite_form(
        view, language=to.language, picker=to.teams, masked=to.masked, note=note, draft=draft
    )  # fmt: skip


def found(view: FoundView, to: Listener) -> Reply:
    if not view.guests:
        return Reply(to.speech.say("I found nobody. I look for addresses and names in the workspaces that you own."))
    pairs = tuple(zip(view.guests, view.names, strict=True))
    shown = partial(cards.found, language=to.language, masked=view.masked)
    line = partial(cards.found_line, language=to.language, masked=view.masked)
    return Reply(
        cards=tuple(shown(guest, name) for guest, name in pairs),
        lines=tuple(line(guest, name) for guest, name in pairs),
    )

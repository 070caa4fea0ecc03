"""Invitations that wait for approval: an approver's card, the card where it was asked, and `approvals`."""

from collections.abc import Sequence

from cards.barriers import why
from cards.elements import (
    Part,
    card,
    container,
    execute,
    fitting,
    label,
    line,
    local_date,
    local_time,
    names,
    run,
    text,
)
from cards.escape import address, plain, without_addresses
from cards.explanation import entry_word
from cards.methods import method_name
from cards.words import place, title
from domain.addresses import mask
from domain.approval_views import ApprovalListView, ApprovalView, AskedView, Word
from domain.policies import domain_of
from domain.policy_views import Explanation
from domain.terms import Kind
from locales import Speech, speak

# Bytes, as in cards/invite.py.
_EXPLAINED_ROOM = 8_000
_NAMED_ROOM = 7_000
_LEFT_OUT_ROOM = 3_000
_LINE_ADDRESSES = 3
_REASON = 300
_NOTE = 500


def approval(view: ApprovalView, *, language: str, masked: bool) -> Part:
    """An approver's: who asks for whom and why, and would they get in; buttons while it waits."""
    speech = speak(language)
    words = speech.say("An invitation waits for your approval") if view.word is None else outcome(speech, view)
    if view.reminder and view.word is None:
        words = speech.say("Reminder: an invitation still waits for your approval")
    body = [title(speech, words), line(run(_who_asks(speech, view)), spacing="Medium"), *_reason(speech, view, masked)]
    if view.word is None:
        body += [*_explained(speech, view, masked), *_terms(speech, view), *_alone(speech, view), _note_field(speech)]
        return card(body, _deciding(speech, view), language=speech.language, line=f"{words}: {_whom(view, masked)}")
    body += [*_named(speech, view.addresses, masked, _NAMED_ROOM), *_result(speech, view, masked)]
    return card(body, language=speech.language, line=f"{words}: {_whom(view, masked)}")


def asked(view: AskedView, *, language: str, masked: bool) -> Part:
    """Where it was asked: whose word it waits for, and what became of it."""
    speech = speak(language)
    words = speech.say("Waits for approval") if view.word is None else outcome(speech, view)
    body = [title(speech, words), *_named(speech, view.addresses, masked, _NAMED_ROOM), *_reason(speech, view, masked)]
    if view.word is not None:
        body += _result(speech, view, masked)
        return card(body, language=speech.language, line=f"{words}: {_whom(view, masked)}")
    body += [line(run(said), spacing="Small") for said in _whom_to_ask(speech, view)]
    body += [_asked_at(speech, view)]
    take_back = execute(speech.say("Withdraw"), "approval.withdraw", _data(view), style="destructive")
    return card(body, [take_back], language=speech.language, line=f"{words}: {_whom(view, masked)}")


def approval_list(view: ApprovalListView, *, language: str, masked: bool) -> Part:
    """A page of those to decide and of the person's own."""
    speech = speak(language)
    words = speech.say("Approvals")
    body = [title(speech, words)]
    if not view.lines:
        body.append(text(speech.say("No invitation waits for your approval, and you asked for none.")))
    for one in view.lines:
        show = execute(speech.say("Show"), "approval.show", _data(one))
        body.append(container([*_line(speech, one, masked), {"type": "ActionSet", "actions": [show]}], separator=True))
    if view.pages > 1:
        shown = speech.say("Page {page} of {pages}", page=view.page, pages=view.pages)
        body.append(text(shown, size="Small", isSubtle=True, separator=True))
    return card(body, _pages(speech, view), language=speech.language, line=words)


def outcome(speech: Speech, view: ApprovalView) -> str:
    """What became of it, in a few words of ours."""
    return {
        Word.APPROVED: speech.say("Approved"),
        Word.DENIED: speech.say("Denied"),
        Word.WITHDRAWN: speech.say("Withdrawn"),
        Word.EXPIRED: speech.say("Nobody decided in time"),
        Word.VOID: speech.say("Approved, but nobody was invited"),
        None: speech.say("Waits for approval"),
    }[view.word]


def _who_asks(speech: Speech, view: ApprovalView) -> str:
    return speech.say(
        "{name} asks to invite into {workspace}:",
        name=plain(view.asker) or speech.say("Somebody without a name"),
        workspace=_where(speech, view),
    )


def _where(speech: Speech, view: ApprovalView) -> str:
    """Seen from another chat, where “this chat” would be the wrong one."""
    if view.workspace_kind is Kind.PERSONAL and not isinstance(view, AskedView):
        return speech.say("their own chat")
    if not view.workspace.strip() and view.kind is not view.workspace_kind:
        return speech.say("a chat without a name")
    return place(speech, view.workspace_kind, view.workspace)


def _reason(speech: Speech, view: ApprovalView, masked: bool) -> list[Part]:
    if not view.reason:
        return []
    said = plain(without_addresses(view.reason) if masked else view.reason, _REASON)
    return [label(speech.say("Reason")), line(run(said), spacing="Small")]


def _explained(speech: Speech, view: ApprovalView, masked: bool) -> list[Part]:
    """The first few each with whether they would get in, the others by name."""
    told = view.explanations
    rows, unnamed = fitting((_explanation(speech, one, masked) for one in told), len(told), _EXPLAINED_ROOM)
    rest = view.addresses[len(told) - unnamed :]
    return [*rows, *_named(speech, rest, masked, _NAMED_ROOM)]


def _explanation(speech: Speech, one: Explanation, masked: bool) -> Part:
    said = [entry_word(speech, one.entry)]
    if one.barrier:
        said = [*said, why(speech, one.barrier, domain_of(one.address))]
    elif one.ways:
        said.append(", ".join(method_name(speech, way.method) for way in one.ways))
    said += [plain(rule.name, 40) for rule in one.rules[:3] if rule.name.strip()]
    rows = [
        line(run(_shown(one.address, masked), weight="Bolder")),
        line(run(" · ".join(said), size="Small", isSubtle=True), spacing="None"),
    ]
    return container(rows, spacing="Small")


def _named(speech: Speech, some: Sequence[str], masked: bool, room: int) -> list[Part]:
    """Several to a line, so that many fit."""
    pieces = [some[at : at + _LINE_ADDRESSES] for at in range(0, len(some), _LINE_ADDRESSES)]
    lines = (line(run(", ".join(_shown(each, masked) for each in piece)), spacing="Small") for piece in pieces)
    shown, _ = fitting(lines, len(pieces), room)
    left = len(some) - sum(len(piece) for piece in pieces[: len(shown)])
    more = [text(speech.say_many("and {count} more", "and {count} more", left), isSubtle=True)] if left else []
    return [*shown, *more]


def _terms(speech: Speech, view: ApprovalView) -> list[Part]:
    days = speech.say_many(
        "Access for {count} day after redemption", "Access for {count} days after redemption", view.access_days
    )
    return [text(days, size="Small", isSubtle=True), _asked_at(speech, view)]


def _asked_at(speech: Speech, view: ApprovalView) -> Part:
    said = speech.say(
        "Asked on {moment}, waits until {day}", moment=local_time(view.asked_at), day=local_date(view.expires_at)
    )
    return text(said, size="Small", isSubtle=True)


def _alone(speech: Speech, view: ApprovalView) -> list[Part]:
    if not view.alone:
        return []
    return [text(speech.say("There is no other approver: you may approve your own request."), size="Small")]


def _note_field(speech: Speech) -> Part:
    return {
        "type": "Input.Text",
        "id": "note",
        "label": speech.say("A note to who asked (optional)"),
        "isMultiline": True,
        "maxLength": _NOTE,
    }


def _deciding(speech: Speech, view: ApprovalView) -> list[Part]:
    return [
        execute(speech.say("Approve"), "approval.approve", _data(view), style="positive", associatedInputs="Auto"),
        execute(speech.say("Deny"), "approval.deny", _data(view), associatedInputs="Auto"),
    ]


def _whom_to_ask(speech: Speech, view: ApprovalView) -> list[str]:
    """It is never left open who has the word now."""
    if view.alone:
        return [speech.say("There is no other approver: you may approve your own request.")]
    if not view.waits_for:
        return [speech.say("Nobody can approve this yet. Please ask whoever runs Gatehouse to name an admin.")]
    waits = speech.say_many("Waits for {count} approver.", "Waits for one of {count} approvers.", view.waits_for)
    known = ", ".join(names(view.approvers, 5))
    if view.reached:
        return [f"{waits} {known}".strip()]
    if known:
        return [waits, speech.say("I could not write to any of them. Please ask {names}.", names=known)]
    return [waits, speech.say("I could not write to any of them. Please ask an admin who that is.")]


def _result(speech: Speech, view: ApprovalView, masked: bool) -> list[Part]:
    rows = [line(run(_decided(speech, view), weight="Bolder"), separator=True, spacing="Medium")]
    if view.note:
        said = plain(without_addresses(view.note) if masked else view.note, _NOTE)
        rows += [label(speech.say("Note")), line(run(said), spacing="Small")]
    if view.left_out:
        told = speech.say("Not invited: a rule keeps them out now, or they were invited before.")
        rows += [label(told), *_named(speech, view.left_out, masked, _LEFT_OUT_ROOM)]
    return rows


def _decided(speech: Speech, view: ApprovalView) -> str:
    name = plain(view.decider) or speech.say("Somebody without a name")
    return {
        Word.APPROVED: speech.say_many(
            "Approved by {name}: {count} guest invited", "Approved by {name}: {count} guests invited",
            view.invited, name=name,
        ),
        Word.DENIED: speech.say("Denied by {name}: nobody was invited.", name=name),
        Word.WITHDRAWN: speech.say("Withdrawn by {name}: nobody was invited.", name=name),
        Word.VOID: speech.say(
            "{name} approved it, but {asker} may not invite there any more: nobody was invited.",
            name=name, asker=plain(view.asker) or speech.say("who asked"),
        ),
    }.get(
        view.word or Word.EXPIRED,
        speech.say("Nobody decided within a week: nobody was invited. You can invite again, which asks anew."),
    )  # fmt: skip


def _line(speech: Speech, view: ApprovalView, masked: bool) -> list[Part]:
    own = isinstance(view, AskedView)
    said = speech.say("You asked") if own else speech.say("{name} asks", name=plain(view.asker))
    head = [_where(speech, view), said, outcome(speech, view)]
    return [
        line(run(_whom(view, masked), weight="Bolder"), spacing="Small"),
        line(run(" · ".join(head), size="Small", isSubtle=True), spacing="None"),
    ]


def _pages(speech: Speech, view: ApprovalListView) -> list[Part]:
    back = execute(speech.say("Previous"), "approvals.page", {"page": view.page - 1})
    more = execute(speech.say("Next"), "approvals.page", {"page": view.page + 1})
    return [*([back] if view.page > 1 else []), *([more] if view.page < view.pages else [])]


def _whom(view: ApprovalView, masked: bool) -> str:
    """One address, or the first and how many more."""
    first = _shown(view.addresses[0], masked)
    return first if len(view.addresses) == 1 else f"{first} +{len(view.addresses) - 1}"


def _shown(one: str, masked: bool) -> str:
    return address(mask(one) if masked else one)


def _data(view: ApprovalView) -> Part:
    return {"approval": view.approval_id, "version": view.version}

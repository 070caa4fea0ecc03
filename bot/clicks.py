"""A card's payload → a typed command. What a client sends is made up for all we know: each field is checked, others are
ignored. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from bot import form_clicks
from bot.approval_commands import Approvals, Approve, Deny, Named, ShowApproval, Withdraw
from bot.commands import (
    PASSCODES,
    Audit,
    Blocks,
    Command,
    Confirm,
    ConfirmList,
    ConfirmReset,
    Correct,
    Decide,
    DenyReset,
    EndSessions,
    Extend,
    Guests,
    Look,
    Methods,
    MoveMethod,
    Need,
    OnSwitch,
    Resend,
    Revoke,
    SetFeature,
    Settings,
    ShowGuests,
    ShowInvitation,
    ShowList,
    StopList,
    SwitchMethod,
    SwitchWish,
    Unclear,
)
from bot.life_commands import LIFE_BUTTONS
from bot.list_commands import OfferFile
from bot.list_phrases import inviting
from bot.payloads import opaque as _opaque
from bot.payloads import text as _text
from bot.payloads import whole as _whole
from bot.phrases import number, single
from bot.setting_clicks import SETTING_BUTTONS
from bot.sponsor_commands import EraseNow, TakeOver
from bot.writing import plain
from domain import addresses
from domain.approval_decisions import LONGEST_NOTE
from domain.approval_views import ApprovalTarget
from domain.history_views import About, Question
from domain.policies import Method
from domain.request_views import Decision
from domain.switch_views import Remind
from domain.views import Setting, Target


def clicked(verb: str, data: Mapping[str, Any], *, automatic: bool = False) -> Command:
    """`Unclear` for what no card of ours sends. `automatic`: by the client alone, which may look and do nothing."""
    read = BUTTONS.get(verb)
    command = read(data) if read else None
    if command is None or (automatic and not isinstance(command, Look)):
        return Unclear("", Need.BUTTON)
    return command


def _target(data: Mapping[str, Any]) -> Target | None:
    invitation_id, version = _opaque(data, "invitation"), _whole(data.get("version"))
    return Target(invitation_id, version) if invitation_id and version is not None and version >= 0 else None


def _on_target(make: Callable[[Target], Command]) -> Callable[[Mapping[str, Any]], Command | None]:
    def read(data: Mapping[str, Any]) -> Command | None:
        target = _target(data)
        return make(target) if target else None

    return read


def _clicked_correct(data: Mapping[str, Any]) -> Command | None:
    target, address = _target(data), _text(data, "address", 1000)
    if target is None:
        return None
    typed = plain(address or "")
    return single("correct", typed) or Correct(target, addresses.parse(typed).good[0])


def _clicked_confirm(data: Mapping[str, Any]) -> Command | None:
    draft_id = _opaque(data, "draft")
    return Confirm(draft_id, data.get("only") == "good") if draft_id else None


def _on_request(make: Callable[[str], Command]) -> Callable[[Mapping[str, Any]], Command | None]:
    def read(data: Mapping[str, Any]) -> Command | None:
        request_id = _opaque(data, "request")
        return make(request_id) if request_id else None

    return read


def _deciding(decision: Decision) -> Callable[[Mapping[str, Any]], Command | None]:
    def read(data: Mapping[str, Any]) -> Command | None:
        request_id = _opaque(data, "request")
        return Decide(request_id, decision) if request_id else None

    return read


def _on_page(make: Callable[[str, int], Command]) -> Callable[[Mapping[str, Any]], Command | None]:
    def read(data: Mapping[str, Any]) -> Command | None:
        only, page = _text(data, "only", 10), _whole(data.get("page"))
        return make(only, max(1, page)) if only in ("all", "pending", "active") and page is not None else None

    return read


def _on_list(make: Callable[[str], Command]) -> Callable[[Mapping[str, Any]], Command | None]:
    def read(data: Mapping[str, Any]) -> Command | None:
        bulk_id = _opaque(data, "list")
        return make(bulk_id) if bulk_id else None

    return read


def _clicked_rows(data: Mapping[str, Any]) -> Command | None:
    bulk_id, only, page = _opaque(data, "list"), _text(data, "only", 10), _whole(data.get("page"))
    good = bulk_id and only in ("", "all", "left") and page is not None
    return ShowList(bulk_id, only, max(1, page)) if good and bulk_id and only is not None and page else None


def _clicked_form(data: Mapping[str, Any]) -> Command | None:
    return form_clicks.in_chat(data) or _clicked_invite(data)


def _clicked_invite(data: Mapping[str, Any]) -> Command | None:
    listed, days = _text(data, "addresses", 60_000), data.get("days")
    if listed is None:
        return None
    parsed = addresses.parse(plain(listed))
    if not parsed.good and not parsed.bad:
        return Unclear("invite", Need.ADDRESS)
    if days is None or days == "":
        return inviting(parsed)
    given = number(plain(days)) if isinstance(days, str) else _whole(days)
    return Unclear("invite", Need.DAYS) if given is None else inviting(parsed, given)


def _clicked_feature(data: Mapping[str, Any]) -> Command | None:
    setting = _text(data, "setting", 10)
    if data.get("feature") != PASSCODES or setting not in tuple(Setting):
        return None
    return SetFeature(Setting(setting))


def _clicked_disable(data: Mapping[str, Any]) -> Command | None:
    if data.get("feature") != PASSCODES or data.get("setting") != Setting.DISABLED.value:
        return None
    return SetFeature(Setting.DISABLED, sure=True)


def _clicked_end_sessions(data: Mapping[str, Any]) -> Command | None:
    guest_id = _opaque(data, "guest")
    return EndSessions(guest_id) if guest_id else None


def _method(data: Mapping[str, Any]) -> tuple[Method, int] | None:
    name, version = _text(data, "method", 20), _whole(data.get("version"))
    if name not in tuple(Method) or version is None or version < 0:
        return None
    return Method(name), version


def _clicked_move(data: Mapping[str, Any]) -> Command | None:
    named, direction = _method(data), _text(data, "direction", 4)
    return MoveMethod(named[0], direction == "up", named[1]) if named and direction in ("up", "down") else None


def _clicked_switch(data: Mapping[str, Any]) -> Command | None:
    named, state = _method(data), _text(data, "state", 3)
    return SwitchMethod(named[0], state == "on", named[1]) if named and state in ("on", "off") else None


def _clicked_blocks(data: Mapping[str, Any]) -> Command | None:
    page = _whole(data.get("page"))
    return None if page is None else Blocks(max(1, page))


def _on_switch(wish: SwitchWish) -> Callable[[Mapping[str, Any]], Command | None]:
    def read(data: Mapping[str, Any]) -> Command | None:
        notice_id, when = _opaque(data, "notice"), _text(data, "when", 20)
        if not notice_id or (wish is SwitchWish.REMIND and when not in tuple(Remind)):
            return None
        return OnSwitch(notice_id, wish, Remind(when) if wish is SwitchWish.REMIND else None)

    return read


def _approval(data: Mapping[str, Any]) -> ApprovalTarget | None:
    approval_id, version = _opaque(data, "approval"), _whole(data.get("version"))
    return ApprovalTarget(approval_id, version) if approval_id and version is not None and version >= 0 else None


def _with_note(make: Callable[[Named, str], Command]) -> Callable[[Mapping[str, Any]], Command | None]:
    def read(data: Mapping[str, Any]) -> Command | None:
        target, note = _approval(data), data.get("note")
        return make(target, note[:LONGEST_NOTE] if isinstance(note, str) else "") if target else None

    return read


def _clicked_take(data: Mapping[str, Any]) -> Command | None:
    notice_id = _opaque(data, "notice")
    return TakeOver(notice_id) if notice_id else None


def _clicked_give(data: Mapping[str, Any]) -> Command | None:
    notice_id, person_id = _opaque(data, "notice"), _opaque(data, "person")
    return TakeOver(notice_id, person_id) if notice_id and person_id else None


def _clicked_erase(data: Mapping[str, Any]) -> Command | None:
    invitation_id = _opaque(data, "invitation")
    return EraseNow(invitation_id) if invitation_id else None


def _clicked_events(data: Mapping[str, Any]) -> Command | None:
    about, days = _text(data, "about", 20), _whole(data.get("days"))
    if about not in tuple(About) or days is None or days < 0:
        return None
    named = {name: _opaque(data, name) for name in ("invitation", "person") if name in data}
    before = _whole(data["before"]) if "before" in data else 0
    if None in named.values() or before is None or before < 0:
        return None
    whom = {"invitation_id": named.get("invitation") or "", "person": named.get("person") or ""}
    return Audit(Question(About(about), days, before=before or None, **whom))


def _clicked_choice(data: Mapping[str, Any]) -> Command | None:
    """The fields of the form. Days are text there, in some clients a number."""
    about, days, typed = _text(data, "about", 20), data.get("days"), plain(_text(data, "address", 1000) or "")
    given = number(days) if isinstance(days, str) and len(days) <= 20 else _whole(days)
    if about not in tuple(About) or given is None or given < 0:
        return None
    if not typed:
        return Audit(Question(About(about), given))
    problem = single("audit", typed)
    return problem or Audit(Question(About(about), given, addresses.parse(typed).good[0]))


def _on_approval(make: Callable[[ApprovalTarget], Command]) -> Callable[[Mapping[str, Any]], Command | None]:
    def read(data: Mapping[str, Any]) -> Command | None:
        target = _approval(data)
        return make(target) if target else None

    return read


def _clicked_approvals(data: Mapping[str, Any]) -> Command | None:
    page = _whole(data.get("page"))
    return None if page is None else Approvals(max(1, page))


BUTTONS: dict[str, Callable[[Mapping[str, Any]], Command | None]] = {
    "invitation.resend": _on_target(Resend),
    "invitation.revoke": _on_target(Revoke),
    "invitation.extend": _on_target(Extend),
    "invitation.correct": _clicked_correct,
    "request.invite": _deciding(Decision.INVITED),
    "request.extend": _deciding(Decision.EXTENDED),
    "request.dismiss": _deciding(Decision.DISMISSED),
    "approval.approve": _with_note(Approve),
    "approval.deny": _with_note(Deny),
    "approval.withdraw": _on_approval(Withdraw),
    "approval.show": _on_approval(ShowApproval),
    "approvals.page": _clicked_approvals,
    "invite.confirm": _clicked_confirm,
    "invite.form": _clicked_form,
    "bulk.confirm": _on_list(ConfirmList),
    "bulk.stop": _on_list(StopList),
    "bulk.page": _clicked_rows,
    "bulk.file": _on_list(OfferFile),
    "invitation.show": _on_target(lambda target: ShowInvitation(target.invitation_id)),
    "guests.page": _on_page(Guests),
    "guests.show": _on_page(ShowGuests),
    "sessions.end": _clicked_end_sessions,
    "mfa.confirm": _on_request(ConfirmReset),
    "mfa.deny": _on_request(DenyReset),
    "settings.show": lambda _: Settings(),
    "settings.feature": _clicked_feature,
    "settings.confirm": _clicked_disable,
    "methods.show": lambda _: Methods(),
    "methods.move": _clicked_move,
    "methods.switch": _clicked_switch,
    "blocks.page": _clicked_blocks,
    **LIFE_BUTTONS,
    "sponsors.take": _clicked_take,
    "sponsors.give": _clicked_give,
    "erase.confirm": _clicked_erase,
    **{f"switch.{wish}": _on_switch(wish) for wish in SwitchWish},
    "audit.page": _clicked_events,
    "audit.filter": _clicked_choice,
    **SETTING_BUTTONS,
}

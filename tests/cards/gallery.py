"""Every card at least once, as people see it and at its worst."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import cards
from cards.audit_words import kinds as kinds_of_events
from domain.access_views import ResourcesView, ResourceView, SignInLine, SignInsView
from domain.blocks import BlockLine, BlocksView
from domain.bulk_views import BulkLine, BulkView, Outcome, State
from domain.bulk_views import Fault as RowFault
from domain.certificate_views import CertificateView, Removed
from domain.erasing_asked import ErasureView
from domain.factor_views import ResetView
from domain.form_views import NOTHING, Fault, Filled, Flaw, FormView, Input
from domain.history_views import About, By, EventLine, HistoryView, Question, Reach
from domain.life_views import Answer as Kept
from domain.life_views import Outlook, ReviewLine, ReviewView, WarningView
from domain.life_views import Question as Asked
from domain.methods import PASSCODE, Answer, Discovered
from domain.policies import Forbidden, Method
from domain.policy_views import (
    Barrier,
    Entry,
    ExplainView,
    Explanation,
    MethodLine,
    MethodsView,
    PartnerLine,
    PasscodeUse,
    RuleView,
    StageLine,
    Typo,
    Unfit,
    Unknown,
)
from domain.request_views import Decision, RequestView, Wish
from domain.sponsor_views import HandoverView, LeftView, SponsorsView
from domain.switch_views import Outcome as SwitchOutcome
from domain.switch_views import Reach as Concerned
from domain.switch_views import SwitchView
from domain.views import (
    Affected,
    BadAddress,
    DraftView,
    FeatureView,
    GuestLine,
    GuestListView,
    InvitationView,
    InviteView,
    Kind,
    OwnersView,
    Problem,
    Setting,
    SettingsView,
    Stage,
    Status,
    Surface,
    SurfaceState,
    TimelineEntry,
    WorkspaceView,
)
from locales import speak
from tests.cards import setting_gallery
from tests.cards.approval_gallery import approvals, waiting
from tests.cards.approval_gallery import hostile as hostile_approvals

NOW = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)
KINDS = (
    *("invited", "sent", "undeliverable", "opened", "passcode_sent", "redeemed", "declined", "resent"),
    *("remailed", "corrected", "moved", "language", "extended", "reminded", "revoked", "removed", "left", "expired"),
    *("access_ended", "factor_added", "factor_removed", "recovery_used", "reset_asked", "factors_reset"),
    "reset_denied",
)
READERS = tuple(f"29:1{number:02}{'k3V-xQ' * 14}" for number in range(60))
STORY = {
    Status.SENDING: ["invited"],
    Status.SENT: ["invited", "sent"],
    Status.UNDELIVERABLE: ["invited", "undeliverable"],
    Status.LINK_OPENED: ["invited", "sent", "opened"],
    Status.PASSCODE_SENT: ["invited", "sent", "opened", "passcode_sent"],
    Status.REDEEMED: ["invited", "sent", "resent", "opened", "passcode_sent", "redeemed"],
    Status.DECLINED: ["invited", "sent", "opened", "declined"],
    Status.EXPIRED: ["invited", "sent", "expired"],
    Status.REVOKED: ["invited", "sent", "revoked"],
}
CHOSEN = Question(About.ACCESS, 30, "gwen@fabrikam.example", "0198f3c2d4e5f60718293a4b5c6d7e8f", "alice", 41)
BY_PEOPLE = {"moved", "language", "invited", "resent", "corrected", "extended", "revoked", "removed"}


def invitation_view(status: Status = Status.SENT, **changes: Any) -> InvitationView:
    facts: dict[str, Any] = {
        "invitation_id": "0198f3c2d4e5f60718293a4b5c6d7e8f",
        "tenant_id": "t",
        "workspace_id": "w",
        "workspace": "Project Falcon",
        "kind": Kind.TEAM,
        "address": "gwen@fabrikam.example",
        "status": status,
        "version": 7,
        "inviter": "Alice Ahlberg",
        "inviter_id": "alice",
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=14),
        "access_days": 90,
        "access_ends_at": NOW + timedelta(days=90) if status == Status.REDEEMED else None,
        "failure": "550 5.1.1 No such user here" if status == Status.UNDELIVERABLE else None,
        "timeline": tuple(
            TimelineEntry(kind, NOW + timedelta(minutes=3 * step), "Alice Ahlberg" if kind in BY_PEOPLE else "")
            for step, kind in enumerate(STORY[status])
        ),
    }
    return InvitationView(**(facts | changes))


def list_view(lines: int = 4, only: str = "all", page: int = 1, pages: int = 1, **look: Any) -> GuestListView:
    statuses = list(Status)
    rows = tuple(
        GuestLine(
            f"i{number}",
            look.get("address", f"guest{number}@fabrikam.example"),
            statuses[(number * 5 + 1) % len(statuses)],
            look.get("name", "Alice Ahlberg"),
            NOW,
            NOW + timedelta(days=14),
        )
        for number in range(lines)
    )
    name, readers = look.get("name", "Project Falcon"), look.get("readers", ())
    return GuestListView(name, Kind.TEAM, only, page, pages, lines * pages, rows, readers)


def settings_view(setting: Setting = Setting.DEFAULT, name: str = "Ada Admin", admins: int = 2) -> SettingsView:
    surfaces = (
        SurfaceState(Surface.CHAT, Stage.PREVIEW, None, setting == Setting.ENABLED, setting == Setting.ENABLED),
        SurfaceState(Surface.API, Stage.GA, NOW + timedelta(days=40), False, False),
    )
    return SettingsView((FeatureView("email_passcode", setting, surfaces),), Affected(12, 1), (name,) * admins)


def history_view(lines: int = 10, masked: bool = False, **look: Any) -> HistoryView:
    """A page in a team where addresses are masked, and of a whole tenant elsewhere."""
    kinds = sorted(kinds_of_events(speak("en")))
    person, wide = look.pop("person", "Alice Ahlberg"), not masked
    told = tuple(
        EventLine(
            500 - number, NOW, look.get("kind", kinds[(number * 7) % len(kinds)]), tuple(By)[number % len(By)], person,
            look.get("address", "gwen@fabrikam.example"), look.get("name", "Project Falcon") if wide else None,
            Kind.TEAM if wide else None, person, look.get("code", "not_owner"),
        )
        for number in range(lines)
    )  # fmt: skip
    question, reach = look.get("question", Question()), Reach.TENANT if wide else Reach.WORKSPACE
    return HistoryView(look.get("name", "Project Falcon"), Kind.TEAM, question, told, reach, person, lines > 0)


def links_view(name: str = "Team wiki", count: int = 2) -> ResourcesView:
    one = ResourceView("TM_m5vVv4N5EKvNYEm-MAg", name, "https://wiki.contoso.example/start?a=b")
    return ResourcesView(name, Kind.TEAM, (one,) * count, added=name)


def sign_ins_view(address: str = "gwen@fabrikam.example", lines: int = 5, **look: Any) -> SignInsView:
    methods = list(Method)
    since = tuple(SignInLine(NOW, NOW + timedelta(hours=24), methods[number % 5]) for number in range(lines))
    return SignInsView(look.get("name", "Project Falcon"), Kind.TEAM, "g1", address, since, look.get("ended"))


def reset_view(decision: str = "", name: str = "Ada Admin", address: str = "gwen@fabrikam.example") -> ResetView:
    decided = NOW + timedelta(hours=1) if decision in {"confirmed", "denied"} else None
    return ResetView("0198f3c2d4e5f6", address, "Project Falcon", name, NOW, decision, name if decided else "", decided)


REASONS = (*Forbidden, None)


def barrier(reason: Forbidden | None = Forbidden.RULE, name: str = "Ada Admin", rule: str = "Office only") -> Barrier:
    return Barrier(reason, rule, "r", (name,) * 7)


def discovered(method: Method, answer: Answer, reason: str, minutes: int = 0, name: str = "") -> Discovered:
    return Discovered(method, answer, reason, NOW - timedelta(minutes=minutes), method.value, name)


ANSWERS = (
    discovered(Method.MICROSOFT, Answer.NO, "no_such_tenant", 3),
    discovered(Method.PARTNER, Answer.YES, "partner_domain", 0, "Fabrikam"),
    discovered(Method.GOOGLE, Answer.UNKNOWN, "unreachable", 130),
    discovered(Method.PERSONAL, Answer.UNKNOWN, "something new", 1),
)
RULES = (
    RuleView("Strict", False, True, True, 4),
    RuleView("Office only", True, False, False, None, tuple(Unknown)),
    RuleView("", False, False, False, 1),
)


def explain_view(*explanations: Explanation, name: str = "Project Falcon", left: int = 0) -> ExplainView:
    return ExplainView(name, Kind.TEAM, NOW, explanations, left)


def explanation(entry: Entry = Entry.YES, address: str = "gwen@fabrikam.example", **changes: Any) -> Explanation:
    facts: dict[str, Any] = {
        "barrier": barrier() if entry is Entry.NO else None,
        "answers": ANSWERS,
        "ways": () if entry is Entry.NO else (ANSWERS[1],),
        "passcode": PasscodeUse.NOT_NEEDED,
        "rules": RULES,
        "mfa": True,
        "terms": True,
        "session_seconds": 4 * 3600,
    }
    return Explanation(address, entry, **(facts | changes))


def methods_view(
    name: str = "Fabrikam", partners: int = 1, domain: str = "fabrikam.example", most: int = 1
) -> MethodsView:
    lines = tuple(
        MethodLine(each, each is not Method.GOOGLE, each is not Method.PERSONAL, each is Method.MICROSOFT)
        for each in Method
    )
    stages = (StageLine(Surface.CHAT, Stage.PREVIEW, True), StageLine(Surface.API, Stage.OFF, False))
    domains = (domain,) * most
    return MethodsView(4, lines, (PartnerLine(name, domains, True),) * partners, domains, stages, 12)


def explained(language: str = "en") -> dict[str, dict[str, Any]]:
    """`explain`, every answer and reason; `methods`; and invitations that the policy keeps out."""
    gallery: dict[str, dict[str, Any]] = {}
    for entry in Entry:
        view = explain_view(explanation(entry, typo="gmail.com"), left=2)
        (gallery[f"explain {entry}"],) = cards.explanations(view, language=language, masked=False)
    for use in PasscodeUse:
        one = explanation(passcode=use, answers=(), ways=(PASSCODE,), rules=())
        (gallery[f"explain passcode {use}"],) = cards.explanations(explain_view(one), language=language, masked=True)
    for status in Status:
        view = explain_view(explanation(status=status))
        (gallery[f"explain {status}"],) = cards.explanations(view, language=language, masked=True)
    for reason in REASONS:
        view = explain_view(explanation(Entry.NO, barrier=barrier(reason)))
        (gallery[f"explain not {reason}"],) = cards.explanations(view, language=language, masked=True)
        shut_out = invitation_view(Status.SENT, barrier=barrier(reason))
        gallery[f"invitation not {reason}"] = cards.invitation(shut_out, language=language, masked=False)
        gallery[f"invitation masked not {reason}"] = cards.invitation(shut_out, language=language, masked=True)
    unfit = tuple(Unfit(f"{number}@fabrikam.example", barrier(reason)) for number, reason in enumerate(REASONS))
    typo = (Typo("gwen@gmial.com", "gmail.com"),)
    draft = DraftView("d1", ("petra@northwind.example",), 30, unfit, typo)
    gallery["confirm unfit"] = cards.confirm_invite(draft, BAD, language=language, masked=True)
    only_typo = DraftView("d1", (), 30, (), typo)
    gallery["confirm typo"] = cards.confirm_invite(only_typo, (), language=language, masked=False)
    gallery["methods"] = cards.methods(methods_view(), language=language)
    gallery["methods notice"] = cards.methods(methods_view(partners=0), language=language, notice="Look again.")
    return gallery


BAD = (
    BadAddress("gwen@fabrikam", Problem.NO_SUCH_DOMAIN),
    BadAddress("gwen.fabrikam.example", Problem.MALFORMED),
    BadAddress("gwén@fabrikam.example", Problem.UNSUPPORTED_CHARACTERS),
    BadAddress("x" * 70 + "@fabrikam.example", Problem.TOO_LONG),
)


def invitations(language: str = "en") -> dict[str, dict[str, Any]]:
    gallery: dict[str, dict[str, Any]] = {}
    for status in Status:
        view = invitation_view(status, preview=status == Status.SENT)
        gallery[f"invitation {status}"] = cards.invitation(view, language=language, masked=False)
    story = tuple(TimelineEntry(kind, NOW, "Alice Ahlberg") for kind in ("redeemed", "moved", "language"))
    moved = invitation_view(Status.REDEEMED, language="de", address="gwen@northwind.example", timeline=story)
    gallery["invitation moved"] = cards.invitation(moved, language=language, masked=False)
    back = replace(moved, seen_at=NOW + timedelta(minutes=2))
    gallery["invitation moved and back"] = cards.invitation(back, language=language, masked=False)
    masked = invitation_view(Status.REDEEMED, kind=Kind.GROUP, workspace="")
    gallery["invitation masked"] = cards.invitation(masked, language=language, masked=True)
    many = invitation_view(Status.SENT, readers=READERS)
    gallery["invitation for all"] = cards.invitation(many, language=language, masked=True)
    gallery["invitation for owners"] = cards.invitation(many, language=language, masked=False)
    gallery["invitation for others"] = cards.invitation(many, language=language, masked=True, buttons=False)
    ended = invitation_view(Status.EXPIRED, access_ends_at=NOW + timedelta(days=90))
    orphan = invitation_view(Status.SENT, orphaned=True)
    deferred = invitation_view(Status.SENDING, deferred=True)
    replaced = invitation_view(Status.EXPIRED, replaced=True)
    gallery["invitation replaced"] = cards.invitation(replaced, language=language, masked=False)
    gallery["invitation deferred"] = cards.invitation(deferred, language=language, masked=False)
    gallery["invitation orphaned"] = cards.invitation(orphan, language=language, masked=False)
    gallery["invitation access ended"] = cards.invitation(ended, language=language, masked=False)
    return gallery


def blocked(language: str = "en") -> dict[str, dict[str, Any]]:
    lines = tuple(BlockLine(NOW, "Project Falcon", masked) for masked in ("gw***@fabrikam.example", "") * 10)
    return {
        "blocks": cards.blocks(BlocksView(57, 2, 3, lines), language=language),
        "blocks none": cards.blocks(BlocksView(0, 1, 1, ()), language=language),
    }


def let_go(language: str = "en") -> dict[str, dict[str, Any]]:
    """Certificates, and erasing."""
    removed = Removed(sessions=2, passcodes=1, links=1, applications=3, mails=1, factors=2, others=1)
    view = CertificateView(
        "kZ3rYb0tqkq6Jw1m8w0P3Q", Kind.TEAM, "gwen@fabrikam.example", "Project Falcon", Kind.TEAM, "removed",
        "Alice Ahlberg", NOW - timedelta(days=40), NOW, removed,
    )  # fmt: skip
    asked = ErasureView(Kind.PERSONAL, "gwen@fabrikam.example", "i1", 3, 1, 2)
    erased = {"address": "erased-kZ3rYb0tqkq6Jw1m8w0P3Q"}
    return {
        "certificate": cards.certificate(view, language=language, masked=True),
        "certificate left": cards.certificate(
            replace(view, reason="left", by="", removed=Removed()), language=language, masked=False
        ),
        "certificate by a rule": cards.certificate(
            replace(view, reason="inactive", by=""), language=language, masked=True
        ),
        "certificate erased": cards.certificate(replace(view, **erased), language=language, masked=False),
        "erasure": cards.erasure(asked, language=language, masked=True),
        "erasure done": cards.erasure(replace(asked, done=True, **erased), language=language, masked=False),
        "invitation erased": cards.invitation(
            invitation_view(Status.REVOKED, erased=True, readers=(), **erased), language=language, masked=True
        ),
    }


def answering(language: str = "en") -> dict[str, dict[str, Any]]:
    """Sponsors."""
    people = ("Alice Ahlberg", "Bob Berg", "")
    view = SponsorsView("gwen@fabrikam.example", "Project Falcon", Kind.TEAM, people)
    given = HandoverView("Project Falcon", Kind.TEAM, "Bob Berg", "Alice Ahlberg", 12, everywhere=False)
    owners = tuple((f"person-{n}", f"Owner Number {n}") for n in range(60))
    left = LeftView("n1", Kind.PERSONAL, "Project Falcon", Kind.TEAM, "Bob Berg", NOW, 12, owners)
    return {
        "sponsors": cards.sponsors(view, language=language, masked=True),
        "sponsors added": cards.sponsors(
            replace(view, changed="Bob Berg", added=True), language=language, masked=False
        ),
        "sponsors removed": cards.sponsors(replace(view, changed="Cora Cole"), language=language, masked=False),
        "sponsors already": cards.sponsors(
            replace(view, changed="Bob Berg", added=True, already=True), language=language, masked=True
        ),
        "handed over": cards.handed_over(given, language=language),
        "handed over everywhere": cards.handed_over(replace(given, guests=1, everywhere=True), language=language),
        "sponsor left": cards.sponsor_left(left, language=language),
        "sponsor left alone": cards.sponsor_left(replace(left, owners=(), guests=1, name=""), language=language),
        "sponsor left answered": cards.sponsor_left(replace(left, guests=0), language=language),
        "invitation with sponsors": cards.invitation(
            invitation_view(Status.REDEEMED, sponsors=people), language=language, masked=True
        ),
    }


def switches(language: str = "en") -> dict[str, dict[str, Any]]:
    view = SwitchView(
        "n1", "email_passcode", NOW + timedelta(days=30), (Surface.CHAT,), 30, SwitchOutcome.PENDING, None,
        Concerned(12, 3), Concerned(1, 0),
    )  # fmt: skip
    shown = {f"switch {outcome}": replace(view, outcome=outcome) for outcome in SwitchOutcome}
    shown["switch moved to"] = replace(view, outcome=SwitchOutcome.MOVED, moved_to=NOW + timedelta(days=90))
    shown["switch question"] = replace(view, asking=True)
    shown["switch reminded"] = replace(view, days=1, surfaces=tuple(Surface), reminder_at=NOW + timedelta(days=7))
    return {name: cards.switch(each, language=language) for name, each in shown.items()}


def others(language: str = "en") -> dict[str, dict[str, Any]]:
    draft = DraftView("d1", ("peter@fabrikam.example", "miles@fabrikam.example"), 30)
    done = InviteView(
        (invitation_view(Status.SENDING), invitation_view(Status.SENDING, address="peter@fabrikam.example")),
        (invitation_view(Status.LINK_OPENED, address="miles@fabrikam.example"),),
        (invitation_view(Status.REDEEMED, address="mary@fabrikam.example"),),
    )
    place = WorkspaceView("w", "Project Falcon", Kind.TEAM, ("Alice Ahlberg", "Bob Berg"), True, True)
    owners = OwnersView("Project Falcon", Kind.TEAM, ("Alice Ahlberg", "Bob Berg"), "Bob Berg")
    return {
        "list": cards.guest_list(list_view(), language=language, masked=True),
        "list for all": cards.guest_list(list_view(readers=READERS), language=language, masked=True),
        "list page": cards.guest_list(list_view(10, "pending", 2, 3), language=language, masked=False),
        "list empty": cards.guest_list(list_view(0), language=language, masked=False),
        "settings": cards.settings(settings_view(), language=language),
        "settings enabled": cards.settings(settings_view(Setting.ENABLED), language=language),
        "settings disabled": cards.settings(settings_view(Setting.DISABLED), language=language),
        "settings confirmation": cards.settings_confirmation(settings_view(), "email_passcode", language=language),
        "help": cards.help_card(language=language, kind=Kind.TEAM, preview=True),
        "unknown": cards.unknown_card("invite", "bob@x.example", language=language, kind=Kind.TEAM, masked=True),
        "help personal": cards.help_card(language=language, kind=Kind.PERSONAL, preview=False),
        "welcome": cards.welcome(place, language=language),
        "owners": cards.owners(owners, language=language),
        "owners of the team": cards.owners(
            replace(owners, team=("Alice Ahlberg", "Dora Dahl"), changed="Dora Dahl", directed=True), language=language
        ),
        "owners of the team alone": cards.owners(replace(owners, owners=(), team=("Dora Dahl",)), language=language),
        **forms(language),
        "confirm": cards.confirm_invite(draft, BAD, language=language, masked=False),
        "confirm none": cards.confirm_invite(DraftView("", (), 90), BAD[:1], language=language, masked=False),
        "summary": cards.invite_summary(done, language=language, masked=False),
        "summary nobody": cards.invite_summary(InviteView((), done.open, ()), language=language, masked=True),
        "links": cards.links(links_view(), language=language),
        "links none": cards.links(ResourcesView("", Kind.PERSONAL, (), removed="Wiki"), language=language),
        "sign-ins": cards.sign_ins(sign_ins_view(), language=language, masked=True),
        "sign-ins ended": cards.sign_ins(sign_ins_view(lines=0, ended=2), language=language, masked=False),
        "reset": cards.factor_reset(reset_view(), language=language, masked=True),
        "reset confirmed": cards.factor_reset(reset_view("confirmed"), language=language, masked=False),
        "reset denied": cards.factor_reset(reset_view("denied"), language=language, masked=False),
        "reset expired": cards.factor_reset(reset_view("expired"), language=language, masked=False),
        "request": cards.request(request_view(), language=language, masked=False),
        "request masked": cards.request(request_view(kind=Kind.TEAM), language=language, masked=True),
        "request for time": cards.request(request_view(Wish.EXTENSION, note=""), language=language, masked=False),
        **{
            f"request {word}": cards.request(
                request_view(decision=word, decided_at=NOW, decided_by="Bob Berg"), language=language, masked=False
            )
            for word in Decision
        },
        "audit": cards.audit(history_view(masked=True), language=language, masked=True),
        "audit of all": cards.audit(history_view(), language=language, masked=False),
        "audit chosen": cards.audit(history_view(3, question=CHOSEN), language=language, masked=False),
        "audit empty": cards.audit(history_view(0), language=language, masked=False),
        "refusal": cards.refusal("Only owners may do this here. Please ask Alice Ahlberg.", language=language),
    }


def form_view(**changes: Any) -> FormView:
    facts: dict[str, Any] = {
        "kind": Kind.TEAM,
        "workspace": "Project Falcon",
        "owners": (("alice-id", "Alice Ahlberg"), ("bob-id", "Bob Berg")),
        "today": NOW.date(),
    }
    return FormView(**(facts | changes))


def faulty(text: str = "evil.example", bad: int = 2) -> FormView:
    """Every fault there is, with everything that was typed."""
    filled = Filled(text, NOTHING, text[:64], "de", 7, "2026-12-24", ("bob-id",), text)
    words = (Flaw.SEVERAL, Flaw.TOO_LONG, Flaw.WRONG_DAYS, Flaw.NO_DATE, Flaw.PAST, Flaw.TOO_LATE, Flaw.TOO_MANY)
    faults = (
        Fault(Input.ADDRESSES, Flaw.BAD_ADDRESS, bad=(BadAddress(text[:80], Problem.MALFORMED),) * bad),
        Fault(Input.ADDRESSES, Flaw.MISSING),
        *(Fault(Input.UNTIL, each, most=365) for each in words),
        Fault(Input.NAME, Flaw.LINK, (text,) * 3),
        Fault(Input.SPONSORS, Flaw.UNKNOWN_PERSON),
        Fault(Input.MESSAGE, Flaw.LINK, (text,) * 3),
    )
    return form_view(filled=filled, faults=faults)


def forms(language: str) -> dict[str, dict[str, Any]]:
    doubtful = DraftView(
        "d", ("petra@northwind.example",), 90,
        (Unfit("kim@contoso.example", barrier(Forbidden.OWN_DOMAIN)),), (Typo("gwen@gmial.com", "gmail.com"),),
    )  # fmt: skip
    look = {"language": language, "masked": False}
    view = invitation_view(Status.SENT, access_until=NOW + timedelta(days=30), sponsors=("Bob Berg", "Cleo Cruz"))
    return {
        "form": cards.invite_form(language=language),
        "form in teams": cards.invite_opener(form_view(), language=language, teams=True),
        "form elsewhere": cards.invite_opener(form_view(), language=language, teams=False),
        "form with faults": cards.invite_form(faulty(), language=language, picker=True),
        "form with a note": cards.invite_form(form_view(), language=language, note="That is too many at once."),
        "form with doubts": cards.invite_form(form_view(), language=language, draft=doubtful, masked=True),
        "form in a dialog": cards.dialog(cards.invite_form(form_view(), language=language, picker=True)),
        "invitation with wishes": cards.invitation(view, **look),
        "found": cards.found(view, "Gwen Stacy", **look),
        "found masked": cards.found(view, "Gwen Stacy", language=language, masked=True),
    }


def request_view(wish: Wish = Wish.INVITATION, **changes: Any) -> RequestView:
    facts: dict[str, Any] = {
        "request_id": "kZ3rYb0tqkq6Jw1m8w0P3Q",
        "wish": wish,
        "workspace": "Project Falcon",
        "kind": Kind.PERSONAL,
        "address": "petra@northwind.example",
        "invited": "gwen@fabrikam.example",
        "note": "I work with Gwen on the launch, and she sent me this.",
        "asked_at": NOW,
    }
    return RequestView(**(facts | changes))


def warning_view(outlook: Outlook = Outlook.ENDING, **changes: Any) -> WarningView:
    facts: dict[str, Any] = {
        "notice_id": "kZ3rYb0tqkq6Jw1m8w0P3Q",
        "kind": Kind.PERSONAL,
        "address": "gwen@fabrikam.example",
        "workspace": "Project Falcon",
        "workspace_kind": Kind.TEAM,
        "ends_at": NOW + timedelta(days=7),
        "outlook": outlook,
        "until": NOW + timedelta(days=90),
        "by": "Bob Berg",
        "days": 90,
    }
    return WarningView(**(facts | changes))


def review_view(question: Asked = Asked.ATTESTATION, count: int = 3, **changes: Any) -> ReviewView:
    who = {"address": "gwen@fabrikam.example", "by": "Bob Berg", "answer": Kept.WAITING} | changes.pop("line", {})
    lines = tuple(ReviewLine("0198f3c2d4e5f60718293a", seen_at=NOW, **who) for _ in range(count))
    facts: dict[str, Any] = {
        "notice_id": "kZ3rYb0tqkq6Jw1m8w0P3Q",
        "kind": Kind.PERSONAL,
        "question": question,
        "workspace": "Project Falcon",
        "workspace_kind": Kind.TEAM,
        "until": NOW + timedelta(days=14),
        "lines": lines,
        "page": 1,
        "pages": 1,
        "waiting": sum(each.answer is Kept.WAITING for each in lines),
    }
    return ReviewView(**(facts | changes))


def lives(language: str = "en") -> dict[str, dict[str, Any]]:
    """Cards that the date posts: every question, and every answer."""
    gallery: dict[str, dict[str, Any]] = {}
    for outlook in Outlook:
        gallery[f"warning {outlook}"] = cards.warning(warning_view(outlook), language=language, masked=False)
    for question in Asked:
        gallery[f"review {question}"] = cards.review(review_view(question), language=language, masked=False)
        for answer in Kept:
            answered = review_view(question, 1, line={"answer": answer})
            gallery[f"review {question} {answer}"] = cards.review(answered, language=language, masked=True)
    page = review_view(count=10, page=2, pages=3, waiting=12, reminder=True)
    gallery["review page"] = cards.review(page, language=language, masked=False)
    return gallery


def bulk_view(state: State = State.PREVIEW, **changes: Any) -> BulkView:
    facts: dict[str, Any] = {
        "bulk_id": "kZ3rYb0tqkq6Jw1m8w0P3Q",
        "version": 1,
        "kind": Kind.PERSONAL,
        "workspace": "Project Falcon",
        "workspace_kind": Kind.TEAM,
        "state": state,
        "name": "people.csv",
        "rows": 5000,
        "by": "Alice Ahlberg",
        "made_at": NOW,
        "counts": {each: number for number, each in enumerate(Outcome, 4)},
        "lines": BULK_LINES,
        "only": "all",
        "page": 2,
        "pages": 500,
    }
    return BulkView(**(facts | changes))


BULK_LINES = (
    BulkLine(2, "gwen@fabrikam.example", Outcome.NEW),
    BulkLine(3, "peter@fabrikam.example", Outcome.GUEST),
    BulkLine(4, "gwen@fabrikam.example", Outcome.DUPLICATE, "2"),
    BulkLine(5, "gwen fabrikam", Outcome.BAD, Problem.MALFORMED),
    BulkLine(6, "miles@gmial.com", Outcome.TYPO, "gmail.com"),
    BulkLine(7, "", Outcome.BAD, Problem.MALFORMED),
    BulkLine(8, "a@evil.example", Outcome.FORBIDDEN, barrier=Barrier(Forbidden.DENIED_DOMAIN)),
    BulkLine(9, "b@fabrikam.example", Outcome.APPROVAL),
    BulkLine(10, "c@fabrikam.example", Outcome.BAD, RowFault.CELLS),
)


def lists(language: str = "en") -> dict[str, dict[str, Any]]:
    summary: dict[str, Any] = {"lines": (), "only": "", "page": 1, "pages": 1, "sent": 4, "failed": 1, "redeemed": 2}
    gallery = {
        f"bulk {state}": cards.bulk(bulk_view(state, **summary), language=language, masked=False)
        for state in State
        if state is not State.PREVIEW
    }
    gallery["bulk preview"] = cards.bulk(bulk_view(), language=language, masked=False)
    gallery["bulk masked"] = cards.bulk(bulk_view(kind=Kind.TEAM, name=""), language=language, masked=True)
    taken = bulk_view(State.DONE, **summary, files=True)
    gallery["bulk with a file"] = cards.bulk(taken, language=language, masked=False)
    left = bulk_view(State.DONE, only="left", page=1)
    gallery["bulk result"] = cards.bulk(left, language=language, masked=False)
    for number, fault in enumerate(RowFault):
        lines = (BulkLine(number, "a@x.example", Outcome.BAD, fault),)
        gallery[f"bulk fault {fault}"] = cards.bulk(bulk_view(lines=lines), language=language, masked=False)
    waiting = bulk_view(State.WAITING, **summary, again_at=NOW + timedelta(hours=1), known=True)
    gallery["bulk waiting for a quota"] = cards.bulk(waiting, language=language, masked=False)
    return gallery


def everything(language: str = "en") -> dict[str, dict[str, Any]]:
    parts = (
        invitations,
        others,
        explained,
        switches,
        blocked,
        lives,
        approvals,
        lists,
        setting_gallery.pages,
        let_go,
        answering,
    )
    return {name: card for part in parts for name, card in part(language).items()}


def hostile(name: str, address: str, failure: str, masked: bool = False) -> dict[str, dict[str, Any]]:
    """Every place where others' words are shown, full to the brim."""
    story = tuple(TimelineEntry(kind, NOW + timedelta(minutes=n), name) for n, kind in enumerate(KINDS * 5))
    view = invitation_view(
        Status.UNDELIVERABLE,
        workspace=name,
        inviter=name,
        address=address,
        failure=failure,
        timeline=story,
        preview=True,
        barrier=barrier(Forbidden.RULE, name, name),
        readers=tuple(each * 5 for each in READERS),
    )
    shown = tuple(discovered(each, Answer.UNKNOWN, name, 1, name) for each in Method)
    asked = explanation(
        Entry.NO, address, answers=shown, barrier=barrier(Forbidden.RULE, name, name), typo="gmail.com",
        rules=(RuleView(name, True, True, True, 24, tuple(Unknown)),) * 100,
    )  # fmt: skip
    unfit = (Unfit(address, barrier(Forbidden.RULE, name, name)), Unfit(address, barrier(Forbidden.OWN_DOMAIN))) * 100
    doubtful = DraftView("d", (address,) * 500, 90, unfit, (Typo(address, "gmail.com"),) * 100)
    bad = (BadAddress(failure, Problem.MALFORMED), BadAddress(address, Problem.TOO_LONG)) * 100
    place = WorkspaceView("w", name, Kind.TEAM, (name,) * 200, True, True)
    look = {"language": "en", "masked": masked}
    rows = (
        BulkLine(5000, address, Outcome.FORBIDDEN, barrier=barrier(Forbidden.RULE, name, name)),
        BulkLine(5000, failure[:80], Outcome.BAD, Problem.MALFORMED),
    ) * 5
    listed = bulk_view(State.WAITING, workspace=name, by=name, name=name, lines=rows, known=True, again_at=NOW)
    return {
        "bulk": cards.bulk(listed, **look),
        "invitation": cards.invitation(view, **look),
        "request": cards.request(
            request_view(address=address, invited=address, note=failure, workspace=name, kind=Kind.TEAM), **look
        ),
        "request decided": cards.request(
            request_view(address=address, decision=Decision.INVITED, decided_by=name, note=failure), **look
        ),
        "list": cards.guest_list(
            list_view(10, "all", 2, 500, name=name, address=address, readers=view.readers), **look
        ),
        "confirm": cards.confirm_invite(DraftView("d", (address,) * 500, 90), bad, **look),
        "confirm unfit": cards.confirm_invite(doubtful, bad, **look),
        "explain": cards.explanations(explain_view(asked, name=name, left=9), **look)[0],
        "methods": cards.methods(methods_view(name, 100, "d" * 63 + ".example", 100), language="en", notice=name),
        "summary": cards.invite_summary(
            InviteView((view,) * 500, (view,) * 500, (view,) * 500, *waiting(address)), **look
        ),
        "settings": cards.settings(settings_view(name=name, admins=100), language="en"),
        "welcome": cards.welcome(place, language="en"),
        "owners": cards.owners(
            OwnersView(name, Kind.TEAM, (name,) * 200, name, True, (name,) * 200, True), language="en"
        ),
        "help": cards.help_card(language="en", kind=Kind.TEAM, preview=True),
        "unknown": cards.unknown_card("invite", f"{name} {address} {failure}", kind=Kind.TEAM, **look),
        "links": cards.links(links_view(name, 50), language="en"),
        "sign-ins": cards.sign_ins(sign_ins_view(address, name=name), **look),
        "reset": cards.factor_reset(reset_view("denied", name, address), **look),
        "audit": cards.audit(
            history_view(
                masked=masked,
                name=name,
                address=address,
                person=name,
                kind="owner.added",
                code=failure,
                question=Question(About.SETTINGS, 3650, address, "i" * 64, "p" * 64, 2**31 - 1),
            ),
            **look,
        ),
        "audit unknown": cards.audit(history_view(masked=masked, kind=failure, person=name), **look),
        **hostile_approvals(name, address, failure, masked),
        "warning": cards.warning(warning_view(Outlook.LEFT, address=address, workspace=name, by=name), **look),
        "review": cards.review(
            review_view(count=10, workspace=name, page=2, pages=100, line={"address": address, "by": name}), **look
        ),
        "review kept": cards.review(
            review_view(count=10, workspace=name, line={"address": address, "by": name, "answer": Kept.KEPT}), **look
        ),
        **setting_gallery.fullest(name),
        "form": cards.invite_form(faulty(f"{name} {failure}", 100), language="en", note=name, masked=masked),
        "form doubtful": cards.invite_form(
            form_view(filled=faulty(f"{name} {failure}").filled), language="en", draft=doubtful, masked=masked
        ),
        "form owners": cards.invite_opener(form_view(owners=((address, name),) * 20), language="en", teams=False),
        "found": cards.found(view, name, **look),
    }

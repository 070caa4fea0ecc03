"""What a guest agrees to before anything opens, once: that the organisation sees them, and its terms of use."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from domain import admission, audit, guests, policies
from domain.admission import Admitted, Step
from domain.errors import ConsentNeeded
from domain.policies import Address
from domain.secrets import text
from domain.value import value
from domain.views import Kind, SignedIn
from domain.work import Work
from storage import consent as rows


@value
class TermsView:
    version: int
    language: str
    text: str
    published_at: datetime
    again: bool
    """True: an earlier version was accepted."""


@value
class Shown:
    """What exactly the guest had before their eyes."""

    version: int = 0
    language: str = ""
    privacy_url: str = ""


@value
class ConsentView:
    tenant_id: str
    address: str
    name: str
    language: str
    workspaces: tuple[tuple[str, Kind], ...]
    """Names, with what they are in the chat."""
    privacy_url: str
    """Empty: there is none, or the guest consented before."""
    terms: TermsView | None
    """None: there are none, or the guest accepted this version before."""

    @property
    def shown(self) -> Shown:
        version, language = (self.terms.version, self.terms.language) if self.terms else (0, "")
        return Shown(version, language, self.privacy_url)


def show(work: Work, session_token: str, network: Address | None = None) -> ConsentView | None:
    """None: there is nothing to agree to. Raises NoSession, AccessEnded, FeatureOff, PolicyForbids,
    SecondFactorNeeded."""
    asked = _asked(work, session_token, network)
    return _view(work, asked) if asked else None


def accept(
    work: Work, session_token: str, shown: Shown, *, network: Address | None = None, client: str = ""
) -> SignedIn | ConsentView | None:
    """The guest agrees to what was shown; the session goes on under a new secret.

    Where something else is asked for now, nothing is written and it is shown instead. Raises as `show`.
    """
    asked = _asked(work, session_token, network)
    view = _view(work, asked) if asked else None
    if view is None or view.shown != shown:
        return view
    signed_in = guests.renew_session(work, session_token, view.language)
    _write(work, asked[0].row, shown, client)
    return signed_in


def _asked(work: Work, session_token: str, network: Address | None) -> list[Admitted]:
    """The memberships that wait for the guest's word. Raises SecondFactorNeeded where that comes first."""
    found = guests.signed_in(work, session_token, network)
    with suppress(ConsentNeeded):
        admission.through(found)
    return [each for each in found if each.step is Step.CONSENT]


def _view(work: Work, asked: list[Admitted]) -> ConsentView:
    row = asked[0].row
    version = max(each.verdict.terms_version for each in asked)
    return ConsentView(
        row.tenant_id,
        row.address,
        row.name,
        row.language,
        tuple((each.row.workspace, Kind(each.row.kind)) for each in asked),
        policies.of(row).privacy_url if row.consented_at is None else "",
        _terms(work, row, version) if version > (row.terms_version or 0) else None,
    )


def _terms(work: Work, row: Any, version: int) -> TermsView:
    """In the guest's language, else in the tenant's, else in English, else in the one there is."""
    found = {each.language: each for each in work.all(rows.TEXTS, {"tenant_id": row.tenant_id, "version": version})}
    tenants = work.one(rows.LANGUAGE, {"tenant_id": row.tenant_id})
    wanted = (row.language, tenants.language if tenants else "", "en", *sorted(found))
    it = next(found[language] for language in wanted if language in found)
    return TermsView(version, it.language, it.text, it.published_at, bool(row.terms_version))


def _write(work: Work, row: Any, shown: Shown, client: str) -> None:
    agreed = {
        "tenant_id": row.tenant_id,
        "guest_id": row.guest_id,
        "consented_at": work.now if shown.privacy_url else None,
        "terms_version": shown.version,
        "accepted_at": work.now if shown.version else None,
        "language": shown.language or row.language,
        "client_hash": _client_hash(work, row.tenant_id, client),
    }
    work.run(rows.put(work.connection.dialect.name), agreed)
    who = {"guest_id": row.guest_id, "session": row.session_id or ""}
    if shown.privacy_url:
        _record(work, row, "consent.given", **who, policy=row.policy_version)
    if shown.version:
        _record(work, row, "terms.accepted", **who, version=shown.version, language=shown.language)


def _record(work: Work, row: Any, kind: str, **facts: Any) -> None:
    audit.record(work, row.tenant_id, kind, f"guest:{row.guest_id}", **facts)


def _client_hash(work: Work, tenant_id: str, client: str) -> str:
    """Tells whether it was the same client, to whoever has the secret keys and asks about one; nobody reads it back."""
    key = work.keys.current
    return f"{key}.{text(work.keys.derive(key, 'consent client', tenant_id, client))}"

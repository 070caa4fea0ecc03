"""The terms of use that a tenant publishes: numbered versions, each in one or more languages, never changed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from domain import audit, policy_changes
from domain.policies import Policy
from domain.secrets import digest
from domain.value import value
from domain.work import Work
from storage import consent as rows

MOST_CHARACTERS = 50_000


@value
class PublishedTerms:
    version: int
    language: str
    characters: int
    published_at: datetime
    guests: int
    """How many accepted this version last."""


def publish(work: Work, tenant_id: str, actor: str, texts: Mapping[str, str]) -> Policy:
    """The next version, which guests are asked to accept from now on. `texts` by language. Raises Superseded."""
    policy = policy_changes.change(
        work, tenant_id, actor, lambda before: replace(before, terms_version=before.terms_version + 1)
    )
    key = {"tenant_id": tenant_id, "version": policy.terms_version, "published_at": work.now}
    work.run(rows.PUBLISH, [key | {"language": language, "text": words} for language, words in sorted(texts.items())])
    digests = {language: digest(words) for language, words in texts.items()}
    audit.record(work, tenant_id, "terms.published", actor, version=policy.terms_version, sha256=digests)
    return policy


def require(work: Work, tenant_id: str, actor: str, *, of_all: bool) -> Policy:
    """Of all guests, or of those only of whom a rule demands them. Raises Superseded."""
    return policy_changes.change(work, tenant_id, actor, lambda before: replace(before, terms_for_all=of_all))


def published(work: Work, tenant_id: str) -> tuple[PublishedTerms, ...]:
    """Newest first."""
    accepted = {row.terms_version: row.guests for row in work.all(rows.ACCEPTED, {"tenant_id": tenant_id})}
    return tuple(
        PublishedTerms(row.version, row.language, row.characters, row.published_at, accepted.get(row.version, 0))
        for row in work.all(rows.PUBLISHED, {"tenant_id": tenant_id})
    )

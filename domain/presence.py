"""When a guest was seen last. Whoever signs in is not inactive any more."""

from domain import lifetimes, notices
from domain.work import Work
from storage import reviews as rows


def seen(work: Work, tenant_id: str, guest_id: str) -> None:
    """The guest, who is locked, signs in now: closings for being inactive are over."""
    values = {"tenant": tenant_id, "guest": guest_id, "now": work.now}
    work.run(rows.SEEN, values)
    back = work.all(rows.BACK, values | {"why": lifetimes.INACTIVE})
    for workspace_id, since in lifetimes.asked_in(work, tenant_id, back):
        review = lifetimes.review_id(workspace_id, since, lifetimes.LETTERS[lifetimes.INACTIVE])
        notices.changed(work, tenant_id, lifetimes.REVIEW, review)

"""The card that asks a sponsor whether guests are still needed: because they are attested, or a rule found them."""

from cards.elements import Part, card, column, columns, container, execute, line, local_date, run, text
from cards.escape import address, plain
from cards.words import place, title
from domain.addresses import mask
from domain.life_views import Answer, Question, ReviewLine, ReviewView
from locales import Speech, speak


def review(view: ReviewView, *, language: str, masked: bool) -> Part:
    """A page of guests, each with its two answers until one was given."""
    speech = speak(language)
    words = _title(speech, view)
    head = title(speech, words)
    where = place(speech, view.workspace_kind, view.workspace)
    head["items"].append(line(run(where, size="Small", isSubtle=True), spacing="None"))
    body = [head, text(_told(speech, view), spacing="Medium")]
    body += [_row(speech, view, each, masked) for each in view.lines]
    if view.pages > 1:
        page = speech.say("Page {page} of {pages}", page=view.page, pages=view.pages)
        body.append(text(page, size="Small", isSubtle=True, separator=True))
    return card(body, _buttons(speech, view), language=speech.language, line=f"{words} {where}")


def _title(speech: Speech, view: ReviewView) -> str:
    if not view.waiting:
        return speech.say("All answered")
    if view.reminder:
        return speech.say("Last day: still needed?")
    return {
        Question.ATTESTATION: speech.say("Still needed?"),
        Question.INACTIVE: speech.say("Not seen for long"),
        Question.SPONSOR_MISSING: speech.say("Nobody answers for these guests"),
    }[view.question]


def _told(speech: Speech, view: ReviewView) -> str:
    """What happens without an answer, and by when to give it."""
    if not view.waiting:
        return speech.say("Nothing is left to do here.")
    day = local_date(view.until)
    return {
        Question.ATTESTATION: speech.say(
            "Please say by {day} who still needs access. Without an answer, access ends on that day.", day=day
        ),
        Question.INACTIVE: speech.say(
            "These guests did not sign in for a long time. Their access ends on {day}, unless they sign in before, "
            "or you keep them.",
            day=day,
        ),
        Question.SPONSOR_MISSING: speech.say(
            "Their sponsors have left. Their access ends on {day}, unless somebody takes over.", day=day
        ),
    }[view.question]


def _row(speech: Speech, view: ReviewView, each: ReviewLine, masked: bool) -> Part:
    shown = address(mask(each.address) if masked else each.address)
    seen = speech.say("Last seen {day}", day=local_date(each.seen_at))
    rows = [line(run(shown, weight="Bolder")), text(seen, size="Small", isSubtle=True, spacing="None")]
    if each.answer is not Answer.WAITING:
        rows.append(line(run(_answer(speech, view.question, each), size="Small", weight="Bolder"), spacing="Small"))
        return container(rows, separator=True, spacing="Medium")
    data = {"notice": view.notice_id, "guest": each.membership_id, "page": view.page}
    buttons = [execute(_keep(speech, view.question), "review.keep", data), _end(speech, data)]
    top = columns(column(rows), column([{"type": "ActionSet", "actions": buttons}], "auto"))
    return container([top], separator=True, spacing="Medium")


def _keep(speech: Speech, question: Question) -> str:
    return speech.say("Take over") if question is Question.SPONSOR_MISSING else speech.say("Keep")


def _end(speech: Speech, data: Part) -> Part:
    return execute(speech.say("End"), "review.end", data, style="destructive")


def _answer(speech: Speech, question: Question, each: ReviewLine) -> str:
    name = plain(each.by) or speech.say("an owner")
    if each.answer is Answer.KEPT and question is Question.SPONSOR_MISSING:
        return speech.say("Taken over by {name}", name=name)
    return {
        Answer.KEPT: speech.say("Kept by {name}", name=name),
        Answer.ENDED: speech.say("Ended by {name}", name=name),
        Answer.RUN_OUT: speech.say("Access ended: nobody answered in time"),
        Answer.BACK: speech.say("Signed in again: access stays"),
        Answer.CANCELLED: speech.say("Not asked any more: access stays"),
        Answer.OVER: speech.say("Access has ended"),
    }[each.answer]


def _buttons(speech: Speech, view: ReviewView) -> list[Part]:
    turns: list[Part] = []
    data = {"notice": view.notice_id}
    if view.page > 1:
        turns.append(execute(speech.say("Previous"), "review.page", data | {"page": view.page - 1}))
    if view.page < view.pages:
        turns.append(execute(speech.say("Next"), "review.page", data | {"page": view.page + 1}))
    if view.waiting < 2:
        return turns
    whole = speech.say("Take over all") if view.question is Question.SPONSOR_MISSING else speech.say("Keep all")
    return [execute(whole, "review.keep_all", data | {"page": view.page}, style="positive"), *turns]

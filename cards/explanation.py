"""`explain`: would this person get in, by which sign-in method, under which rules – and if not, what forbids it."""

from datetime import datetime, timedelta

from cards.barriers import who_can_help, why
from cards.elements import Part, card, column, columns, container, fitting, label, line, run, text
from cards.escape import address, plain
from cards.methods import method_name
from cards.words import place, status_word
from domain.addresses import mask
from domain.methods import Answer, Discovered
from domain.policies import domain_of
from domain.policy_views import Entry, ExplainView, Explanation, PasscodeUse, RuleView, Unknown
from domain.views import Status
from locales import Speech, speak

_RULES_ROOM = 7_000
"""Bytes, as in cards/invite.py."""
STYLES = {Entry.YES: "good", Entry.NO: "attention", Entry.PERHAPS: "warning"}


def explanations(view: ExplainView, *, language: str, masked: bool) -> tuple[Part, ...]:
    """A card for each address; the last one says how many more were named."""
    speech = speak(language)
    shown = [_card(speech, view, one, masked) for one in view.explanations]
    if view.left and shown:
        said = speech.say_many(
            "{count} more address was named. Please ask about it again.",
            "{count} more addresses were named. Please ask about them again.",
            view.left,
        )
        shown[-1]["body"].append(text(said, isSubtle=True, separator=True))
    return tuple(shown)


def _card(speech: Speech, view: ExplainView, one: Explanation, masked: bool) -> Part:
    shown = address(mask(one.address) if masked else one.address)
    word = entry_word(speech, one.entry)
    where = place(speech, view.kind, view.workspace)
    head = [
        text(word, id="entry", weight="Bolder"),
        line(run(shown, size="Large" if len(shown) <= 24 else "Default", weight="Bolder"), spacing="Small"),
        line(run(speech.say("Asked for {workspace}", workspace=where), size="Small", isSubtle=True), spacing="Small"),
    ]
    body = [container(head, style=STYLES[one.entry], bleed=True), *_remarks(speech, one)]
    if one.passcode is not None:
        body.append(_methods(speech, one, one.passcode, view.asked_at))
    body += _rules(speech, one)
    return card(body, language=speech.language, line=f"{shown}: {word}")


def entry_word(speech: Speech, entry: Entry) -> str:
    return {
        Entry.YES: speech.say("Would get in"),
        Entry.NO: speech.say("Would not get in"),
        Entry.PERHAPS: speech.say("Might get in"),
    }[entry]


def _remarks(speech: Speech, one: Explanation) -> list[Part]:
    """What is known of the address, what forbids it, and what was probably meant."""
    told: list[str] = []
    if one.status is not None:
        told.append(_known(speech, one.status))
    if one.typo:
        told.append(speech.say("Is this a typing mistake? Did you mean {domain}?", domain=one.typo))
    if one.barrier:
        told += [why(speech, one.barrier, domain_of(one.address)), who_can_help(speech, one.barrier)]
    return [line(run(said), spacing="Small") for said in told]


def _known(speech: Speech, status: Status) -> str:
    word = status_word(speech, status)
    if status is Status.REDEEMED:
        return speech.say("Is a guest here already.")
    if status is Status.DECLINED:
        return speech.say("Declined an invitation. You can invite the address again.")
    if status in (Status.REVOKED, Status.EXPIRED):
        return speech.say("Was invited before: “{status}”. You can invite the address again.", status=word)
    return speech.say("Has an open invitation already: “{status}”.", status=word)


def _methods(speech: Speech, one: Explanation, passcode: PasscodeUse, now: datetime) -> Part:
    usable = {way.method for way in one.ways}
    rows = [_answer(speech, answer, answer.method in usable, now) for answer in one.answers]
    return container([label(speech.say("Sign-in methods")), *rows, _passcode(speech, passcode)], spacing="Medium")


def _answer(speech: Speech, answer: Discovered, usable: bool, now: datetime) -> Part:
    name = plain(answer.name) if answer.name.strip() else method_name(speech, answer.method)
    said = " · ".join([_reason(speech, answer), _age(speech, now - answer.asked_at)])
    word = {Answer.YES: speech.say("Yes"), Answer.NO: speech.say("No"), Answer.UNKNOWN: speech.say("Unknown")}
    shown = word[answer.answer]
    if answer.answer is Answer.YES and not usable:
        shown = speech.say("Not allowed")
    return _row(name, said, shown)


def _row(name: str, said: str, word: str) -> Part:
    left = [line(run(name)), line(run(said, size="Small", isSubtle=True), spacing="None")]
    right = text(word, weight="Bolder", horizontalAlignment="Right")
    return columns(column(left), column([right], "auto"), spacing="Small")


def _reason(speech: Speech, answer: Discovered) -> str:
    """Discovery's words; one that is not known here says no more than the answer."""
    told = {
        "organisation": speech.say("The organisation has accounts there."),
        "no_such_tenant": speech.say("No such organisation is known there."),
        "consumer_domain": speech.say("The provider’s own mail domain."),
        "partner_domain": speech.say("The domain is a partner’s."),
        "google_domain": speech.say("The domain was set up for it."),
        "personal_domain": speech.say("Mailboxes of this domain are personal ones."),
        "other_domain": speech.say("The domain does not belong to it."),
        "unreachable": speech.say("The provider could not be reached."),
        "slow": speech.say("The provider did not answer in time."),
        "not_asked": speech.say("There was no time to ask."),
    }.get(answer.reason)
    usual = {
        Answer.YES: speech.say("There is an account."),
        Answer.NO: speech.say("There is no account."),
        Answer.UNKNOWN: speech.say("No answer could be had."),
    }
    return told or usual[answer.answer]


def _age(speech: Speech, age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    if minutes < 1:
        return speech.say("asked just now")
    if minutes < 60:
        return speech.say_many("asked {count} minute ago", "asked {count} minutes ago", minutes)
    return speech.say_many("asked {count} hour ago", "asked {count} hours ago", minutes // 60)


def _passcode(speech: Speech, use: PasscodeUse) -> Part:
    said, word = {
        PasscodeUse.OFFERED: (speech.say("A passcode is sent to the mailbox."), speech.say("Yes")),
        PasscodeUse.NOT_NEEDED: (speech.say("Not offered: there is a better one."), speech.say("Not needed")),
        PasscodeUse.FEATURE_OFF: (speech.say("Switched off in the “settings”."), speech.say("Off")),
        PasscodeUse.SWITCHED_OFF: (speech.say("Switched off in the “methods”."), speech.say("Off")),
        PasscodeUse.BLOCKED: (speech.say("A rule forbids it."), speech.say("Not allowed")),
    }[use]
    return _row(speech.say("E-mail passcode"), said, word)


def _rules(speech: Speech, one: Explanation) -> list[Part]:
    applied = [rule for rule in one.rules if not rule.waits]
    depends = [rule for rule in one.rules if rule.waits]
    rows = [line(run(said), spacing="Small") for said in _demands(speech, one)] if one.entry is not Entry.NO else []
    shown, left = fitting((_rule(speech, rule) for rule in (*applied, *depends)), len(one.rules), _RULES_ROOM)
    rows += shown
    if left:
        rows.append(text(speech.say_many("and {count} more", "and {count} more", left), isSubtle=True))
    return [container([label(speech.say("Rules")), *rows], spacing="Medium")] if rows else []


def _demands(speech: Speech, one: Explanation) -> list[str]:
    hours = one.session_seconds // 3600
    told = [speech.say_many("Signed in for at most {count} hour.", "Signed in for at most {count} hours.", hours)]
    if one.mfa:
        told.append(speech.say("A second factor is needed."))
    if one.terms:
        told.append(speech.say("The terms of use have to be accepted."))
    return told


def _rule(speech: Speech, rule: RuleView) -> Part:
    does = [
        speech.say("keeps out") if rule.block else "",
        speech.say("second factor") if rule.mfa else "",
        speech.say("terms of use") if rule.terms else "",
        speech.say_many("{count} hour", "{count} hours", rule.session_hours) if rule.session_hours else "",
    ]
    said = ", ".join(filter(None, does))
    if rule.waits:
        words = {
            Unknown.METHOD: speech.say("the sign-in method"),
            Unknown.NETWORK: speech.say("the network"),
            Unknown.OCCASION: speech.say("whether it is the first time"),
        }
        waits = speech.say("depends on {what}", what=", ".join(words[one] for one in rule.waits))
        said = " · ".join(filter(None, [said, waits]))
    rows = [line(run(plain(rule.name) or speech.say("A rule without a name")))]
    if said:
        rows.append(line(run(said, size="Small", isSubtle=True), spacing="None"))
    return container(rows, spacing="Small")

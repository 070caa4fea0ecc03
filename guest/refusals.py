"""Every refusal and every trouble as a page with a way out: one table, from the class to what is said."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from domain import access_errors, errors, factor_errors, names, request_errors
from domain.faults import Unavailable
from domain.policies import Forbidden
from domain.views import Ended, Quota
from guest import forms, sign_in_refusals, troubles, unmet
from guest.notices import Notice, Way
from guest.sentences import Sentences


def unknown_link(s: Sentences, _: errors.UnknownLink) -> Notice:
    return Notice(
        404,
        s.say("This link doesn’t work"),
        (
            s.say("It may have been cut off on its way. Try the link in the mail again, or copy all of it."),
            s.say("If it still doesn’t work, ask the person who invited you to send a new mail."),
        ),
    )


def link_expired(s: Sentences, refusal: errors.LinkExpired) -> Notice:
    when = s.say("It ended on {day}.", day=s.day(refusal.at)) if refusal.at else s.say("It is no longer open.")
    return Notice(
        410,
        s.say("This invitation has expired"),
        (when, s.say("Ask {inviter} to extend it. You will then get a new mail.", inviter=s.inviter(refusal.inviter))),
        Way.MORE_TIME if refusal.way else Way.HOME,
    )


def link_revoked(s: Sentences, refusal: errors.LinkRevoked) -> Notice:
    if refusal.left and refusal.at:
        again = s.say(
            "Ask {inviter} for a new invitation if you want to come back.", inviter=s.inviter(refusal.inviter)
        )
        when = s.say("You left this workspace on {day}.", day=s.day(refusal.at))
        return Notice(410, s.say("You left"), (when, again))
    return Notice(
        410,
        s.say("This invitation was withdrawn"),
        (s.say("If you think this is a mistake, ask {inviter}.", inviter=s.inviter(refusal.inviter)),),
    )


def link_declined(s: Sentences, refusal: errors.LinkDeclined) -> Notice:
    return Notice(
        410,
        s.say("You declined this invitation"),
        (s.say("Changed your mind? Ask {inviter} to invite you again.", inviter=s.inviter(refusal.inviter)),),
        Way.BLOCK,
    )


def link_redeemed(s: Sentences, _: errors.LinkRedeemed) -> Notice:
    return Notice(
        409,
        s.say("This invitation was accepted already"),
        (
            s.say("It can’t be declined any more: you are a guest now. Nothing was changed."),
            s.say("Go back to the invitation to sign in. On your own page you can leave."),
        ),
        Way.INVITATION,
    )


def link_replaced(s: Sentences, refusal: errors.LinkReplaced) -> Notice:
    line = s.say("Please use the link in the newest mail.")
    if refusal.at:
        line = s.say("Please use the link in the newest mail, sent at {clock}.", clock=s.clock(refusal.at))
    return Notice(
        410,
        s.say("A newer mail was sent"),
        (line, s.say("Can’t find it? Look in the spam folder, or ask {inviter}.", inviter=s.inviter(refusal.inviter))),
        Way.NEWEST_MAIL if refusal.way else Way.HOME,
    )


def feature_off(s: Sentences, refusal: errors.FeatureOff) -> Notice:
    whom = s.inviter(refusal.contact)
    return Notice(
        403,
        s.say("Signing in with a code is switched off"),
        (
            s.say("This organisation doesn’t let guests sign in with a code by mail at the moment."),
            s.say("Please ask {whom}. Nothing is wrong with your mailbox.", whom=whom),
        ),
        Way.NONE,
    )


def policy_forbids(s: Sentences, refusal: errors.PolicyForbids) -> Notice:
    whom = s.inviter(refusal.contact)
    why = {
        Forbidden.OWN_DOMAIN: s.say("Your address belongs to the organisation itself: you need no invitation."),
        Forbidden.RULE: s.say("A rule of this organisation doesn’t let you in from here, or in this way."),
    }.get(refusal.reason, s.say("This organisation doesn’t invite guests from your address’s domain."))
    return Notice(
        403,
        s.say("This organisation doesn’t let you in"),
        (why, s.say("Please ask {whom}. Nothing is wrong with your mailbox.", whom=whom)),
        Way.NONE,
    )


def better_method(s: Sentences, _: errors.BetterMethod) -> Notice:
    return Notice(
        409,
        s.say("You have an account that you can sign in with"),
        (s.say("No code was sent. Go back to the invitation, and choose how to sign in."),),
        Way.INVITATION,
    )


def too_soon(s: Sentences, refusal: errors.TooSoon) -> Notice:
    return Notice(
        429,
        s.say("A code was sent a moment ago"),
        (
            s.say("Give the mail a minute to arrive, and look in the spam folder too."),
            s.say("You can ask for a new code at {when}.", when=s.ahead(refusal.again_at)),
        ),
        Way.NEW_CODE,
        refusal.again_at,
    )


def waiting(s: Sentences, again_at: datetime | None, held_by: Quota | None) -> Markup | None:
    """Why no code can be asked for now, and when; None: one can."""
    if again_at is None or again_at <= s.now:
        return None
    when = s.ahead(again_at)
    if held_by is Quota.TRIES_LINK:
        return Markup(" ").join(_no_more_codes(s))
    if held_by in (Quota.TRIES_HOUR, Quota.TRIES_DAY):
        return s.say("Too many wrong codes: a new one can be asked for at {when}.", when=when)
    if held_by is not None:
        return s.say("Many codes were sent already: a new one can be asked for at {when}.", when=when)
    return s.say("A code was sent. You can ask for a new one at {when}.", when=when)


def _no_more_codes(s: Sentences) -> tuple[Markup, Markup]:
    return (
        s.say("This link was tried wrongly so often that it gets no more codes."),
        s.say("Ask the person who invited you to send a new mail."),
    )


def limit_reached(s: Sentences, refusal: errors.LimitReached) -> Notice:
    if refusal.quota is Quota.TRIES_LINK:
        return Notice(429, s.say("Too many tries"), _no_more_codes(s))
    return Notice(
        429,
        s.say("Too many tries"),
        (
            s.say("To keep your mailbox and the workspace safe, there is a limit on codes and tries."),
            s.say("It works again at {when}.", when=s.ahead(refusal.again_at)),
        ),
        Way.NEW_CODE,
        refusal.again_at,
    )


def no_passcode(s: Sentences, _: errors.NoPasscode) -> Notice:
    return Notice(
        409,
        s.say("This browser needs its own code"),
        (
            s.say("A code only works in the browser that asked for it, and only until it is withdrawn."),
            s.say("Ask for a new one here, and use the newest mail."),
        ),
        Way.FIRST_CODE,
    )


def _new_code(s: Sentences, again_at: datetime | None) -> Markup:
    if again_at and again_at > s.now:
        return s.say("You can ask for a new one at {when}.", when=s.ahead(again_at))
    return s.say("You can ask for a new one now.")


def passcode_expired(s: Sentences, refusal: errors.PasscodeExpired) -> Notice:
    lines = (s.say("Codes only live for a short time."), _new_code(s, refusal.again_at))
    return Notice(410, s.say("This code has expired"), lines, Way.NEW_CODE, refusal.again_at)


def passcode_spent(s: Sentences, refusal: errors.PasscodeSpent) -> Notice:
    lines = (
        s.say("It was used already, or it was typed wrong too many times. It doesn’t work any more."),
        _new_code(s, refusal.again_at),
    )
    return Notice(410, s.say("This code is used up"), lines, Way.NEW_CODE, refusal.again_at)


def no_session(s: Sentences, _: errors.NoSession) -> Notice:
    return Notice(
        401,
        s.say("Please sign in"),
        (
            s.say("You are not signed in. A sign-in ends after a day, when you sign out, or when your access ends."),
            s.say("Type the address that was invited, and we send you a code."),
        ),
        Way.ADDRESS,
    )


def access_ended(s: Sentences, refusal: errors.AccessEnded) -> Notice:
    whom = s.inviter(refusal.contact)
    ask = s.say("Questions? Ask {whom}.", whom=whom)
    if refusal.how is Ended.LEFT:
        title = s.say("You left")
        if refusal.workspace:
            title = s.say("You left {workspace}", workspace=names.plain(refusal.workspace))
        ended = s.say("Your access has ended, and with it your sign-ins, codes and links.")
        return Notice(401, title, (ended, s.say("To come back, you need a new invitation."), ask))
    title = s.say("Your access has ended")
    if refusal.workspace:
        title = s.say("Your access to {workspace} has ended", workspace=names.plain(refusal.workspace))
    return Notice(401, title, (_how_ended(s, refusal.how), ask))


def _how_ended(s: Sentences, how: Ended | None) -> Markup:
    if how is Ended.REMOVED:
        return s.say("Somebody in the organisation ended it.")
    if how is Ended.RULE:
        return s.say("A rule of the organisation ended it.")
    return s.say("It ran out.") if how is Ended.RAN_OUT else s.say("An owner ended it, or it ran out.")


def not_let_in(s: Sentences, _: access_errors.NotLetIn) -> Notice:
    lines = (
        s.say("You are signed in, but you are not a guest of the workspace that it belongs to."),
        s.say("Please ask the person who invited you."),
    )
    return Notice(403, s.say("This application is not open to you"), lines)


def unknown_application(s: Sentences, _: access_errors.UnknownResource) -> Notice:
    lines = (s.say("It was removed, or its address has a typo. Your own page lists what is open to you."),)
    return Notice(404, s.say("There is no such application"), lines)


def wrong_path(s: Sentences, _: access_errors.WrongPath) -> Notice:
    lines = (s.say("It leads nowhere inside of the application. Please begin at its start."),)
    return Notice(400, s.say("We can’t follow this address"), lines)


def hand_over_over(s: Sentences, _: access_errors.HandOverOver) -> Notice:
    lines = (s.say("It took too long, or was done already. Please open the application once more."),)
    return Notice(403, s.say("That didn’t work"), lines)


def factor_paused(s: Sentences, refusal: factor_errors.FactorPaused) -> Notice:
    return Notice(
        429,
        s.say("Too many wrong codes"),
        (
            s.say("To keep the workspace safe, no code is looked at for a while."),
            s.say("It works again at {when}.", when=s.ahead(refusal.again_at)),
            s.say("Is your second factor lost? Use a recovery code, or ask the person who invited you for a reset."),
        ),
        Way.NONE,
        refusal.again_at,
    )


def last_factor(s: Sentences, _: factor_errors.LastFactor) -> Notice:
    lines = (s.say("This organisation demands one. Set up another one first, then remove this one."), _security(s))
    return Notice(409, s.say("This is your only second factor"), lines, Way.NONE)


def too_many_factors(s: Sentences, refusal: factor_errors.TooManyFactors) -> Notice:
    line = s.say("You can have {most} second factors. Remove one that you don’t use any more.", most=refusal.most)
    return Notice(409, s.say("You have enough second factors"), (line, _security(s)), Way.NONE)


def _security(s: Sentences) -> Markup:
    return Markup('<a href="/guest/security">{}</a>').format(s.say("Sign-in security"))


def wrong_address(s: Sentences, _: errors.WrongAddress) -> Notice:
    return Notice(422, s.say("This is not an e-mail address"), (s.say("Please check it for typos."),), Way.ADDRESS)


def mail_too_soon(s: Sentences, refusal: request_errors.MailTooSoon) -> Notice:
    return Notice(
        429,
        s.say("The mail was sent again a short while ago"),
        (
            s.say("Give it a minute to arrive, and look in the spam folder too."),
            s.say("It can be sent again at {when}.", when=s.ahead(refusal.again_at)),
        ),
        Way.HOME,
        refusal.again_at,
    )


def asked_too_often(s: Sentences, refusal: request_errors.AskedTooOften) -> Notice:
    return Notice(
        429,
        s.say("This was asked too often"),
        (
            s.say("So that nobody gets too many questions, there is a limit. Nothing was sent."),
            s.say("It works again at {when}.", when=s.ahead(refusal.again_at)),
        ),
        Way.INVITATION,
        refusal.again_at,
    )


def not_for_guests(s: Sentences, _: errors.Refusal) -> Notice:
    """Refusals of things that are only done in the chat: no page can lead here today."""
    return Notice(403, s.say("This can only be done in the chat"), (s.say("Please ask the person who invited you."),))


NOTICES: Mapping[type[Exception], Callable[[Sentences, Any], Notice]] = {
    errors.WrongAddress: wrong_address,
    errors.UnknownInvitation: unknown_link,
    errors.TooSoon: too_soon,
    errors.LimitReached: limit_reached,
    errors.FeatureOff: feature_off,
    errors.PolicyForbids: policy_forbids,
    errors.BetterMethod: better_method,
    **dict.fromkeys(unmet.REFUSALS, not_for_guests),
    request_errors.MailTooSoon: mail_too_soon,
    request_errors.AskedTooOften: asked_too_often,
    errors.UnknownLink: unknown_link,
    errors.LinkExpired: link_expired,
    errors.LinkRevoked: link_revoked,
    errors.LinkDeclined: link_declined,
    errors.LinkRedeemed: link_redeemed,
    errors.LinkReplaced: link_replaced,
    errors.NoPasscode: no_passcode,
    errors.PasscodeExpired: passcode_expired,
    errors.PasscodeSpent: passcode_spent,
    errors.NoSession: no_session,
    errors.AccessEnded: access_ended,
    access_errors.UnknownResource: unknown_application,
    access_errors.WrongPath: wrong_path,
    access_errors.NotLetIn: not_let_in,
    access_errors.HandOverOver: hand_over_over,
    factor_errors.FactorPaused: factor_paused,
    factor_errors.LastFactor: last_factor,
    factor_errors.TooManyFactors: too_many_factors,
    **sign_in_refusals.NOTICES,
    forms.ForeignForm: troubles.foreign_form,
    forms.StaleForm: troubles.stale_form,
    forms.FormTooLarge: troubles.form_too_large,
    forms.WrongForm: troubles.wrong_form,
    forms.SlowForm: troubles.slow_form,
    troubles.LinkNeeded: troubles.link_needed,
    troubles.UnknownPage: troubles.unknown_page,
    troubles.WrongMethod: troubles.wrong_method,
    troubles.MisdirectedHost: troubles.misdirected,
    Unavailable: troubles.unavailable,
    troubles.Fault: troubles.fault,
}


def notice(s: Sentences, refusal: Exception) -> Notice:
    """Raises KeyError for what is no refusal of the table."""
    return NOTICES[type(refusal)](s, refusal)

"""What goes wrong before the domain is asked, or outside it, each with its page."""

from dataclasses import replace

from markupsafe import Markup

from guest import forms
from guest.notices import Notice, Way
from guest.sentences import Sentences


class MisdirectedHost(Exception):
    """Asked under a name that is not the public URL's."""

    def __init__(self, url: str) -> None:
        self.url = url


class LinkNeeded(Exception):
    """This browser has not opened an invitation, or too long ago."""


class UnknownPage(Exception):
    pass


class WrongMethod(Exception):
    pass


class Fault(Exception):
    """Something of ours broke; `reference` is in the log too."""

    def __init__(self, reference: str) -> None:
        self.reference = reference


def link_needed(s: Sentences, _: LinkNeeded) -> Notice:
    return Notice(
        400,
        s.say("Please open the link in your mail"),
        (
            s.say("We don’t know which invitation you mean. Open the link in the mail once more, in this browser."),
            s.say("If this happens again, your browser may be refusing cookies. We only use the ones that we need."),
        ),
    )


def foreign_form(s: Sentences, _: forms.ForeignForm) -> Notice:
    lines = (s.say("The form came from another site’s page, so nothing was done. Start again from here."),)
    return Notice(403, s.say("This was not sent from our page"), lines, Way.AGAIN)


def stale_form(s: Sentences, _: forms.StaleForm) -> Notice:
    lines = (
        s.say("It was open for too long, or you opened something else since. Nothing was done."),
        s.say("Load the page again and repeat the last step. Your browser has to accept cookies for this."),
    )
    return Notice(403, s.say("This page is out of date"), lines, Way.AGAIN)


def form_too_large(s: Sentences, _: forms.FormTooLarge) -> Notice:
    return Notice(
        413, s.say("That was too much text"), (s.say("Nothing was done. Please try a shorter one."),), Way.AGAIN
    )


def wrong_form(s: Sentences, _: forms.WrongForm) -> Notice:
    lines = (s.say("Your browser sent the form in a way that we can’t read. Nothing was done."),)
    return Notice(415, s.say("We can’t read this form"), lines, Way.AGAIN)


def slow_form(s: Sentences, _: forms.SlowForm) -> Notice:
    return replace(wrong_form(s, forms.WrongForm()), status=408)


def unknown_page(s: Sentences, _: UnknownPage) -> Notice:
    return Notice(404, s.say("There is nothing here"), (s.say("The address of this page may have a typo."),))


def wrong_method(s: Sentences, _: WrongMethod) -> Notice:
    lines = (s.say("This page is part of a step. Please begin with the link in your mail, or sign in again."),)
    return Notice(405, s.say("This page can’t be opened like that"), lines)


def misdirected(s: Sentences, refusal: MisdirectedHost) -> Notice:
    lines = (s.say("You will find us at {url}.", url=Markup('<a href="{0}/">{0}</a>').format(refusal.url)),)
    return Notice(421, s.say("This is not our address"), lines, Way.NONE)


def unavailable(s: Sentences, _: Exception) -> Notice:
    lines = (
        s.say("Gatehouse can’t reach its database right now. Nothing was changed, and nothing is lost."),
        s.say("Please try again in half a minute."),
    )
    return Notice(503, s.say("We’ll be right back"), lines, Way.AGAIN)


def fault(s: Sentences, refusal: Fault) -> Notice:
    lines = (
        s.say("This is our fault, not yours. Please try again."),
        s.say("If it happens again, tell the person who invited you this reference: {code}", code=refusal.reference),
    )
    return Notice(500, s.say("Something went wrong"), lines, Way.AGAIN)

"""Adaptive Cards 1.5 for the chat: data in, dict out; no I/O, no clock.

Every function returns the card's content; `attachment(card)` wraps it for an activity. `language` is any language tag.
`masked=True` shows addresses as `gw***@fabrikam.example`: everywhere but in personal chats.

    invitation(view, *, language, masked, buttons=True, known=False) the one card of an invitation, also for `status`
    guest_list(view: GuestListView, *, language, masked)             `guests [pending|active]`
    settings(view: SettingsView, *, language)                        `settings`, for admins
    settings_confirmation(view: SettingsView, feature, *, language)  after *disabled* was chosen: who is affected
    owners(view: OwnersView, *, language)                            `owners [add|remove]`
    help_card(*, language, kind, preview)                            `help`
    unknown_card(nearest, rest, *, language, kind, masked)           what was not understood
    welcome(view: WorkspaceView, *, language)                        the bot came into a workspace
    factor_reset(view: ResetView, *, language, masked)               `mfa reset`: an admin confirms or denies
    invite_opener(view: FormView, *, language, teams)                `invite` without an address
    invite_form(view=…, *, language, picker, masked, note, draft)    all its fields, in a dialog or with their faults
    dialog(card)                                                     a card as a dialog shows it
    found(view: InvitationView, name, *, language, masked)           a guest that was looked for, to be put into a chat
    confirm_invite(draft: DraftView, bad, *, language, masked)       some addresses were bad
    invite_summary(view: InviteView, *, language, masked)            what `invite` did with each address
    links(view: ResourcesView, *, language)                          `links [add|remove]`
    sign_ins(view: SignInsView, *, language, masked)                 `sessions ADDRESS`
    explanations(view: ExplainView, *, language, masked)             `explain`: a card for each address
    methods(view: MethodsView, *, language, notice="")               `methods`, for admins
    blocks(view: BlocksView, *, language)                            who wants no invitations any more, for admins
    switch(view: SwitchView, *, language)                            a feature comes on by itself: admins decide
    request(view: RequestView, *, language, masked)                  somebody asks, an owner decides
    audit(view: HistoryView, *, language, masked)                    `audit`: what happened, for owners and admins
    approval(view: ApprovalView, *, language, masked)                an invitation waits for an approver's word
    asked(view: AskedView, *, language, masked)                      the same as who asked sees it
    approval_list(view: ApprovalListView, *, language, masked)       `approvals`
    review(view: ReviewView, *, language, masked)                    guests still needed? for sponsors
    warning(view: WarningView, *, language, masked)                  a guest's access ends soon, for sponsors
    bulk(view: BulkView, *, language, masked)                        a list of people: preview, progress, result
    refusal(sentence, *, language)                                   one sentence as a card (answer to a button)
    attachment(card)                                                 {"contentType": …, "content": card}
    summary(card)                                                    one line of plain text (notification)
    fallback_text(card, *, address=None)                             the whole card as plain text with command words

Buttons are `Action.Execute`; what comes back in `value.action.data` (inputs merged in):

    invitation.resend|revoke|extend   {"invitation", "version"}
    invitation.correct                {"invitation", "version", "address"}
    request.invite|extend|dismiss     {"request"}
    approval.approve|deny             {"approval", "version", "note"}
    approval.withdraw|show            {"approval", "version"}
    approvals.page                    {"page"}
    guests.page                       {"only", "page"}
    invitation.show, guests.show      as above: no buttons but the cards' `refresh`, asked by clients on their own
    settings.feature                  {"feature", "setting"}    setting: default, enabled or disabled
    settings.confirm                  {"feature", "setting": "disabled"}
    mfa.confirm|deny                  {"request"}
    blocks.page                       {"page"}
    access.extend|let_end             {"notice"}
    review.keep|end                   {"notice", "guest", "page"}
    review.keep_all|page              {"notice", "page"}
    sponsors.take, sponsors.give      {"notice"}                and for the second the input "person"
    erase.confirm                     {"invitation"}            any of the person's
    switch.show|ask|on|block          {"notice"}
    switch.remind                     {"notice", "when"}        tomorrow, week or day_before
    settings.show                     {}                        back from the confirmation
    sessions.end                      {"guest"}
    methods.show                      {}
    methods.move                      {"method", "version", "direction"}  direction: up or down
    methods.switch                    {"method", "version", "state"}      state: on or off
    invite.confirm                    {"draft"}               and "only": "good" without those that look mistyped
    bulk.confirm|stop                 {"list", "version"}
    bulk.page                         {"list", "version", "only", "page"}  only: all, left or nothing
    bulk.file                         {"list", "version"}       in Teams' personal chats
    audit.page                        {"about", "days"}         and where it is given "before", "invitation", "person"
    audit.filter                      {"address", "about", "days"}  text
    invite.open                       {}                        opens the dialog
    invite.form                       {"addresses", "days", "name", "language", "until", "sponsors", "message"}
                                      days is a number, or text in some clients; sponsors are ids between commas
"""

from cards.approval import approval, approval_list, asked
from cards.audit import audit
from cards.blocks import blocks
from cards.bulk import bulk
from cards.certificate import certificate
from cards.dialog import dialog
from cards.erasure import erasure
from cards.explanation import explanations
from cards.factors import factor_reset
from cards.fallback import attachment, fallback_text, summary
from cards.found import found, found_line
from cards.guests import guest_list
from cards.guidance import help_card, owners, refusal, unknown_card, welcome
from cards.invitation import invitation
from cards.invite import confirm_invite, invite_summary
from cards.invite_form import invite_form, invite_opener
from cards.links import links
from cards.methods import methods
from cards.request import request
from cards.review import review
from cards.settings import settings, settings_confirmation
from cards.sign_ins import sign_ins
from cards.sponsors import handed_over, sponsor_left, sponsors
from cards.switch import switch
from cards.warning import warning

__all__ = [
    "approval",
    "approval_list",
    "asked",
    "attachment",
    "audit",
    "blocks",
    "bulk",
    "certificate",
    "confirm_invite",
    "dialog",
    "erasure",
    "explanations",
    "factor_reset",
    "fallback_text",
    "found",
    "found_line",
    "guest_list",
    "handed_over",
    "help_card",
    "invitation",
    "invite_form",
    "invite_opener",
    "invite_summary",
    "links",
    "methods",
    "owners",
    "refusal",
    "request",
    "review",
    "settings",
    "settings_confirmation",
    "sign_ins",
    "sponsor_left",
    "sponsors",
    "summary",
    "switch",
    "unknown_card",
    "warning",
    "welcome",
]

"""What people write behind `settings` to come to a page at once."""

from domain.setting_fields import Page

PAGES: dict[str, Page] = {
    **{page.value: page for page in Page},
    **dict.fromkeys(("invitations", "einladen", "einladungen"), Page.INVITING),
    **dict.fromkeys(("domain", "domänen", "domaenen"), Page.DOMAINS),
    **dict.fromkeys(("lifetime", "laufzeiten", "fristen"), Page.LIFETIMES),
    **dict.fromkeys(("quota", "limits", "kontingente"), Page.QUOTAS),
    **dict.fromkeys(("approvals", "approvers", "genehmigung", "freigabe"), Page.APPROVAL),
    **dict.fromkeys(("lebenszyklus",), Page.LIFECYCLE),
    **dict.fromkeys(("policies", "regeln", "richtlinien"), Page.RULES),
    **dict.fromkeys(("bedingungen", "nutzungsbedingungen"), Page.TERMS),
}

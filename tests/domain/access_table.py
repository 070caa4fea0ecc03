"""Condition × control × step → result: the table that tests walk and docs/policies.md shows.

`python -m tests.domain.access_table` prints it.
"""

from typing import Any

from domain.policies import Method, Occasion

OPEN, SEND, REDEEM, PAGE, CHECK, DECLINE = STEPS = (
    "open the page", "send the code", "redeem", "session page", "access check", "decline",
)  # fmt: skip
SHUT_OUT, FACTOR_FIRST, TERMS_FIRST, TWO_HOURS, DONE = "blocked", "second factor first", "terms first", "2 hours", "yes"

CONDITIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "workspace": ({"workspaces": ("Launch",)}, {"workspaces": ("another",)}),
    "guest domain": ({"domains": ("fabrikam.example",)}, {"domains": ("*.fabrikam.example", "evil.example")}),
    "method": ({"methods": (Method.EMAIL_PASSCODE,)}, {"methods": (Method.MICROSOFT, Method.GOOGLE)}),
    "network": ({"networks": ("203.0.113.0/24",)}, {"networks": ("10.0.0.0/8", "2001:db8::/32")}),
    "outside of networks": (
        {"networks": ("10.0.0.0/8",), "elsewhere": True},
        {"networks": ("203.0.113.0/24",), "elsewhere": True},
    ),
    "first sign-in": ({"occasion": Occasion.FIRST}, {"occasion": Occasion.LATER}),
    "later sign-in": ({"occasion": Occasion.LATER}, {"occasion": Occasion.FIRST}),
}
"""Each as it is met by the guest of the tests (a passcode, from 203.0.113.7, into Launch), and as it is not."""
CONTROLS: dict[str, dict[str, Any]] = {
    "block": {"block": True},
    "require MFA": {"mfa": True},
    "require terms": {"terms": True},
    "session of 2 hours": {"session_hours": 2},
}
LISTS: dict[str, dict[str, Any]] = {
    "own domain": {"own_domains": ("fabrikam.example",)},
    "denied domain": {"denied_domains": ("fabrikam.example",)},
    "not on the allow list": {"allowed_domains": ("else.example",)},
}
RESULTS: dict[str, tuple[str, ...]] = {
    "block": (SHUT_OUT, SHUT_OUT, SHUT_OUT, SHUT_OUT, SHUT_OUT, DONE),
    "require MFA": (DONE, DONE, DONE, FACTOR_FIRST, FACTOR_FIRST, DONE),
    "require terms": (DONE, DONE, DONE, TERMS_FIRST, TERMS_FIRST, DONE),
    "session of 2 hours": (DONE, DONE, DONE, TWO_HOURS, TWO_HOURS, DONE),
}
UNMET = (DONE,) * len(STEPS)


def lines() -> list[str]:
    """The table in Markdown."""
    heads = ("condition met", "control", *STEPS)
    rows = [(condition, control, *RESULTS[control]) for condition in CONDITIONS for control in CONTROLS]
    rows += [(name, "list of domains", *RESULTS["block"]) for name in LISTS]
    rows.append(("any, not met", "any", *UNMET))
    return [f"| {' | '.join(row)} |" for row in (heads, ("---",) * len(heads), *rows)]


if __name__ == "__main__":
    print("\n".join(lines()))

"""What others wrote stays words (D5, D6): no link, image, mention, tag or template comes of it, wherever it is read."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import cards
from cards.escape import JOINER, address, plain, typed, without_addresses
from domain.addresses import mask
from domain.views import Status
from tests.cards.gallery import hostile, invitation_view
from tests.cards.reading import size, texts
from tests.cards.test_schema import MOST, faults

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
ACTIVE = {"link_open", "image", "html_inline", "html_block"}
AUTOMATIC = re.compile(
    r"(?i)\b(?:https?|ftp|mailto|msteams|tel|javascript|data):\S|//\w|\bwww\.\w|[\w.+-]@[\w-]|[^\W_]\.[^\W\d_]{2}"
)
TEMPLATE = re.compile(r"\{\{|\$\{|<at|<a\b|<[a-z/!]|(?<!\w)@\w|&#?\w+;", re.IGNORECASE)
NASTY = st.sampled_from(
    [
        *("[a](https://evil.example)", "![a](https://evil.example/x.png)", "<https://evil.example>", "evil.com"),
        *("https://evil.example", "HTTPS://EVIL.EXAMPLE", "www.evil.example", "//evil.example", "ftp://e.example/"),
        *(
            "mailto:x@evil.example",
            "x@evil.example",
            "<at>Bob</at>",
            "@everyone",
            "@channel",
            "＠evil",
            "evil．example",
        ),
        *("{{DATE(2026-01-01T00:00:00Z)}}", "${name}", "<b>b</b>", "<script>", "<!--", "-->", "<?x?>", "<a href='x'>"),
        *("[x]:", "[x]", "[x][y]", "](", "][", "]:", "[", "]", "(", ")", "!", "<", ">", "**", "__", "~~", "`", "```"),
        *("# ", "- ", "+ ", "1. ", "1) ", "|", "---", "===", "\\", "\\\\evil", "&lt;", "&#91;", "&amp;", "&", "$"),
        *("javascript:alert(1)", "tel:+4912345", "://", "/", ":", ".", "@", "{", "}", "😀", "漢字", "é", "a", "b", "7"),
        *("\n", "\r\n", "\u2028", "\t", "    ", " ", "\u202e", "\u200b", "\u2066", "\x00", "\ud800", JOINER),
    ]
)
TEXT = st.one_of(
    st.lists(NASTY, max_size=12).map("".join),
    st.lists(NASTY, max_size=8).map(" ".join),
    st.text(max_size=40),
)
MANY = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
SOME = settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def tokens(text: str) -> set[str]:
    return {token.type for block in MARKDOWN.parse(text) for token in [block, *(block.children or ())]}


@SOME
@given(TEXT)
def test_plain_text_makes_no_link_mention_or_template_even_where_it_is_read_as_markdown(text):
    said = plain(text, 300)
    assert not tokens(said) & ACTIVE, said
    assert not AUTOMATIC.search(said), said
    assert not TEMPLATE.search(said), said


@settings(max_examples=1000, deadline=None)
@given(TEXT)
def test_it_is_one_line_of_the_length_asked_for_that_can_be_sent(text):
    said = plain(text, 64)
    assert len(said.replace(JOINER, "")) <= 64
    assert said.isprintable() or not set(said) & set("\n\r\t\u2028\u202e\x00")
    said.encode()


@settings(max_examples=1000, deadline=None)
@given(TEXT)
def test_readable_characters_all_stay(text):
    def bare(words):
        return re.sub(r"[^\w\[\]().:/<>@{}$&*#!]", "", words.replace(JOINER, ""))

    assert bare(plain(text, 10_000)) == bare("".join(c for c in text if c not in "\u2060"))


@MANY
@given(TEXT, TEXT, TEXT, st.booleans())
def test_no_card_of_an_invitation_becomes_active_through_names_addresses_or_reasons(name, written, failure, masked):
    view = invitation_view(
        Status.UNDELIVERABLE, workspace=name, inviter=name, address=f"{written}@x", failure=failure, timeline=()
    )
    card = cards.invitation(view, language="en", masked=masked)
    for said in texts(card, "TextRun"):
        assert not tokens(said) & ACTIVE, said
        assert not AUTOMATIC.search(_without_dates(said)), said
        assert not TEMPLATE.search(_without_dates(said)), said


def _without_dates(said: str) -> str:
    return re.sub(r"\{\{(?:DATE|TIME)\(2\d{3}-\d\d-\d\dT\d\d:\d\d:00Z(?:,SHORT)?\)\}\}", "", said)


def test_a_planted_link_would_be_seen():
    assert tokens("[a](https://evil.example)") & ACTIVE
    assert AUTOMATIC.search("see evil.com")
    assert TEMPLATE.search("{{DATE(x)}}")


@settings(SOME, max_examples=300)
@given(TEXT, TEXT, TEXT, st.booleans())
def test_every_card_stays_small_whatever_is_in_it(name, written, failure, masked):
    for which, card in hostile(name, f"{written}@x", failure, masked).items():
        assert size(card) <= MOST, which


@FEW
@given(TEXT, TEXT, TEXT)
def test_every_card_stays_valid_whatever_is_in_it(name, written, failure):
    for which, card in hostile(name, f"{written}@x", failure).items():
        assert faults(card) == [], which


def test_markdown_blocks_hold_only_our_own_words():
    for which, card in hostile("Zorro", "zorro@zorro.example", "zorro").items():
        for said in texts(card, "TextBlock"):
            assert "zorro" not in said.lower(), which
        for part in card.get("actions", []):
            assert "zorro" not in part["title"].lower(), which


@pytest.mark.parametrize(
    "text", ["gwen@fabrikam.example", "o'brien+x_y-z@sub.fabrikam.example", "gw***@fabrikam.example", "***@x.example"]
)
def test_accepted_and_masked_addresses_stay_as_they_are(text):
    assert address(text) == text


@pytest.mark.parametrize(
    "text", ["<a@b.example>", "a@b", "a@b.example c@d.example", "[a]@b.example", "a" * 250 + "@b.ex"]
)
def test_anything_else_is_no_address(text):
    assert address(text) == plain(text, 254)


@pytest.mark.parametrize(
    "name",
    [
        "Alice Ahlberg",
        "Renée O'Neill-Müller (Contoso)",
        "李小龍",
        "👩‍💻 Dev",
        "Dr. Who",
        "Project 7.2",
        "Q3: plans & more",
    ],
)
def test_ordinary_names_are_untouched(name):
    assert plain(name) == name


@SOME
@given(TEXT)
def test_what_was_typed_for_an_address_makes_no_link_mention_or_template(text):
    said = typed(text, 80)
    assert not tokens(said) & ACTIVE, said
    assert not re.search(r"(?i)https?:|mailto:|//\w|<at|\{\{|\$\{", said), said


def test_what_was_typed_for_an_address_is_shown_as_it_was_typed():
    assert typed("gwén@@fabrikam", 80) == "gwén@@fabrikam"
    assert typed("x" * 100, 80) == "x" * 79 + "…"
    assert typed("https://evil.example", 80) == plain("https://evil.example", 80)


def test_a_relays_reason_stays_readable_and_searchable():
    reason = "550 5.1.1 Recipient address rejected: User unknown (in reply to RCPT TO)"
    assert plain(reason, 300) == reason


@pytest.mark.parametrize(
    "reason",
    [
        "550 5.1.1 <gwen@fabrikam.example>: unknown",
        "gwen@fabrikam.example does not exist",
        'to "gwen@fabrikam.example"',
        "rcpt=gwen@[192.0.2.1]",
        "Gwen.gwen+gwen@x.example,gwen@x",
    ],
)
def test_a_reason_for_all_readers_names_no_mailbox(reason):
    assert "gwen" not in without_addresses(reason).lower()


def test_the_mask_is_what_the_domain_says():
    card = cards.invitation(invitation_view(), language="en", masked=True)
    assert mask("gwen@fabrikam.example") in json.dumps(card)

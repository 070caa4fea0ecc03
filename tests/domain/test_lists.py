"""Reading lists: CSV as spreadsheets write it, and whatever else people upload."""

import gzip
import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import lists
from domain.bulk_errors import UnreadableList
from domain.bulk_views import Fault, Line, Unreadable
from domain.views import Problem


def lines(text: str) -> tuple[Line, ...]:
    return lists.read(text.encode()).lines


def told(line: Line) -> tuple[str, str]:
    return line.address, line.fault


def unreadable(data: bytes) -> UnreadableList:
    with pytest.raises(UnreadableList) as refused:
        lists.read(data)
    return refused.value


def test_a_file_with_named_columns_is_read_row_by_row_as_a_spreadsheet_counts() -> None:
    read = lines(
        "E-Mail,Name,Sprache,Tage,Message\r\n"
        'gwen@fabrikam.example,"Stacy, Gwen ""G""",Deutsch,30,"Hello,\r\nsee you"\r\n'
        "\r\n"
        "jürgen@x.example,Jürgen,,,\r\n"
    )
    assert [(line.number, *told(line)) for line in read] == [
        (2, "gwen@fabrikam.example", ""),
        (4, "", Problem.UNSUPPORTED_CHARACTERS),
    ]
    gwen = read[0]
    assert (gwen.days, gwen.wishes.name, gwen.wishes.language) == (30, 'Stacy, Gwen "G"', "de")
    assert gwen.wishes.message == "Hello,\nsee you"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_line_ends_and_encodings_of_all_spreadsheets_are_known(
    delimiter: str, end: str, coding: str
) -> None:
    text = end.join(
        (delimiter.join(("Name", "Adresse", "bis")), delimiter.join(("Müller", "m@x.example", "31.12.2026")))
    )
    (line,) = lists.read(text.encode(coding)).lines
    assert (line.address, line.wishes.name) == ("m@x.example", "Müller")
    assert line.wishes.until == datetime(2027, 1, 1, tzinfo=UTC)


def test_line_ends_may_be_mixed() -> None:
    read = lines("email\ra@x.example\nb@x.example\r\nc@x.example")
    assert [(line.number, line.address[0]) for line in read] == [(2, "a"), (3, "b"), (4, "c")]


def test_a_header_is_not_needed() -> None:
    read = lines("Gwen,gwen@x.example\nPeter,Peter Parker <peter@x.example>\nnobody,\n")
    assert [told(line) for line in read] == [
        ("gwen@x.example", ""),
        ("peter@x.example", ""),
        ("", Problem.MALFORMED),
    ]


def test_excels_own_first_line_is_passed_over() -> None:
    (line,) = lines("sep=;\nemail;name\ngwen@x.example;Stacy, Gwen\n")
    assert (line.number, line.wishes.name) == (3, "Stacy, Gwen")


def test_wishes_that_make_no_sense_are_the_rows_fault() -> None:
    read = lines(
        "email,name,language,days,until,message\n"
        "a@x.example,,Klingon,,,\nb@x.example,,,many,,\nc@x.example,,,,tomorrow,\n"
        "d@x.example,,,,,see https://evil.example\ne@x.example," + "n" * 65 + ",,,,\nf@x.example,Stacy, Gwen,,,,,7\n"
    )
    assert [line.fault for line in read] == [
        Fault.LANGUAGE, Fault.DAYS, Fault.UNTIL, Fault.MESSAGE, Fault.NAME, Fault.CELLS,
    ]  # fmt: skip


def xlsx() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "why", "line"),
    [
        (b"", Unreadable.EMPTY, None),
        (b"\xef\xbb\xbf \r\n,,\r\n", Unreadable.EMPTY, None),
        (xlsx(), Unreadable.NO_CSV, None),
        (gzip.compress(b"email\na@x.example\n"), Unreadable.NO_CSV, None),
        (b"\xd0\xcf\x11\xe0old excel", Unreadable.NO_CSV, None),
        (b"email\na\0@x.example\n", Unreadable.NO_CSV, None),
        ("email\na@x.example".encode("utf-16-le"), Unreadable.NO_CSV, None),
        ("email\na@x.example".encode("utf-32"), Unreadable.NO_CSV, None),
        ("email,name\na@x.example,Jürgen".encode("cp1252"), Unreadable.ENCODING, None),
        ("email,name\na@x.example,é".encode() + b"\xe9\xff", Unreadable.ENCODING, None),
        (b"\xff\xfe\x00", Unreadable.ENCODING, None),
        (b'email\na@x.example\n"b@x.example\nc@x.example\n', Unreadable.QUOTES, 3),
        (b'email\n"a"b@x.example\n', Unreadable.QUOTES, 2),
        (b"email\n" + b"," * 1_000_000, Unreadable.COLUMNS, 2),
        (b"email\n" + b"x" * 200_000, Unreadable.LONG_FIELD, 2),
        (b'email\n"' + b"x\n" * 200_000, Unreadable.LONG_FIELD, 2),
        (b"name,language\nGwen,de\n", Unreadable.NO_ADDRESSES, 1),
        (b"the quick brown fox\n", Unreadable.NO_ADDRESSES, None),
        (b"email\n" + b"a@x.example\n" * 5001, Unreadable.ROWS, None),
        (b"a" * (1024 * 1024 + 1), Unreadable.BYTES, None),
    ],
)
def test_what_is_no_list_is_told_with_its_line(data: bytes, why: Unreadable, line: int | None) -> None:
    refused = unreadable(data)
    assert (refused.why, refused.line) == (why, line)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=2000), st.text(alphabet='email,;\t"\r\n@x.\0é=', max_size=400).map(str.encode)))
def test_garbage_is_read_or_refused_and_never_a_fault(data: bytes) -> None:
    try:
        read = lists.read(data).lines
    except UnreadableList:
        return
    assert all(bool(line.address) or bool(line.fault) for line in read)
    assert all(len(line.given) <= 80 for line in read)


def test_the_same_rows_are_the_same_list_however_they_are_written() -> None:
    one = lists.read("email,name\r\nGwen@x.example,Gwen\r\n".encode("utf-8-sig"))
    other = lists.read(b"Name;E-Mail\nGwen;gwen@x.example")
    assert one.content_hash == other.content_hash
    assert one.content_hash != lists.read(b"email\ngwen@x.example").content_hash


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("email,name\na@x.example,A", True),
        ("Name;E-Mail", True),
        ("a@x.example, b@x.example", False),
        ("name, language", False),
        ("email", False),
    ],
)
def test_a_pasted_header_tells_a_list(text: str, header: bool) -> None:
    assert lists.begins_with_header(text) is header

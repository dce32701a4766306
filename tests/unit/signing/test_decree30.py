"""Decree 30/2020 on issued documents: who signed, in which order, over what."""

from dataclasses import replace
from pathlib import Path

import pytest

from signing.decree30 import REQUIREMENT_TEXTS, judge_issued
from signing.errors import BadTrustBundle
from signing.holders import Holder, HolderKind, find_holder, load_holders
from signing.report import Changes, Coverage, Integrity, SignatureEntry, Signer, Times
from signing.requirement import RequirementVerdict

LEADER = Signer("Trần Văn A", "UBND xã B", sha256="aa", serial="1", trust="trusted")
AGENCY = Signer("UBND xã B", "UBND xã B", sha256="bb", serial="2", trust="trusted")
HOLDERS = (
    Holder(HolderKind.PERSON, "Chủ tịch", serial="1"),
    Holder(HolderKind.AGENCY, "UBND xã B", sha256="bb"),
)


def signed(signer: Signer, end: int, *, last: bool = False) -> SignatureEntry:
    """A sound signature whose range ends at byte `end`."""
    return SignatureEntry(
        field=signer.subject,
        type="approval",
        subfilter="ETSI.CAdES.detached",
        integrity=Integrity(True, True),
        coverage=Coverage("whole_file" if last else "revision", (0, 10, 20, end - 20)),
        changes_after=Changes("none" if last else "signature"),
        signer=signer,
        state="intact" if last else "extended",
    )


def proven(leader: str | None, agency: str | None) -> tuple[SignatureEntry, ...]:
    """Both signatures with what time-stamps prove, beside a claim of 2010."""
    claim = "2010-01-01T00:00:00+00:00"
    return tuple(
        replace(entry, time=Times(claim, best_time=time))
        for entry, time in zip(GOOD, (leader, agency), strict=True)
    )


GOOD = (signed(LEADER, 100), signed(AGENCY, 200, last=True))
CASES = [
    (GOOD, HOLDERS, "ND30_MET"),
    (tuple(reversed(GOOD)), HOLDERS, "ND30_MET"),
    ((), HOLDERS, "ND30_NOT_SIGNED"),
    ((replace(GOOD[0], state="altered"), GOOD[1]), HOLDERS, "ND30_SIGNATURE_BAD"),
    ((replace(GOOD[0], state="indeterminate"), GOOD[1]), HOLDERS, "ND30_SIGNATURE_UNDECIDED"),
    ((GOOD[1],), HOLDERS, "ND30_NO_PERSON"),
    ((GOOD[0],), HOLDERS, "ND30_NO_AGENCY"),
    ((signed(AGENCY, 100), signed(LEADER, 200, last=True)), HOLDERS, "ND30_ORDER"),
    ((GOOD[0], replace(signed(AGENCY, 200), changes_after=Changes("form"))), HOLDERS, "ND30_NOT_WHOLE_FILE"),
    (GOOD, HOLDERS[:1], "ND30_HOLDER_UNKNOWN"),
    (proven("2020-03-04T16:59:59+00:00", "2020-01-01T00:00:00+00:00"), HOLDERS, "ND30_BEFORE"),
    (proven("2020-03-04T17:00:00+00:00", "2020-01-01T00:00:00+00:00"), HOLDERS, "ND30_MET"),
    (proven("2019-01-01T00:00:00+00:00", None), HOLDERS, "ND30_MET"),
]


@pytest.mark.parametrize(("entries", "holders", "code"), CASES)
def test_each_case_has_its_verdict(
    entries: tuple[SignatureEntry, ...], holders: tuple[Holder, ...], code: str
) -> None:
    """Person first, agency last and over the whole file; anything else says what is missing."""
    found = judge_issued(entries, holders)
    assert (found.code, found.verdict) == (code, REQUIREMENT_TEXTS[code][0])
    assert {code for *_, code in CASES} == set(REQUIREMENT_TEXTS)


def test_long_term_evidence_after_the_agency_does_no_harm() -> None:
    """A later security store or document time-stamp leaves the agency's signature the last one."""
    last = replace(signed(AGENCY, 200), changes_after=Changes("ltv"))
    assert judge_issued((GOOD[0], last), HOLDERS).verdict == RequirementVerdict.MET


def test_texts_are_in_the_manual() -> None:
    """docs/verdicts.md lists each line as it is."""
    page = (Path(__file__).parents[3] / "docs" / "verdicts.md").read_text("utf-8")
    for code, (_, text) in REQUIREMENT_TEXTS.items():
        assert f"| `{code}` |" in page
        assert f"| {text} |" in page


def test_every_given_value_must_agree() -> None:
    """A line that names subject and organisation means nobody who has only one of them."""
    line = Holder(HolderKind.PERSON, "x", subject="Trần Văn A", org="Sở C")
    assert find_holder(LEADER, (line,)) is None
    assert find_holder(LEADER, (line, replace(line, org=""))) == replace(line, org="")


@pytest.mark.parametrize("trust", ["unknown_chain", "wrong_chain", "unfit", "not_checked"])
def test_copied_names_and_numbers_mean_nobody(trust: str) -> None:
    """Whoever makes a certificate of his own writes any name into it; its hash he cannot choose."""
    assert find_holder(replace(LEADER, trust=trust), HOLDERS) is None
    assert find_holder(replace(AGENCY, trust=trust), HOLDERS) == HOLDERS[1]
    assert find_holder(replace(LEADER, trust="expired"), HOLDERS) == HOLDERS[0]


def test_the_table_is_read_from_the_trust_folder(tmp_path: Path) -> None:
    """No table is an empty one; a good one gives its lines."""
    assert load_holders(tmp_path) == ()
    (tmp_path / "holders.toml").write_text(
        '[[holder]]\nkind = "agency"\nname = "UBND"\nserial = "0A"\n', "utf-8"
    )
    assert load_holders(tmp_path) == (Holder(HolderKind.AGENCY, "UBND", serial="a"),)


@pytest.mark.parametrize(
    "text",
    [
        "[[holder]",
        '[[holder]]\nkind = "agency"\nname = "x"',
        '[[holder]]\nkind = "seal"\nserial = "1"',
        '[[holder]]\nkind = "agency"\nseril = "1"',
        "holder = 5",
    ],
)
def test_a_bad_table_is_refused(tmp_path: Path, text: str) -> None:
    """A line that would mean everybody, a misspelt key or a broken file: said, never skipped."""
    (tmp_path / "holders.toml").write_text(text, "utf-8")
    with pytest.raises(BadTrustBundle):
        load_holders(tmp_path)

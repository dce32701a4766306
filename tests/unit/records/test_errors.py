"""The error base: text for a person, text for the log, and when to try again."""

import pytest

from records.errors import (
    ErrorKind,
    IllegalTransition,
    IngestError,
    OcrError,
    RecordNotFound,
    RecordsError,
    SearchError,
    ServiceError,
    SigningError,
    StoreUnavailable,
)


def test_text_for_a_person_is_message_and_detail() -> None:
    """The Vietnamese text joins the class's message and the detail given."""
    error = RecordNotFound("Mã lô không có.", batch_id="b1")
    assert error.text_vi == f"{RecordNotFound.message_vi} Mã lô không có."


def test_text_without_detail_has_no_trailing_space() -> None:
    """Without a detail the text is the message alone."""
    assert RecordNotFound().text_vi == RecordNotFound.message_vi


def test_text_for_the_log_is_code_and_identifiers() -> None:
    """The log line names code and identifiers, never the Vietnamese detail."""
    error = IllegalTransition("Đang chờ ký.", record_id="r7", version=3)
    assert str(error) == "ILLEGAL_TRANSITION record_id=r7 version=3"
    assert dict(error.context) == {"record_id": "r7", "version": 3}


@pytest.mark.parametrize(("error", "expected"), [(StoreUnavailable(), True), (RecordNotFound(), False)])
def test_only_an_outage_is_retryable(error: ServiceError, expected: bool) -> None:
    """Doing the same again helps after an outage only."""
    assert error.retryable is expected
    assert (error.kind is ErrorKind.UNAVAILABLE) is expected


@pytest.mark.parametrize("base", [RecordsError, IngestError, OcrError, SigningError, SearchError])
def test_every_package_base_can_be_caught_as_service_error(base: type[ServiceError]) -> None:
    """One except clause at the edge catches every package's errors."""
    with pytest.raises(ServiceError, match=base.code):
        raise base

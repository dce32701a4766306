"""The verification report as it leaves the service (báo cáo kiểm tra chữ ký)."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class RowOut(BaseModel):
    """One of the six questions answered in one Vietnamese line (một dòng kết luận)."""

    key: str
    state: str
    code: str
    text_vi: str


class SummaryOut(BaseModel):
    """The verdict in one glance (tóm tắt); see docs/verdicts.md for every code and text."""

    integrity: str
    indication: str
    sub_indication: str | None
    headline_vi: str
    advice_vi: str
    counts: dict[str, int]
    rows: list[RowOut]


class ComparisonOut(BaseModel):
    """How many pages of how many were compared (tiến độ đối chiếu); 0 of 0: none had to be."""

    done: int
    total: int


class VerificationOut(BaseModel):
    """The whole report (báo cáo kiểm tra); keys may be added, never renamed."""

    model_config = ConfigDict(extra="allow")

    sha256: str
    summary: SummaryOut
    signatures: list[dict[str, Any]]
    requirements: list[dict[str, Any]]
    policy: dict[str, Any]
    document: dict[str, Any] = Field(description="Tệp được kiểm tra.")
    warnings: list[str]
    comparison: ComparisonOut = Field(description="Số trang đã đối chiếu hình trước và sau khi ký.")

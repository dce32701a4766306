"""`sohoa agreements`, `sohoa webhooks`, `sohoa alarms` (thoả thuận, nơi nhận thông báo, cảnh báo)."""

from typing import Annotated

import typer

from api.cli.acting import act_as, open_service
from api.cli.options import AsJson, AsLogin, parse_day
from api.cli.output import Row, print_item, print_rows, say
from api.webhooks import format_secret
from api.wiring import Service
from records.actions.agreements import NewAgreement, add_agreement, list_agreements, move_agreement
from records.actions.alarms import acknowledge_alarm, lift_block, list_alarms
from records.actions.subscriptions import (
    add_webhook,
    list_deliveries,
    list_webhooks,
    move_webhook,
    resend_delivery,
    rotate_secret,
)
from records.agreements import Agreement, AgreementState
from records.alarms import Alarm
from records.model import ApiKey
from records.subscriptions import Delivery, DeliveryState, Notice, Webhook, WebhookState


def _make_app(text: str) -> typer.Typer:
    return typer.Typer(help=text, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


agreements_app = _make_app("Thoả thuận chia sẻ với hệ thống ngoài: thêm, xem, đình chỉ, khôi phục, kết thúc.")
webhooks_app = _make_app("Nơi nhận thông báo thay đổi: thêm, xem, tạm dừng, đổi bí mật, gửi lại.")
alarms_app = _make_app("Cảnh báo dò quét: xem, ghi nhận, gỡ chặn.")
Name = Annotated[str, typer.Argument(metavar="MÃ")]
Client = Annotated[str, typer.Argument(metavar="MÃ_KHOÁ", help="Mã khoá của hệ thống ngoài.")]
Reason = Annotated[str, typer.Option("--reason", metavar="LÝ_DO", help="Lý do, ghi vào nhật ký.")]
Note = Annotated[str, typer.Option("--note", metavar="KẾT_LUẬN", help="Đã xem xét thế nào.")]
AGREEMENT_COLUMNS = {
    "id": "Mã", "client": "Hệ thống", "document": "Văn bản", "unit": "Đơn vị", "procedures": "Thủ tục",
    "result_types": "Loại giấy tờ", "valid_from": "Từ", "valid_to": "Đến", "state": "Trạng thái",
    "reason": "Lý do",
}  # fmt: skip
WEBHOOK_COLUMNS = {"id": "Mã", "client": "Hệ thống", "url": "Địa chỉ", "state": "Trạng thái"}
DELIVERY_COLUMNS = {
    "id": "Mã", "number": "Số", "kind": "Thay đổi", "result_id": "Kết quả", "state": "Trạng thái",
    "attempts": "Số lần", "outcome": "Lần cuối", "due_at": "Thử lại lúc",
}  # fmt: skip
ALARM_COLUMNS = {
    "id": "Mã", "at": "Lúc", "client_name": "Ai", "kind": "Dấu hiệu", "counts": "Số đếm", "blocks": "Chặn",
    "acknowledged_by": "Người xem", "note": "Kết luận",
}  # fmt: skip


@agreements_app.command("add")
def add_agreement_command(
    client: Client,
    document: Annotated[str, typer.Option("--document", metavar="SỐ_VĂN_BẢN", help="Văn bản thoả thuận.")],
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="MÃ", help="Hồ sơ của đơn vị này và cấp dưới.")
    ] = None,
    procedures: Annotated[
        list[str] | None, typer.Option("--procedure", metavar="MÃ", help="Bỏ trống: mọi thủ tục.")
    ] = None,
    types: Annotated[
        list[str] | None, typer.Option("--type", metavar="MÃ", help="Bỏ trống: mọi loại giấy tờ.")
    ] = None,
    begins: Annotated[str | None, typer.Option("--from", metavar="NGÀY", help="Mặc định hôm nay.")] = None,
    ends: Annotated[str | None, typer.Option("--to", metavar="NGÀY", help="Ngày cuối cùng.")] = None,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Thêm thoả thuận với một hệ thống ngoài."""
    new = NewAgreement(
        client,
        document,
        unit,
        tuple(procedures) if procedures else None,
        tuple(types) if types else None,
        parse_day(begins) if begins else None,
        parse_day(ends) if ends else None,
    )
    with open_service() as service:
        agreement = add_agreement(service.store, act_as(service, login), new)
    print_item(_agreement_row(agreement), AGREEMENT_COLUMNS, as_json=as_json)


@agreements_app.command("list")
def list_agreements_command(login: AsLogin = None, as_json: AsJson = False) -> None:
    """Xem các thoả thuận mình quản trị."""
    with open_service() as service:
        found = list_agreements(service.store, act_as(service, login))
    print_rows([_agreement_row(row, key) for row, key in found], AGREEMENT_COLUMNS, as_json=as_json)


@agreements_app.command("suspend")
def suspend_command(name: Name, reason: Reason, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Đình chỉ thoả thuận; có tác dụng trong ba giây."""
    _move_agreement(name, AgreementState.SUSPENDED, reason, login, as_json=as_json)


@agreements_app.command("resume")
def resume_command(name: Name, reason: Reason, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Khôi phục thoả thuận đang đình chỉ."""
    _move_agreement(name, AgreementState.ACTIVE, reason, login, as_json=as_json)


@agreements_app.command("end")
def end_command(name: Name, reason: Reason, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Kết thúc thoả thuận; không khôi phục được."""
    _move_agreement(name, AgreementState.ENDED, reason, login, as_json=as_json)


@webhooks_app.command("add")
def add_webhook_command(
    client: Client,
    url: Annotated[str, typer.Argument(metavar="ĐỊA_CHỈ")],
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Thêm nơi nhận và in bí mật ký một lần."""
    with open_service() as service:
        rules = service.sending_rules
        acting = act_as(service, login)
        hook = add_webhook(service.store, acting, client, url, rules.allowed, plain=rules.plain)
        _print_secret(service, hook, as_json=as_json)


@webhooks_app.command("list")
def list_webhooks_command(login: AsLogin = None, as_json: AsJson = False) -> None:
    """Xem các nơi nhận."""
    with open_service() as service:
        found = list_webhooks(service.store, act_as(service, login))
    print_rows([_webhook_row(hook, key) for hook, key in found], WEBHOOK_COLUMNS, as_json=as_json)


@webhooks_app.command("pause")
def pause_command(name: Name, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Tạm dừng gửi; thông báo vẫn được giữ chờ."""
    _move_webhook(name, WebhookState.PAUSED, login, as_json=as_json)


@webhooks_app.command("resume")
def resume_webhook_command(name: Name, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Gửi tiếp những gì đang chờ."""
    _move_webhook(name, WebhookState.ACTIVE, login, as_json=as_json)


@webhooks_app.command("end")
def end_webhook_command(name: Name, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Kết thúc nơi nhận."""
    _move_webhook(name, WebhookState.ENDED, login, as_json=as_json)


@webhooks_app.command("rotate")
def rotate_command(name: Name, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Đổi bí mật ký và in một lần; bí mật cũ còn ký thêm 24 giờ."""
    with open_service() as service:
        _print_secret(service, rotate_secret(service.store, act_as(service, login), name), as_json=as_json)


@webhooks_app.command("deliveries")
def deliveries_command(
    name: Name,
    state: Annotated[DeliveryState | None, typer.Option("--state", help="Chỉ trạng thái này.")] = None,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Xem 50 lượt gửi mới nhất của một nơi nhận."""
    with open_service() as service:
        found, _total = list_deliveries(service.store, act_as(service, login), name, state=state)
    print_rows([_delivery_row(row, notice) for row, notice in found], DELIVERY_COLUMNS, as_json=as_json)


@webhooks_app.command("resend")
def resend_command(name: Name, login: AsLogin = None) -> None:
    """Gửi lại một lượt."""
    with open_service() as service:
        resend_delivery(service.store, act_as(service, login), name)
    say("Sẽ gửi lại trong vài giây.")


@alarms_app.command("list")
def list_alarms_command(login: AsLogin = None, as_json: AsJson = False) -> None:
    """Xem 50 cảnh báo mới nhất."""
    with open_service() as service:
        found, _total = list_alarms(service.store, act_as(service, login))
    print_rows([_alarm_row(alarm) for alarm in found], ALARM_COLUMNS, as_json=as_json)


@alarms_app.command("acknowledge")
def acknowledge_command(name: Name, note: Note, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Ghi nhận đã xem xét; việc chặn, nếu có, vẫn còn."""
    with open_service() as service:
        alarm = acknowledge_alarm(service.store, act_as(service, login), name, note)
    print_item(_alarm_row(alarm), ALARM_COLUMNS, as_json=as_json)


@alarms_app.command("lift")
def lift_command(name: Name, note: Note, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Gỡ chặn; có tác dụng trong hai giây."""
    with open_service() as service:
        alarm = lift_block(service.store, act_as(service, login), name, note)
    print_item(_alarm_row(alarm), ALARM_COLUMNS, as_json=as_json)


def _move_agreement(
    name: str, state: AgreementState, reason: str, login: str | None, *, as_json: bool
) -> None:
    with open_service() as service:
        agreement = move_agreement(service.store, act_as(service, login), name, state, reason)
    print_item(_agreement_row(agreement), AGREEMENT_COLUMNS, as_json=as_json)


def _move_webhook(name: str, state: WebhookState, login: str | None, *, as_json: bool) -> None:
    with open_service() as service:
        hook = move_webhook(service.store, act_as(service, login), name, state)
    print_item(_webhook_row(hook), WEBHOOK_COLUMNS, as_json=as_json)


def _print_secret(service: Service, hook: Webhook, *, as_json: bool) -> None:
    row = {**_webhook_row(hook), "secret": format_secret(service.webhook_master, hook)}
    print_item(row, WEBHOOK_COLUMNS | {"secret": "Bí mật ký"}, as_json=as_json)
    say("Bí mật chỉ hiện một lần này; hãy trao cho bên nhận bằng kênh an toàn.")


def _agreement_row(row: Agreement, key: ApiKey | None = None) -> Row:
    return {
        "id": row.id,
        "client": key.label if key else row.key_id,
        "document": row.document,
        "unit": row.unit or "mọi đơn vị",
        "procedures": ["mọi thủ tục"] if row.procedures is None else list(row.procedures),
        "result_types": ["mọi loại"] if row.result_types is None else list(row.result_types),
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "state": row.state.value,
        "reason": row.reason,
    }


def _webhook_row(hook: Webhook, key: ApiKey | None = None) -> Row:
    client = key.label if key else hook.key_id
    return {"id": hook.id, "client": client, "url": hook.url, "state": hook.state.value}


def _delivery_row(row: Delivery, notice: Notice) -> Row:
    return {
        "id": row.id,
        "number": row.number,
        "kind": notice.kind.value,
        "result_id": row.result_id,
        "state": row.state.value,
        "attempts": row.attempts,
        "outcome": row.outcome,
        "due_at": row.due_at.isoformat(timespec="seconds"),
    }


def _alarm_row(alarm: Alarm) -> Row:
    return {
        "id": alarm.id,
        "at": alarm.at.isoformat(timespec="seconds"),
        "client_name": alarm.client_name,
        "kind": alarm.kind.value,
        "counts": [f"{name}={count}" for name, count in alarm.counts.items()],
        "blocks": alarm.blocks and alarm.lifted_at is None,
        "acknowledged_by": alarm.acknowledged_by,
        "note": alarm.note,
    }

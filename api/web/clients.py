"""Pages of machine clients (hệ thống ngoài): agreements, receivers with their deliveries, alarms."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.web.admin import render_section
from api.web.client_labels import CLIENT_LABELS
from api.web.paging import PageNumber, build_pager
from api.web.rendering import PageRoute, redirect, render
from api.webhooks import format_secret
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.actions.agreements import NewAgreement, add_agreement, list_agreements, move_agreement
from records.actions.alarms import acknowledge_alarm, lift_block, list_alarms
from records.actions.keys import list_keys
from records.actions.subscriptions import (
    add_webhook,
    list_attempts,
    list_deliveries,
    list_webhooks,
    move_webhook,
    resend_delivery,
    rotate_secret,
)
from records.actions.units import list_units
from records.agreements import AgreementState
from records.subscriptions import Webhook, WebhookState

router = APIRouter(route_class=PageRoute)
Manager = Annotated[Acting, Depends(Needs(Permission.KEY_MANAGE, "web"))]
Anybody = Annotated[Acting, Depends(Needs(None, "web"))]
Code = Annotated[str, Form(max_length=100)]
Text = Annotated[str, Form(max_length=500)]
Codes = Annotated[str, Form(max_length=4000)]
Day = Annotated[date | None, Form()]
ROWS = 20


@router.get("/quan-tri/thoa-thuan")
def get_agreements(request: Request, service: ServiceDep, acting: Manager) -> HTMLResponse:
    """Agreements, ended ones too."""
    return render_section(
        request,
        acting,
        "thoa-thuan",
        rows=list_agreements(service.store, acting),
        keys=[key for key in list_keys(service.store, acting) if key.ended_at is None],
        units=list_units(service.store),
        words=CLIENT_LABELS,
    )


@router.post("/quan-tri/thoa-thuan")
def post_agreement(
    service: ServiceDep,
    acting: Manager,
    key: Code,
    document: Text,
    unit: Code = "",
    procedures: Codes = "",
    result_types: Codes = "",
    valid_from: Day = None,
    valid_to: Day = None,
) -> Response:
    """Make an agreement."""
    new = NewAgreement(
        key, document, unit.strip() or None, _split(procedures), _split(result_types), valid_from, valid_to
    )
    add_agreement(service.store, acting, new)
    return redirect("/quan-tri/thoa-thuan", notice="luu")


@router.post("/quan-tri/thoa-thuan/{agreement_id}/{state}")
def post_agreement_state(
    agreement_id: str, state: AgreementState, service: ServiceDep, acting: Manager, reason: Text = ""
) -> Response:
    """Suspend, resume or end an agreement."""
    move_agreement(service.store, acting, agreement_id, state, reason)
    return redirect("/quan-tri/thoa-thuan", notice="luu")


@router.get("/quan-tri/noi-nhan")
def get_webhooks(request: Request, service: ServiceDep, acting: Manager) -> HTMLResponse:
    """Receivers of events."""
    return _render_webhooks(request, service, acting, None)


@router.post("/quan-tri/noi-nhan")
def post_webhook(
    request: Request,
    service: ServiceDep,
    acting: Manager,
    key: Code,
    url: Annotated[str, Form(max_length=2048)],
) -> HTMLResponse:
    """Register a receiver; its secret is shown on this page once."""
    rules = service.sending_rules
    hook = add_webhook(service.store, acting, key, url.strip(), rules.allowed, plain=rules.plain)
    return _render_webhooks(request, service, acting, hook)


@router.post("/quan-tri/noi-nhan/{webhook_id}/bi-mat")
def post_secret(webhook_id: str, request: Request, service: ServiceDep, acting: Manager) -> HTMLResponse:
    """A new secret, shown on this page once."""
    return _render_webhooks(request, service, acting, rotate_secret(service.store, acting, webhook_id))


@router.post("/quan-tri/noi-nhan/{webhook_id}/trang-thai/{state}")
def post_webhook_state(
    webhook_id: str, state: WebhookState, service: ServiceDep, acting: Manager
) -> Response:
    """Pause, resume or end a receiver."""
    move_webhook(service.store, acting, webhook_id, state)
    return redirect("/quan-tri/noi-nhan", notice="luu")


@router.get("/quan-tri/noi-nhan/{webhook_id}")
def get_deliveries(
    webhook_id: str,
    request: Request,
    service: ServiceDep,
    acting: Manager,
    page: PageNumber = 1,
    chosen: Annotated[str, Query(alias="luot", max_length=64)] = "",
) -> HTMLResponse:
    """Deliveries to a receiver, newest first; of one of them every attempt."""
    rows, total = list_deliveries(service.store, acting, webhook_id, limit=ROWS, offset=(page - 1) * ROWS)
    hooks = {hook.id: (hook, key) for hook, key in list_webhooks(service.store, acting)}
    hook, key = hooks[webhook_id]
    return render_section(
        request,
        acting,
        "noi-nhan-luot",
        hook=hook,
        key=key,
        rows=rows,
        chosen=chosen,
        attempts=list_attempts(service.store, acting, chosen) if chosen else (),
        pager=build_pager(f"/quan-tri/noi-nhan/{webhook_id}", {}, page, ROWS, len(rows), total),
        words=CLIENT_LABELS,
    )


@router.post("/quan-tri/noi-nhan/{webhook_id}/gui-lai/{delivery_id}")
def post_resend(webhook_id: str, delivery_id: str, service: ServiceDep, acting: Manager) -> Response:
    """Send a delivery again."""
    resend_delivery(service.store, acting, delivery_id)
    return redirect(f"/quan-tri/noi-nhan/{webhook_id}", notice="luu")


@router.get("/canh-bao")
def get_alarms(request: Request, service: ServiceDep, acting: Anybody, page: PageNumber = 1) -> HTMLResponse:
    """Alarms about the caller's units, newest first."""
    rows, total = list_alarms(service.store, acting, ROWS, (page - 1) * ROWS)
    pager = build_pager("/canh-bao", {}, page, ROWS, len(rows), total)
    return render(
        request, acting.principal, "alarms.html", status=200, rows=rows, pager=pager, words=CLIENT_LABELS
    )


@router.post("/canh-bao/{alarm_id}/da-xem")
def post_acknowledgement(alarm_id: str, service: ServiceDep, acting: Manager, note: Text = "") -> Response:
    """Note that a person has looked at it."""
    acknowledge_alarm(service.store, acting, alarm_id, note)
    return redirect("/canh-bao", notice="luu")


@router.post("/canh-bao/{alarm_id}/go-chan")
def post_lift(alarm_id: str, service: ServiceDep, acting: Manager, note: Text = "") -> Response:
    """Let the client in again."""
    lift_block(service.store, acting, alarm_id, note)
    return redirect("/canh-bao", notice="luu")


def _render_webhooks(
    request: Request, service: Service, acting: Acting, fresh: Webhook | None
) -> HTMLResponse:
    return render_section(
        request,
        acting,
        "noi-nhan",
        rows=list_webhooks(service.store, acting),
        keys=[key for key in list_keys(service.store, acting) if key.ended_at is None],
        fresh=(fresh.url, format_secret(service.webhook_master, fresh)) if fresh else None,
        words=CLIENT_LABELS,
    )


def _split(codes: str) -> tuple[str, ...] | None:
    """Codes typed with commas or spaces between them; none typed: all."""
    return tuple(codes.replace(",", " ").split()) or None

"""A batch's counters as server-sent events (tiến độ lô): read from the table once a second.

The event's id is a digest of the counters, so that a browser that reconnects with `Last-Event-ID` is told
only what has changed.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator

from starlette.concurrency import run_in_threadpool

from records.actions.acting import Acting
from records.actions.batches import view_batch
from records.errors import ServiceError
from records.ports import Store
from records.states import CAPTURE_ENDS

PERIOD_SECONDS = 1.0
# Proxies drop what is silent for a minute.
SILENT_PERIODS = 15
RETRY_MILLISECONDS = 3000
# Then the browser comes back by itself, and who it is is looked up again: a session may have ended.
LONGEST_PERIODS = 300


async def iter_progress(
    store: Store, acting: Acting, batch_id: str, last_event_id: str | None
) -> AsyncGenerator[str]:
    """Events `progress` while counters change, a comment while they do not, `end` when the batch ended.

    After `LONGEST_PERIODS` it stops without `end`.
    """
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    seen, silent = last_event_id, 0
    for _period in range(LONGEST_PERIODS):
        try:
            data, is_ended = await run_in_threadpool(_read, store, acting, batch_id)
        except ServiceError as error:
            # An outage ends the stream; the browser comes back after the time above.
            yield f"event: error\ndata: {json.dumps({'code': error.code})}\n\n"
            return
        digest = hashlib.sha256(data.encode()).hexdigest()[:16]
        silent = 0 if digest != seen else silent + 1
        if digest != seen:
            yield f"id: {digest}\nevent: progress\ndata: {data}\n\n"
            seen = digest
        elif silent >= SILENT_PERIODS:
            yield ": còn kết nối\n\n"
            silent = 0
        if is_ended:
            yield f"event: end\ndata: {data}\n\n"
            return
        await asyncio.sleep(PERIOD_SECONDS)


def _read(store: Store, acting: Acting, batch_id: str) -> tuple[str, bool]:
    batch, counts = view_batch(store, acting, batch_id)
    by_state = {state.value: count for state, count in sorted(counts.by_state.items()) if count}
    data = {"state": batch.state.value, "received": counts.received, "by_state": by_state}
    return json.dumps(data, sort_keys=True), batch.state in CAPTURE_ENDS

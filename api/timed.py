"""Answers that must be there in time (trả lời đúng hạn): who asks and what is answered, end to end.

A thread that waits for a hung server cannot be ended; it is left behind, and the store lets only so many
wait.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter, move_on_after, to_thread
from fastapi import BackgroundTasks, Request
from typing_extensions import override

from api.deps import Needs, get_service, recall, recall_known
from api.wiring import Service
from records.actions.acting import Acting
from records.errors import StoreUnavailable
from search.deadline import Deadline
from search.needs import Inquiry, InquiryAnswer

Answer = TypeVar("Answer")
_ASKED = CapacityLimiter(40)
"""Apart from the threads of other requests: a long list must not hold up a lookup."""


async def run_in_time(work: Callable[[], Answer], deadline: Deadline) -> Answer:
    """What `work` returns, from a thread; `StoreUnavailable` when it is not there in time."""
    with move_on_after(deadline.left):
        return await to_thread.run_sync(work, abandon_on_cancel=True, limiter=_ASKED)
    raise StoreUnavailable(reason="deadline")


async def answer_in_time(
    service: Service, acting: Acting, inquiry: Inquiry, deadline: Deadline
) -> InquiryAnswer:
    """The answer, or that there is none yet, audited either way."""
    try:
        return await run_in_time(partial(service.lookup.answer, acting, inquiry, deadline), deadline)
    except StoreUnavailable:
        # The journal is a local file; without its row on disk nothing is answered.
        return await to_thread.run_sync(service.lookup.put_off, acting, inquiry)


class TimedNeeds(Needs):
    """`Needs` within the lookup's deadline (quyền cần có, đúng hạn), which begins here."""

    @override
    async def __call__(  # pyright: ignore[reportIncompatibleMethodOverride] - FastAPI awaits it
        self, request: Request, background: BackgroundTasks
    ) -> Acting:
        """Who acts; raises what `Needs` raises, and `StoreUnavailable` when it cannot be told in time."""
        service = get_service(request)
        deadline = Deadline(service.lookup.seconds)
        request.state.deadline = deadline
        # A thread costs more than the whole check where nobody has to be asked.
        principal = recall(request, self.permission) if self.permission is not None else None
        if principal is not None:
            return Acting(principal, service.clock.now(), self.channel)
        try:
            return await run_in_time(partial(super().__call__, request, background), deadline)
        except StoreUnavailable:
            # Whoever is known is told, and it is noted, that there is no answer yet: the deadline is over.
            known = recall_known(request, self.permission) if self.permission is not None else None
            if known is None:
                raise
            return Acting(known, service.clock.now(), self.channel)


def get_deadline(request: Request) -> Deadline:
    """The deadline that began with the request."""
    deadline: Deadline = request.state.deadline
    return deadline

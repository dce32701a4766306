"""The server with one more route that does nothing (máy chủ rỗng): `python -m bench.empty serve …`.

The floor of a reuse lookup: same application, middlewares and server, same body and answer models, the same
kind of thread; but nobody asks for a key and nobody opens the database.
"""

from fastapi import FastAPI

from api import processes
from api.cli import main, serve
from api.schemas.reuse import InquiryOut, LookupIn, SingleOut
from api.timed import run_in_time
from search.deadline import Deadline
from search.decision import DecisionCode

PATH = "/bench/empty"
_ANSWER = SingleOut(code=DecisionCode.NONE, reason_vi="Không có.", candidates=[], pending=0)
_build_app, _create_app = processes.build_app, serve.create_app


def mount(app: FastAPI) -> FastAPI:
    """Add the route."""

    @app.post(PATH)
    async def post_empty(body: LookupIn) -> SingleOut | InquiryOut:  # pyright: ignore[reportUnusedFunction]
        """The same answer to every question."""
        return await run_in_time(lambda: _ANSWER, Deadline(30.0 if body.type else 60.0))

    return app


def build_app() -> FastAPI:
    """What one of several processes serves."""
    return mount(_build_app())


if __name__ == "__main__":
    processes.APP = "bench.empty:build_app"
    serve.create_app = lambda service: mount(_create_app(service))
    main.run()

"""Is the process alive, and can it serve?"""

from __future__ import annotations

from fastapi import APIRouter, Response

from feedlab.api.answer import answer
from feedlab.api.state import Lab_

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="The process is alive")
async def healthz() -> Response:
    return answer({"status": "ok"})


@router.get("/readyz", summary="The database answers; a missing cache only slows things down")
async def readyz(lab: Lab_) -> Response:
    async with lab.pool.connection() as connection:
        await connection.execute("SELECT 1")
    return answer({"status": "ready", "database": True, "cache": await lab.cache.answers()})

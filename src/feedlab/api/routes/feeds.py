"""GET /api/feeds: a person's feed, a page of a slate."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from feedlab.api.answer import answer
from feedlab.api.state import Lab_, SignedIn

router = APIRouter(tags=["feed"])


@router.get("/api/feeds", summary="A page of the signed-in person's feed")
async def feed(
    lab: Lab_,
    account: SignedIn,
    limit: Annotated[int, Query(ge=1, le=100, description="posts at most")] = 50,
    offset: Annotated[int, Query(ge=0, le=2**31 - 1, description="0 opens a new slate")] = 0,
    refresh: Annotated[bool, Query(description="do without the cache")] = False,
    slate: Annotated[UUID | None, Query(alias="slateId", description="read this slate")] = None,
) -> Response:
    page = await lab.feeds.page(account, limit=limit, offset=offset, refresh=refresh, slate_id=slate)
    return answer(page.to_json(), headers={"Cache-Control": "no-store"})

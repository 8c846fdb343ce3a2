"""GET /api/posts: all posts, newest first."""

from __future__ import annotations

from fastapi import APIRouter, Response

from feedlab.api.answer import answer
from feedlab.api.state import Lab_, SignedIn
from feedlab.services.serve_feed import newest

router = APIRouter(tags=["feed"])


@router.get("/api/posts", summary="The newest 50 posts")
async def posts(lab: Lab_, account: SignedIn) -> Response:
    return answer({"posts": await newest(lab.pool, lab.clock.now())})

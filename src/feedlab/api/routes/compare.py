"""GET /api/compare: the two test accounts' feeds, with the truth about them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from feedlab.api.answer import answer
from feedlab.api.state import Lab_, SignedIn
from feedlab.errors import Forbidden
from feedlab.services.compare import compare_feeds

router = APIRouter(tags=["laboratory"])


@router.get("/api/compare", summary="Control and treatment side by side")
async def compare(lab: Lab_, account: SignedIn, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Response:
    if account.role not in ("test", "operator"):
        raise Forbidden("the comparison is for the test accounts and the operator")
    columns = await compare_feeds(lab.pool, lab.feeds, lab.clock, await lab.world(), limit=limit)
    return answer({name: column.to_json() for name, column in columns.items()})

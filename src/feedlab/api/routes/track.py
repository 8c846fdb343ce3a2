"""POST /api/track: what somebody did with a post."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from feedlab.api.answer import answer
from feedlab.api.state import Lab_, SignedIn
from feedlab.services.track import track

router = APIRouter(tags=["tracking"])


class Event(BaseModel):
    """One interaction."""

    model_config = ConfigDict(extra="ignore")

    postId: UUID  # noqa: N815  # the name on the wire
    interactionType: str = Field(description="view, click, like or share")  # noqa: N815
    metadata: dict[str, Any] | None = Field(
        None, description="duration in ms, scrollDepth 0 to 1, what you like"
    )


@router.post("/api/track", status_code=201, summary="Store one interaction; answered when it is committed")
async def track_event(lab: Lab_, account: SignedIn, event: Event) -> Response:
    interaction = await track(
        lab.pool, lab.clock, account.id, event.postId, event.interactionType, event.metadata
    )
    return answer({"success": True, "interactionId": str(interaction)}, 201)

"""GET /avatars/NAME.svg: a picture of a person, drawn from their name."""

from __future__ import annotations

from fastapi import APIRouter, Response

from feedlab.api.avatar import avatar_svg
from feedlab.errors import NotFound

router = APIRouter(tags=["pictures"])


@router.get("/avatars/{file}", summary="An avatar")
async def avatar(file: str) -> Response:
    name, dot, kind = file.rpartition(".")
    if not name or dot + kind != ".svg" or len(name) > 100:
        raise NotFound(f"there is no picture {file:.60}", field="file")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(avatar_svg(name), media_type="image/svg+xml", headers=headers)

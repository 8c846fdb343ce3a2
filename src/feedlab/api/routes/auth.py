"""Signing in and out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from feedlab.api.answer import answer
from feedlab.api.state import COOKIE, Lab_, SignedIn, token_of

router = APIRouter(prefix="/api/auth", tags=["session"])


class Credentials(BaseModel):
    """What one signs in with."""

    email: str
    password: str


@router.post("/login", summary="Sign in; sets the session cookie and returns the token")
async def login(lab: Lab_, credentials: Credentials) -> Response:
    account, token = await lab.sessions.login(credentials.email, credentials.password)
    response = answer({"user": account.to_json(), "token": token})
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lab.sessions.max_age.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=lab.lab.settings.session.secure,
    )
    return response


@router.post("/logout", summary="End the session for good")
async def logout(lab: Lab_, request: Request) -> Response:
    await lab.sessions.logout(token_of(request))
    response = answer({"success": True})
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=lab.lab.settings.session.secure)
    return response


@router.get("/me", summary="Who is signed in")
async def me(account: SignedIn) -> Response:
    return answer({"user": account.to_json()})

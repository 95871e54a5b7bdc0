"""What the session check is measured against: FastAPI as it comes, with one route that gives an answer as long."""

from __future__ import annotations

from fastapi import FastAPI
from pydantic import BaseModel


class BareOutput(BaseModel):
    csrfToken: str


app = FastAPI()


@app.get("/bare")
async def answerBare() -> BareOutput:
    return BareOutput(csrfToken="rNw7xnH1pQ0kqv5dV5pT2m0y4wq3u8cXo6b1s9eLzAE")

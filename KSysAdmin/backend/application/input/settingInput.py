from __future__ import annotations

from pydantic import Field, JsonValue

from shared.backend.utils.apiModel import InputModel


class ChangeSettingInput(InputModel):
    value: JsonValue = Field(examples=[["https://shop.example.com"]])

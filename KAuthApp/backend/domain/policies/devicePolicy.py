from __future__ import annotations

from shared.backend.utils.deviceLabel import describeDevice as describeDevice

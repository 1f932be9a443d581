"""The lines of the log, for a test to read."""

import json
import logging
from typing import Any

from comptoir.config import logs


class Lines(logging.Handler):
    """What production would write."""

    def __init__(self) -> None:
        super().__init__()
        config = logs.configure(as_json=True, level="INFO")["formatters"]["house"].copy()
        self.setFormatter(config.pop("()")(**config))
        self.written: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(json.loads(self.format(record)))

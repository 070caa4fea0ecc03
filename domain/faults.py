"""Faults that doors tell apart from refusals: nothing the person did, nothing that was written."""

from storage.database import Unavailable

__all__ = ["Unavailable"]

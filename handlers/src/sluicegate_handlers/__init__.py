"""Sluicegate's sample handlers, one file each."""

from sluicegate_handlers.code_generation import generate_code
from sluicegate_handlers.data_processing import process_data
from sluicegate_handlers.simple_task import do_simple_task

__all__ = ["do_simple_task", "generate_code", "process_data"]

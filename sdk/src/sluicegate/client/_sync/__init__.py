"""The client for code without an event loop, generated from `_async`."""
# Generated from _async/__init__.py by sdk/scripts/generate_sync_client.py; change that one.

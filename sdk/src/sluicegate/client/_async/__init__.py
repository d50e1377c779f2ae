"""The client for async code. `_sync` is generated from this folder; change this one."""

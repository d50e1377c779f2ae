"""The api's routes."""

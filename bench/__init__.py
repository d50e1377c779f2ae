"""Measures the whole product on one machine: `make bench`. A benchmark, never a test."""

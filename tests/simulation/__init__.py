"""All services in one event loop with virtual time, on tables and topics in memory; faults by seed (T1).

Real: every operation, write loop, rider, consumer, sweeper, executor, and the SDK. Made up: PostgreSQL, Kafka, the
heartbeat's thread, HTTP, and when what happens. `python -m tests.simulation SEED` replays a seed.
"""

"""Sluicegate's event contracts: models, JSON Schemas, topics, codec."""

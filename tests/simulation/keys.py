"""The keys of the simulated house, and those of a forger."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sluicegate_checkpoint_svc.signing import DecisionKey

MAC_KEYS = (b"a key that api and worker share",)
GENUINE = DecisionKey("house", Ed25519PrivateKey.from_private_bytes(b"g" * 32))
FORGED = DecisionKey("house", Ed25519PrivateKey.from_private_bytes(b"f" * 32))
"""Another key under the same name."""
STRANGE = DecisionKey("stranger", Ed25519PrivateKey.from_private_bytes(b"s" * 32))

"""The pure core: what a run, its lease, its journal and its controls become, given what happens to them."""

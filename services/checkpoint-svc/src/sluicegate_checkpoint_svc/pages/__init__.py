"""The pages where people look at checkpoints and decide: inbox, review, edit, bulk."""

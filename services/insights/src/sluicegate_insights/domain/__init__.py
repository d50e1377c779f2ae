"""What is known, and the figures that follow from it. Pure: time comes in as an argument."""

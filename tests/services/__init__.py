"""Real outside parts started for the tests and stopped after them."""

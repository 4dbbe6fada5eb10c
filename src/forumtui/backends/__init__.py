"""How forums are reached: one module a dialect."""

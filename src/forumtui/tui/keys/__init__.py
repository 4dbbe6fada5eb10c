"""From what the terminal sends to a command: keystream, strokes, keymap, runner; and the commands themselves."""

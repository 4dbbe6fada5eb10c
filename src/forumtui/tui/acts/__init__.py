"""What each command does: a module for each room, a coroutine for each command, named like it.

An act gets the `forumtui.tui.acts.desk.Desk` and the number typed before it (None without one).  Public functions
here are the implementations of commands and nothing else; what else a module offers is in its ``__all__``.
"""

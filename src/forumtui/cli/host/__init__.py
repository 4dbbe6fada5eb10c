"""The commands for a forum of one's own: ``host``, ``serve``, ``import``, ``export`` and ``sample``."""

"""SQLite plumbing that the library and the forum file share: connections, threads, migrations."""

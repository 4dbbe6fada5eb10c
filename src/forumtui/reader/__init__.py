"""What belongs to the person who reads: rows, the library and its SQL, sync, secrets."""

"""What lies below all screens: what they share, what changed in the library, and whether an answer is still wanted."""

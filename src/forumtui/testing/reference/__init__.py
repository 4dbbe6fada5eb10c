"""A whole forum in memory, which every other store is compared with."""

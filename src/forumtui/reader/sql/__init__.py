"""The library's SQL: plain functions of a connection.  Those that write expect to be called inside a transaction."""

-- What names look like is told by another rule now; it is worked out anew when the next one is made.

UPDATE member SET look = NULL;

TABLE(rates)
TABLE(conventions)

TABLE(rates)
TABLE(conventions)
TABLE(waterfall)
TABLE(waterfall_beside)

/* clock.h - time. */

#ifndef CLOCK_H
#define CLOCK_H

double clock_s(void);           /* seconds since some moment, never backwards */
void   clock_utc(char out[21]); /* 2026-11-22T15:04:05Z                       */

/* 75 -> "1 min 15 s", 4000 -> "1 h 07 min"; out holds at least 24 bytes. */
void clock_words(char out[24], double seconds);

#endif

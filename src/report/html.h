/* html.h - private to report/: the page, in parts. Each adds to `out`. */

#ifndef HTML_H
#define HTML_H

#include "report/fig.h"

/* The whole page; plot[fig_count()] are the closed figures, drawn[] which of
 * them the study has. */
void html_page(Str *out, const Analysis *analysis, const Plot *plot,
               const bool *drawn);

/* Its style sheet and its script. */
void html_head(Str *out, const char *title);
void html_foot(Str *out);

/* The summary in words, and the answer in three cards: before all else. */
void html_words(Str *out, const Analysis *analysis);
void html_answer(Str *out, const Analysis *analysis);

void html_table_plan(Str *out, const Analysis *analysis);
void html_table_law(Str *out, const Analysis *analysis);
void html_table_runs(Str *out, const Analysis *analysis);
void html_excluded(Str *out, const Analysis *analysis);

/* How it was done, and what to be careful with. */
void html_method(Str *out, const Analysis *analysis);
void html_caveats(Str *out, const Analysis *analysis);

/* What it cost; a careful fit's checklist; commands and hashes. */
void html_ledger(Str *out, const Analysis *analysis);
void html_checklist(Str *out, const Analysis *analysis);
void html_repeat(Str *out, const Analysis *analysis);

/* <div><table><caption>, and their ends with that of <tbody>. */
void html_table_open(Str *out, const char *caption);
void html_table_shut(Str *out);

/* Text of others, set apart from ours whatever way it is written. */
void html_bdi(Str *out, const char *text);

/* A paragraph of escaped text between tags: <tag>text</tag>. */
void html_put(Str *out, const char *tag, const char *text);

#endif

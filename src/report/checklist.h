/* checklist.h - the questions of "(Mis)fitting scaling laws" about how a law was
 * fitted, answered from the records of a study: yes, no, or not known, each with
 * what it rests on. Nothing is answered that the records do not say.
 *
 * SOURCE: Li, Kudugunta and Zettlemoyer 2025, arXiv:2502.18969, appendix. */

#ifndef CHECKLIST_H
#define CHECKLIST_H

#include "report/analysis.h"

typedef enum CheckAnswer { CHECK_YES, CHECK_NO, CHECK_UNKNOWN } CheckAnswer;

typedef struct CheckItem {
    const char *part;      /* "form", "training", "data", "fitting", "open" */
    const char *question;
    CheckAnswer answer;
    const char *evidence;
} CheckItem;

enum { CHECK_ITEMS = 24 };
typedef struct Checklist { int count; CheckItem item[CHECK_ITEMS]; } Checklist;

void checklist_make(Checklist *out, Arena *arena, const Analysis *analysis);

const char *checklist_word(CheckAnswer answer); /* "yes", "no", "not known" */

#endif

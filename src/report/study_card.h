/* study_card.h - the models and the data of a study as a card in Markdown, from
 * the records alone: what was trained on what, how, at what cost, how well, and
 * what it is not fit for. What is not recorded is said to be unknown.
 *
 * SEE: Mitchell et al. 2019, arXiv:1810.03993 (model cards); Gebru et al.
 *      2021, arXiv:1803.09010 (datasheets). */

#ifndef STUDY_CARD_H
#define STUDY_CARD_H

#include "report/analysis.h"

void study_card(Str *out, const Analysis *analysis);

/* Its parts alone, from "## Models" on. */
void study_card_parts(Str *out, const Analysis *analysis);

#endif

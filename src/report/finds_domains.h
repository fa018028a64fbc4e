/* finds_domains.h - corpora side by side: a law of size and data for each, how
 * sure its constants are, and whether these runs can tell them at all.
 *
 * A constant counts as told where the runs hold it: an exponent where its
 * interval spans less than a factor of three, E where its interval is narrower
 * than all that the losses span. Where neither exponent is told, the law of
 * that corpus is not identifiable, and its point values say nothing. */

#ifndef FINDS_DOMAINS_H
#define FINDS_DOMAINS_H

#include "fit/isoflop.h"
#include "store/run.h"

typedef enum DomainTold {
    DOMAIN_UNFITTED, /* too few runs, or all in one ray: see `words`          */
    DOMAIN_NOT,      /* not identifiable                                      */
    DOMAIN_PART,     /* some of E, alpha and beta                             */
    DOMAIN_ALL,
} DomainTold;

typedef struct Domain {
    const char *corpus;
    i64         count;
    const Run **run;              /* all done, compute rising                */
    double      ln_coef, slope;   /* ln bpb = ln_coef + slope ln C through the
                                     best; NaN: fewer than three              */
    Fit         fit;              /* E + A/N^alpha + B/D^beta; law NULL: none */
    Interval    e, alpha, beta;   /* NaN where there is no fit               */
    bool        e_told, alpha_told, beta_told;
    DomainTold  told;
    Frontier    line;             /* N_opt ~ C^a by IsoFLOP; npoint 0: none  */
    double      least, most;      /* losses                                  */
    double      entropy, entropy_se; /* of a known source; NaN               */
    char        words[240];       /* why there is no fit, else ""            */
} Domain;

typedef struct Domains { i64 count; Domain *item; } Domains;

/* Laws are fitted where there are corpora to compare or an entropy to find. */
bool domains_find(Domains *out, Arena *arena, const RunList *runs,
                  CountN counts, FitOptions options, Err *err) MUST_USE;

/* "all told", "alpha and E told", "not identifiable", "not fitted". */
const char *domain_told(const Domain *domain);

#endif

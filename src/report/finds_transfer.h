/* finds_transfer.h - what pre-training on another text is worth, in tokens of
 * the text that is wanted.
 *
 * A run that began with the parameters of a run of another corpus has a loss
 * after D_F tokens of its own. The same model without that start would have
 * needed D_E: read off its curve from nothing. D_T = D_E - D_F is the effective
 * data transferred, for which Hernandez et al. found
 *
 *     D_T = k D_F^alpha N^beta                              laws/transfer.law
 *
 * where data are few. Below 0 the start did harm: ossification.
 *
 * Of runs that differ in rate the best counts, seeds are averaged. Seeds of one
 * setting tell the noise of a run; each interval is of draws that move every
 * measured loss by that noise, the curve's own among them. The law's constants
 * come from the points whose D_T lies above 0 with its whole interval (where the
 * noise is not known: with its value), their intervals from the same draws with
 * the points resampled.
 *
 * SOURCE: Hernandez et al. 2021, arXiv:2102.01293, sections 2 and 3. */

#ifndef FINDS_TRANSFER_H
#define FINDS_TRANSFER_H

#include "fit/fit.h"
#include "report/equal_data.h"

typedef enum TransferWhere {
    TRANSFER_FOUND,
    TRANSFER_BETTER, /* than the longest run from nothing: D_E above that     */
    TRANSFER_WORSE,  /* than the shortest: D_E below that                     */
} TransferWhere;

typedef struct TransferPoint {
    const Run    *run;
    i64           size;           /* which of Transfer.size                  */
    double        d_f, loss;
    i64           seeds;
    TransferWhere where;
    Interval      d_e, d_t;       /* NaN: beyond the curve; its interval NaN
                                     where no setting was repeated           */
    bool          fitted;         /* the law's constants rest on it          */
} TransferPoint;

typedef struct TransferSize {
    double    n;
    DataCells scratch, tuned;
    EqualData curve;
} TransferSize;

typedef struct Transfer {
    i64            sizes, count;
    TransferSize  *size;          /* N rising                                */
    TransferPoint *point;         /* by size, D_F rising; count of them      */
    const char    *from, *to;     /* corpora                                 */
    double         pre_tokens;    /* of the other text; NaN: they differ     */
    double         noise;         /* of ln L of a run, by its seed; NaN      */
    i64            repeats;       /* degrees of freedom behind it            */
    i64            fitted, harmed;/* harmed: D_T below 0, interval and all   */
    Fit            law;           /* law NULL: refused                       */
    Interval       k, alpha, beta;
    const char    *words;         /* why there is no law; NULL               */
} Transfer;

/* count 0: the study has no such runs. */
bool transfer_find(Transfer *out, Arena *arena, const RunList *runs,
                   CountN counts, FitOptions options, Err *err) MUST_USE;

#endif

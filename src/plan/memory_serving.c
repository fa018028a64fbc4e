/* memory_serving.c - what serving keeps, and what reading it bounds.
 *
 * SOURCE: Pope et al. 2022, arXiv:2211.05102 (caches; the bound by memory). */

#include "plan/memory.h"

#include <math.h>

/* Reading weights and every cache once a token bounds what a batch can do. */
static void put_rate(Answer *answer, const char *by, const Machine *machine,
                     double weights, double cache, double sequences,
                     double tensor)
{
    const double bytes = weights + sequences * cache;
    const double rate  = sequences * machine->bandwidth * tensor / bytes;
    AnswerItem  *item  = answer_number(answer, by, "tokens_per_second",
                                       "tokens a second, at most",
                                       ANSWER_TOKENS, rate);
    answer_because(answer, item, "bandwidth bound",
                   "sequences * bandwidth * t / (weights + caches) = %g * %.4g "
                   "* %g / %.4g = %.4g", sequences, machine->bandwidth, tensor,
                   bytes, rate);
}

void answer_serving_memory(Answer *answer, const char *by,
                           const MemoryModel *model, const Machine *machine,
                           double bytes, double tensor)
{
    const double n       = memory_parameters(model);
    const double weights = n * bytes;
    const double token   = memory_kv(model, bytes);
    const double cache   = token * (double)model->shape.context;
    const double room    = memory_usable * machine->memory * tensor - weights;
    AnswerItem  *item    = answer_number(answer, by, "weights", "weights",
                                         ANSWER_BYTES, weights);
    answer_because(answer, item, NULL, "N * bytes = %.4g * %g = %.4g", n, bytes,
                   weights);
    item = answer_number(answer, by, "kv_token", "cache a token", ANSWER_BYTES,
                         token);
    if (isnan(token)) {
        answer_remark(answer, item, "the shape is not known");
        return;
    }
    answer_because(answer, item, "Pope et al. 2022, arXiv:2211.05102",
                   "2 L kv_heads d_head bytes = 2 * %lld * %.4g * %g = %.4g",
                   (long long)model->shape.layers,
                   token / (2 * (double)model->shape.layers * bytes), bytes,
                   token);
    answer_number(answer, by, "kv_sequence", "cache of a full context",
                  ANSWER_BYTES, cache);
    const double sequences = room > 0 ? floor(room / cache) : 0;
    answer_number(answer, by, "sequences", "full contexts that fit",
                  ANSWER_COUNT, sequences);
    if (sequences < 1)
        answer_note(answer, "%s: weights and one full context do not fit on %g "
                    "of %s; split over more, or use fewer bytes a number.",
                    by ? by : "the model", tensor, machine->title);
    else
        put_rate(answer, by, machine, weights, cache, sequences, tensor);
}

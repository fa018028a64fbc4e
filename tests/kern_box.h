/* kern_box.h - for the tests of kernels: arrays with poisoned margins, and
 * gaps measured in the unit that rounding allows.
 *
 * Every array ends where a page ends, and the next page may not be touched: a
 * kernel that reads or writes one number too many stops the test then and
 * there. (So arrays lie at odd addresses, too.) Before it lies a margin of
 * NaN, which nobody computes with: what reads it has a NaN to show, and what
 * writes it is seen by boxes_whole. */

#ifndef KERN_BOX_H
#define KERN_BOX_H

#include "base/arena.h"
#include "base/rng.h"
#include "kern/kern.h"
#include "tests/test.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

enum { MARGIN = 71, BOXES = 64, PAGE = 4096 };

typedef struct Boxes {
    void *block[BOXES];
    i64   bytes[BOXES]; /* with the page that may not be touched */
    real *at[BOXES];
    i64   n[BOXES];
    int   count;
    u64   drawn;
} Boxes;

/* n numbers of mean `middle` and the given sd. */
static inline real *box(Boxes *b, i64 n, double middle, double sd)
{
    const i64 size  = (n + MARGIN) * (i64)sizeof(real);
    const i64 whole = (size + PAGE - 1) / PAGE * PAGE;
    char *block = mmap(NULL, (size_t)(whole + PAGE), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(b->count < BOXES && block != MAP_FAILED);
    const int closed = mprotect(block + whole, PAGE, PROT_NONE);
    assert(closed == 0);
    (void)closed;

    real *x = (real *)(void *)(block + whole) - n;
    for (i64 i = -MARGIN; i < 0; i++)
        x[i] = (real)NAN;
    for (i64 i = 0; i < n; i++)
        x[i] = (real)(middle + sd * rng_normal(11, RNG_TEST, b->drawn++));
    b->block[b->count] = block;
    b->bytes[b->count] = whole + PAGE;
    b->at[b->count]    = x;
    b->n[b->count++]   = n;
    return x;
}

static inline real *box_copy(Boxes *b, const real *from, i64 n)
{
    real *to = box(b, n, 0, 0);
    memcpy(to, from, (size_t)n * sizeof *to);
    return to;
}

/* Are all margins as they were, and everything after them a number? */
static inline bool boxes_whole(const Boxes *b)
{
    for (int i = 0; i < b->count; i++) {
        for (i64 k = 1; k <= MARGIN; k++)
            if (!isnan(b->at[i][-k]))
                return false;
        for (i64 k = 0; k < b->n[i]; k++)
            if (isnan(b->at[i][k]))
                return false;
    }
    return true;
}

static inline void boxes_free(Boxes *b)
{
    for (int i = 0; i < b->count; i++)
        munmap(b->block[i], (size_t)b->bytes[i]);
    *b = (Boxes){ .drawn = b->drawn };
}

/* The widest |seen - want|, each against its own room. NaN counts as wide. */
static inline double gap_in(const real *seen, const real *want,
                            const real *room, i64 n)
{
    double widest = 0;
    for (i64 i = 0; i < n; i++) {
        const double gap = fabs((double)seen[i] - (double)want[i]);
        if (!(gap <= widest * (double)room[i]))
            widest = isnan(gap) ? INFINITY : gap / (double)room[i];
    }
    return widest;
}

/* The widest |seen - want| as a share of the largest |want|. */
static inline double gap_of_largest(const real *seen, const real *want, i64 n)
{
    double widest = 0, largest = 0;
    for (i64 i = 0; i < n; i++) {
        const double gap = fabs((double)seen[i] - (double)want[i]);
        widest  = isnan(gap) ? INFINITY : fmax(widest, gap);
        largest = fmax(largest, fabs((double)want[i]));
    }
    return largest > 0 ? widest / largest : widest;
}

/* What k is held to. */
static inline const Kern *kern_ref_of(const Kern *k)
{
    return kern_find("ref", k->dtype);
}

/* The next backend this machine can run, from index *i on; NULL at the end.
 * The reference is among them: it must agree with itself. */
static inline const Kern *next_kern(int *i)
{
    while (*i < kern_count()) {
        const Kern *k = kern_at((*i)++);
        if (k->usable())
            return k;
    }
    return NULL;
}

#define EACH_KERN(k) \
    for (int index_ = 0; index_ < kern_count(); index_ = kern_count()) \
        for (const Kern *k; (k = next_kern(&index_));)

#endif

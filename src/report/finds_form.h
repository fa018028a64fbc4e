/* finds_form.h - what each factor of a model's form is worth at one size: layers
 * against width, heads, and the width of the feed-forward, each as the change
 * of loss from one shape that all are changes of, with the noise of seeds.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, figures 5 and 6. */

#ifndef FINDS_FORM_H
#define FINDS_FORM_H

#include "fit/fit.h"
#include "store/run.h"

typedef struct Shapes Shapes; /* finds.h */

typedef enum FormFactor { FORM_DEPTH, FORM_HEADS, FORM_FF, FORM_FACTORS }
    FormFactor;

/* One shape, at the rate at which it does best over all seeds. */
typedef struct FormLevel {
    const Run *run;        /* one of them                                    */
    double     x;          /* width/layers, width/heads, ff/width            */
    Interval   change;     /* ln L - ln L of the base; ends NaN without noise */
    i64        seeds, rates;
    bool       edge;       /* of three rates or more the best is an outermost */
} FormLevel;

typedef enum FormVerdict { FORM_OPEN, FORM_FEW, FORM_MORE } FormVerdict;

typedef struct Form {
    FormFactor  factor;
    double      n, d;
    const Run  *base;
    i64         count;
    FormLevel  *level;     /* x rising, the base among them                  */
    double      reach;     /* largest over least x, of two layers and more   */
    Interval    worst;     /* the largest change of those                    */
    const Run  *worst_run;
    FormVerdict verdict;   /* is that a few per cent (3) at most?            */
    Interval    one_layer; /* change of the shape of one layer; NaN: none    */
    bool        exception; /* its whole interval lies above 0                */
} Form;

typedef struct Forms {
    i64    count;
    Form  *form;           /* sizes rising, then factors                     */
    double noise;          /* sd of ln L between seeds, all shapes pooled    */
    i64    noise_free;     /* its degrees of freedom; 0: not known           */
} Forms;

/* From sets of shapes of one size (finds.h) and all runs. The base is the shape
 * with the usual feed-forward that most others differ from in one thing. */
void forms_find(Forms *out, Arena *arena, const Shapes *shapes,
                const RunList *runs, double level);

const char *form_factor_name(FormFactor factor); /* "depth", "heads", "ff" */
const char *form_factor_x(FormFactor factor);    /* "width / layers", ... */
const char *form_verdict_name(FormVerdict verdict);

#endif

/* scalelaw.h - libscalelaw: fit scaling laws to runs, and plan from the fits.
 * The half of scalelaw that trains nothing.
 *
 *     cc x.c $(pkg-config --cflags --libs scalelaw)
 *
 *     Arena arena = { 0 };
 *     Err   err = { 0 };
 *     Table runs;                                   columns N, D, loss
 *     const Law *law;
 *     Fit   fit;
 *     if (!table_csv_read(&runs, &arena, "runs.csv", &err)
 *         || !law_load(&law, &arena, "chinchilla", &err)
 *         || !fit_law(&fit, &arena, law, &runs, fit_defaults(), &err))
 *         fprintf(stderr, "%s\n", err.text);
 *     arena_free(&arena);
 *
 * Whatever can fail returns bool and fills the Err; nothing prints or exits.
 * Everything lives in the arena that it was given. Numbers are read and written
 * in the C locale, so a program that calls setlocale leaves LC_NUMERIC alone.
 * The headers below say the rest. There is no promise yet that they stay as
 * they are from one version to the next. */

#ifndef SCALELAW_H
#define SCALELAW_H

#include "base/arena.h"   /* memory                                    */
#include "base/err.h"     /* failures                                  */
#include "base/table.h"   /* named columns, CSV                        */
#include "count/count.h"  /* parameters and FLOP of a Transformer      */
#include "fit/fit.h"      /* constants of a law, intervals             */
#include "fit/isoflop.h"  /* approaches 1 and 2                        */
#include "law/law.h"      /* formulas, published constants             */
#include "plan/plan.h"    /* the optimum for a budget                  */
#include "report/report.h" /* a study's report                         */
#include "store/index.h"  /* run records as a table                    */
#include "store/run.h"    /* run records                               */
#include "store/study.h"  /* studies                                   */

#endif

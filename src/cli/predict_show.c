/* predict_show.c - a prediction for people, as a table, for programs
 * (predict_answer.h). */

#include "base/jot.h"
#include "base/quantity.h"
#include "cli/predict_answer.h"
#include "report/num.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- cells ------------------------------------------------------------- */

static bool is_count(const char *column)
{
    return strcmp(column, "N") == 0 || strcmp(column, "D") == 0
        || strcmp(column, "S") == 0;
}

static const char *column_words(char out[QUANTITY_TEXT], const char *column,
                                double value)
{
    if (is_count(column))
        return quantity_print(out, value, QUANTITY_COUNT, 3);
    if (strcmp(column, "C") == 0)
        return quantity_print(out, value, QUANTITY_FLOP, 3);
    snprintf(out, QUANTITY_TEXT, "%.4g", value);
    return out;
}

static const char *ends(char *out, size_t room, Interval x)
{
    out[0] = 0;
    if (!isnan(x.low))
        snprintf(out, room, "[%.5g, %.5g]", x.low, x.high);
    return out;
}

/* ---- about the source -------------------------------------------------- */

static void show_source(const PredictAnswer *a)
{
    char text[1200], c[QUANTITY_TEXT];
    const PredictSource *by = &a->by;
    printf("\n%s: %s\n", by->name, by->fit.law->formula);
    if (by->source && *by->source)
        text_wrapped(stdout, by->source, 2);
    if (by->fit.counts)
        printf("  N counts %s\n", by->fit.counts);
    if (!isnan(by->c_max)) {
        snprintf(text, sizeof text, "its data reach %s FLOP%s%s%s",
                 quantity_print(c, by->c_max, QUANTITY_FLOP, 3),
                 by->c_source ? " (" : "", by->c_source ? by->c_source : "",
                 by->c_source ? ")" : "");
        text_wrapped(stdout, text, 2);
    }
    if (by->caveat && *by->caveat) {
        snprintf(text, sizeof text, "Caution: %s", by->caveat);
        text_wrapped(stdout, text, 2);
    }
}

static const char *reach_words(char *out, size_t room, double extrapolation)
{
    if (isnan(extrapolation))
        snprintf(out, room, "not known");
    else if (extrapolation > 1)
        snprintf(out, room, "%.3g times beyond", extrapolation);
    else
        snprintf(out, room, "within (%.2g of the largest)", extrapolation);
    return out;
}

static void show_caution(double extrapolation)
{
    char text[500];
    const char *words = predict_caution(extrapolation);
    if (!words)
        return;
    snprintf(text, sizeof text, "Caution: %s", words);
    text_wrapped(stdout, text, 2);
}

/* ---- one run ----------------------------------------------------------- */

static void show_times(const PredictTold *told, const char *response)
{
    if (told->ntimes == 0)
        return;
    printf("\n  %-14s%-12s%s\n", "with", response,
           isnan(told->times[0].change.low) ? "change"
                                            : "change    its interval");
    for (int i = 0; i < told->ntimes; i++) {
        const PredictTimes *t = &told->times[i];
        char text[64];
        printf("  %-14s%-12.5g%+.4g  %s%s\n", t->what, t->value.value,
               t->change.value, ends(text, sizeof text, t->change),
               strncmp(t->what, "C ", 2) == 0 ? "  (at its best split)" : "");
    }
}

static void show_one(const PredictAnswer *a)
{
    char text[QUANTITY_TEXT], cell[64];
    const Fit *fit = &a->by.fit;
    const PredictTold *told = &a->told[0];
    const double level = 100 * fit->options.level;
    printf("%s %.6g", fit->law->response, told->law.value);
    if (!isnan(told->law.low))
        printf("  %g %% interval %s", level,
               ends(cell, sizeof cell, told->law));
    putchar('\n');
    if (!isnan(told->run.low))
        printf("  one new run: %s\n", ends(cell, sizeof cell, told->run));
    printf("  at");
    for (int c = 0; c < fit->law->ncolumn; c++)
        printf("%s %s %s", c ? "," : "", fit->law->column[c],
               column_words(text, fit->law->column[c], a->runs.column[c][0]));
    if (!isnan(a->runs.c[0]))
        printf("; C %s FLOP", quantity_print(text, a->runs.c[0], QUANTITY_FLOP,
                                             3));
    printf("\n  extrapolation: %s\n",
           reach_words(cell, sizeof cell, told->extrapolation));
    show_caution(told->extrapolation);
    show_times(told, fit->law->response);
}

/* ---- several ----------------------------------------------------------- */

static void show_row(const PredictAnswer *a, i64 row)
{
    char text[QUANTITY_TEXT], cell[64];
    const Fit *fit = &a->by.fit;
    const PredictTold *told = &a->told[row];
    for (int c = 0; c < fit->law->ncolumn; c++)
        printf("%-11s", column_words(text, fit->law->column[c],
                                     a->runs.column[c][row]));
    printf("%-9.5g", told->law.value);
    if (fit->ndraw > 0) {
        printf("%-18s", ends(cell, sizeof cell, told->law));
        printf("%-18s", ends(cell, sizeof cell, told->run));
    }
    if (isnan(told->extrapolation))
        printf("-\n");
    else
        printf("%.3gx%s\n", told->extrapolation,
               predict_caution(told->extrapolation) ? " !" : "");
}

static void show_many(const PredictAnswer *a)
{
    const Fit *fit = &a->by.fit;
    double farthest = NAN;
    for (int c = 0; c < fit->law->ncolumn; c++)
        printf("%-11s", fit->law->column[c]);
    printf("%-9s", fit->law->response);
    if (fit->ndraw > 0)
        printf("%g %%%-14s%-18s", 100 * fit->options.level, " of the law",
               "of one new run");
    printf("of data\n");
    for (i64 i = 0; i < a->runs.given.nrow; i++) {
        show_row(a, i);
        farthest = fmax(farthest, a->told[i].extrapolation);
    }
    show_caution(farthest);
    for (i64 i = 0; i < a->runs.given.nrow && !isnan(a->factor); i++) {
        printf("\nrow %lld", (long long)i + 1);
        show_times(&a->told[i], fit->law->response);
    }
}

void predict_show(const PredictAnswer *a)
{
    if (a->runs.given.nrow == 1)
        show_one(a);
    else
        show_many(a);
    show_source(a);
}

/* ---- a table ----------------------------------------------------------- */

/* How well a table that holds the measured values was met. */
static void say_errors(const PredictAnswer *a)
{
    const double *seen = table_column(&a->runs.given, a->by.fit.law->response);
    double mean = 0, square = 0, count = 0;
    for (i64 i = 0; seen && i < a->runs.given.nrow; i++) {
        const double error = a->told[i].law.value / seen[i] - 1;
        if (isnan(error))
            continue;
        mean += error;
        square += error * error;
        count++;
    }
    if (count > 0)
        fprintf(stderr, "predicted over measured: %+.2f %% on average, %.2f %% "
                "root mean square, %.0f runs\n", 100 * mean / count,
                100 * sqrt(square / count), count);
}

void predict_show_table(const PredictAnswer *a, Arena *arena)
{
    enum { VALUE, LOW, HIGH, RUN_LOW, RUN_HIGH, REACH, COLUMNS };
    static const char *const suffix[COLUMNS] = { "", "_low", "_high",
                                                 "_run_low", "_run_high", "" };
    Table out = a->runs.given;
    for (int c = COLUMNS - 1; c >= 0; c--) {
        double *value = NEW(arena, double, out.nrow + 1);
        for (i64 i = 0; i < out.nrow; i++) {
            const PredictTold *t = &a->told[i];
            value[i] = c == VALUE      ? t->law.value
                       : c == LOW      ? t->law.low
                       : c == HIGH     ? t->law.high
                       : c == RUN_LOW  ? t->run.low
                       : c == RUN_HIGH ? t->run.high
                                       : t->extrapolation;
        }
        table_add(&out, arena, c == REACH ? "extrapolation" :
                  arena_print(arena, "%s_predicted%s",
                              a->by.fit.law->response, suffix[c]), value);
    }
    table_csv_write(&out, stdout);
    say_errors(a);
}

/* ---- for programs ------------------------------------------------------ */

static void put_told(Jot *j, const PredictAnswer *a, i64 row)
{
    const Law *law = a->by.fit.law;
    const PredictTold *t = &a->told[row];
    jot_object(j, NULL);
    for (int c = 0; c < law->ncolumn; c++)
        jot_real(j, law->column[c], a->runs.column[c][row]);
    jot_real(j, "compute", a->runs.c[row]);
    jot_real(j, law->response, t->law.value);
    jot_real(j, "low", t->law.low);
    jot_real(j, "high", t->law.high);
    jot_real(j, "run_low", t->run.low);
    jot_real(j, "run_high", t->run.high);
    jot_real(j, "extrapolation", t->extrapolation);
    jot_text(j, "caution", predict_caution(t->extrapolation));
    jot_array(j, "times");
    for (int i = 0; i < t->ntimes; i++) {
        jot_object(j, NULL);
        jot_text(j, "what", t->times[i].what);
        fit_put_interval(j, law->response, t->times[i].value);
        fit_put_interval(j, "change", t->times[i].change);
        jot_end(j);
    }
    jot_end(j);
    jot_end(j);
}

void predict_json(Str *out, const PredictAnswer *a)
{
    Jot j = jot_open(out);
    jot_object(&j, NULL);
    jot_text(&j, "scalelaw", "prediction");
    jot_text(&j, "by", a->by.name);
    jot_text(&j, "law", a->by.fit.law->name);
    jot_text(&j, "formula", a->by.fit.law->formula);
    jot_text(&j, "counts", a->by.fit.counts);
    jot_text(&j, "source", a->by.source);
    jot_text(&j, "caveat", a->by.caveat);
    jot_real(&j, "level", a->by.fit.options.level);
    jot_real(&j, "c_max", a->by.c_max);
    jot_array(&j, "runs");
    for (i64 i = 0; i < a->runs.given.nrow; i++)
        put_told(&j, a, i);
    jot_end(&j);
    jot_end(&j);
}

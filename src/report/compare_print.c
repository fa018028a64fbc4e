/* compare_print.c - a comparison on the terminal, and for programs. */

#include "report/compare_study.h"

#include "base/jot.h"
#include "report/num.h"

#include <math.h>

static const char *const verdicts[] = {
    [COMPARE_NONE] = "none", [COMPARE_SAME] = "same",
    [COMPARE_OFFSET] = "offset", [COMPARE_EXPONENT] = "exponent",
};

static void print_settings(const Compare *k, FILE *out)
{
    fprintf(out, "\nWhat was different      %-22.22s  %.22s\n",
            k->of[0]->info.name, k->of[1]->info.name);
    for (i64 i = 0; i < k->nsetting; i++) {
        const CompareSetting *s = &k->setting[i];
        fprintf(out, "  %-22.40s%-22.60s  %.60s\n", s->key,
                s->of[0] ? s->of[0] : "-", s->of[1] ? s->of[1] : "-");
    }
    if (k->nsetting == 0)
        fprintf(out, "  nothing that the studies' files say\n");
}

static void print_rows(const Compare *k, FILE *out)
{
    char c[NUM_TEXT], n[2][NUM_TEXT], gain[NUM_TEXT];
    fprintf(out, "\n%10s  %-23s %-23s %9s %9s  %s\n", "FLOP", "loss of first",
            "loss of second", "N first", "N second", "gain of second");
    for (int i = 0; i < COMPARE_ROWS; i += 2) {
        const CompareRow *r = &k->row[i];
        char loss[2][NUM_TEXT];
        fprintf(out, "%10s  %-23s %-23s %9s %9s  %s\n",
                num_flop(c, r->c), num_interval(loss[0], r->loss[0], 3),
                num_interval(loss[1], r->loss[1], 3),
                num_si(n[0], r->n[0].value, 3), num_si(n[1], r->n[1].value, 3),
                num_interval(gain, r->gain, 2));
    }
    fprintf(out, "Losses in %s at the best size, by each study's own fit.\n",
            k->unit);
}

static void print_terms(const Compare *k, FILE *out)
{
    char a[NUM_TEXT], b[NUM_TEXT], d[NUM_TEXT];
    fprintf(out, "\n%-6s %-24s %-24s %s\n", "", "first", "second",
            "second less first");
    for (int i = 0; i < k->nterm; i++)
        fprintf(out, "%-6s %-24s %-24s %s   %s\n", k->term[i].name,
                num_interval(a, k->term[i].of[0], 3),
                num_interval(b, k->term[i].of[1], 3),
                num_interval(d, k->term[i].difference, 3), k->term[i].about);
}

void compare_print(const Compare *k, FILE *out)
{
    fprintf(out, "%s (first) and %s (second)\n%s\n", k->of[0]->info.name,
            k->of[1]->info.name, k->words);
    print_settings(k, out);
    print_rows(k, out);
    print_terms(k, out);
}

/* -- JSON ------------------------------------------------------------------ */

static void jot_row(Jot *j, const CompareRow *r)
{
    jot_object(j, NULL);
    jot_real(j, "c", r->c);
    fit_put_interval(j, "loss_first", r->loss[0]);
    fit_put_interval(j, "loss_second", r->loss[1]);
    fit_put_interval(j, "n_first", r->n[0]);
    fit_put_interval(j, "n_second", r->n[1]);
    fit_put_interval(j, "difference", r->difference);
    fit_put_interval(j, "gain", r->gain);
    jot_end(j);
}

static void jot_terms(Jot *j, const Compare *k)
{
    jot_array(j, "terms");
    for (int i = 0; i < k->nterm; i++) {
        jot_object(j, NULL);
        jot_text(j, "name", k->term[i].name);
        fit_put_interval(j, "first", k->term[i].of[0]);
        fit_put_interval(j, "second", k->term[i].of[1]);
        fit_put_interval(j, "difference", k->term[i].difference);
        jot_end(j);
    }
    jot_end(j);
}

static void jot_settings(Jot *j, const Compare *k)
{
    jot_array(j, "settings");
    for (i64 i = 0; i < k->nsetting; i++) {
        jot_object(j, NULL);
        jot_text(j, "key", k->setting[i].key);
        jot_text(j, "first", k->setting[i].of[0]);
        jot_text(j, "second", k->setting[i].of[1]);
        jot_end(j);
    }
    jot_end(j);
}

void compare_json(const Compare *k, Str *out)
{
    Jot j = jot_open(out);
    jot_object(&j, NULL);
    jot_text(&j, "first", k->of[0]->info.name);
    jot_text(&j, "second", k->of[1]->info.name);
    jot_text(&j, "unit", k->unit);
    jot_flag(&j, "same_text", k->same_text);
    jot_text(&j, "verdict", verdicts[k->verdict]);
    jot_text(&j, "words", k->words);
    fit_put_interval(&j, "gain_slope", k->gain_slope);
    jot_array(&j, "rows");
    for (int i = 0; i < COMPARE_ROWS; i++)
        jot_row(&j, &k->row[i]);
    jot_end(&j);
    jot_terms(&j, k);
    jot_settings(&j, k);
    jot_end(&j);
}

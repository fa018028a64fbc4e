/* study_card.c - see study_card.h. */

#include "report/study_card.h"

#include "report/find_table.h"
#include "report/mark.h"
#include "report/num.h"

#include <math.h>
#include <string.h>

static void item(Str *out, const char *what, const char *text)
{
    str_add(out, "- %s: ", what);
    mark_text(out, text && *text ? text : NULL);
    str_put(out, "\n");
}

/* -- Sums over runs -------------------------------------------------------- */

typedef struct Sum {
    i64    done, found, other;
    double flop, wall_s, joules, n_low, n_high;
} Sum;

static bool is(const char *text, const char *what)
{
    return text && strcmp(text, what) == 0;
}

static Sum sum_of(const Analysis *a)
{
    Sum s = { .n_low = INFINITY };
    for (i64 i = 0; i < a->runs.count; i++) {
        const Run *run = &a->runs.run[i];
        const bool done = is(run->status, "done"), ended = run_ended(run);
        s.done  += done;
        s.found += ended && !done;
        s.other += !ended;
        if (!ended)
            continue;
        s.flop   += isfinite(run->flop) ? run->flop : 0;
        s.wall_s += isfinite(run->wall_s) ? run->wall_s : 0;
        s.joules += run->joules; /* one that is unknown makes the sum so */
        s.n_low   = fmin(s.n_low, (double)run->params.total);
        s.n_high  = fmax(s.n_high, (double)run->params.total);
    }
    return s;
}

/* -- Parts ----------------------------------------------------------------- */

static void models(Str *out, const Analysis *a, const Sum *s)
{
    char low[NUM_TEXT], high[NUM_TEXT], text[256];
    str_put(out, "\n## Models\n\n");
    snprintf(text, sizeof text, "%lld trained to the end, %lld ended as a "
             "finding (diverged, or never learned), %lld not finished",
             (long long)s->done, (long long)s->found, (long long)s->other);
    item(out, "runs", text);
    if (s->n_high > 0) {
        snprintf(text, sizeof text, "%s to %s parameters, embeddings included",
                 num_si(low, s->n_low, 3), num_si(high, s->n_high, 3));
        item(out, "sizes", text);
    }
    const Run *run = a->runs.count > 0 ? &a->runs.run[0] : NULL;
    item(out, "architecture", run ? run->arch : NULL);
    snprintf(text, sizeof text, "%lld tokens of context, %lld in the "
             "vocabulary", (long long)a->info.context,
             (long long)a->info.vocab);
    item(out, "shape", text);
    item(out, "tokenizer", run ? run->tokenizer : NULL);
}

static void data(Str *out, const Analysis *a)
{
    char train[NUM_TEXT], held[NUM_TEXT], text[256];
    str_put(out, "\n## Data\n\n");
    item(out, "corpus", a->info.corpus);
    item(out, "about it", a->info.corpus_about);
    item(out, "licence", a->info.corpus_licence);
    item(out, "SHA-256 of the text", a->info.corpus_sha256);
    snprintf(text, sizeof text, "%s %ss to train on, %s held out by blocks "
             "spread over the whole text",
             num_si(train, (double)a->info.corpus_train_tokens, 3),
             analysis_token(a),
             num_si(held, (double)a->info.corpus_val_tokens, 3));
    item(out, "size", text);
    for (int i = 0; i < a->info.nyardstick; i++) {
        snprintf(text, sizeof text, "%.3f bits per byte",
                 a->info.yardstick[i].bpb);
        item(out, a->info.yardstick[i].name, text);
    }
    str_put(out, "- personal data, consent, toxicity: not examined\n");
}

static void cost(Str *out, const Analysis *a, const Sum *s)
{
    char flop[NUM_TEXT], text[256];
    str_put(out, "\n## Training\n\n");
    snprintf(text, sizeof text, "%s FLOP (6 per parameter and token, attention "
             "and head counted exactly)", num_flop(flop, s->flop));
    item(out, "compute of all runs", text);
    const bool hours = s->wall_s >= 3600;
    snprintf(text, sizeof text, "%.3g %s, one run after the other",
             hours ? s->wall_s / 3600 : s->wall_s, hours ? "hours" : "s");
    item(out, "time", text);
    if (isfinite(s->joules))
        snprintf(text, sizeof text, "%.3g kWh, measured", s->joules / 3.6e6);
    item(out, "energy", isfinite(s->joules) ? text : "not measured");
    const Run *run = a->runs.count > 0 ? &a->runs.run[0] : NULL;
    item(out, "machine", run ? run->host : NULL);
    item(out, "arithmetic", run ? run->kernels : NULL);
    item(out, "schedule", run ? run->schedule : NULL);
    item(out, "code", run ? run->code : NULL);
}

static void law(Str *out, const Fit *fit)
{
    char text[256], value[NUM_TEXT], low[NUM_TEXT], high[NUM_TEXT];
    item(out, "law", fit->law->formula);
    for (int p = 0; p < fit->law->nparam; p++) {
        snprintf(text, sizeof text, "%s (%s to %s)",
                 num_plain(value, fit->theta[p], 4),
                 num_plain(low, fit->low[p], 4),
                 num_plain(high, fit->high[p], 4));
        item(out, fit->law->param[p].name, text);
    }
    item(out, "how sure the minimum is", fit->certificate.words);
}

static void results(Str *out, const Analysis *a)
{
    const Run *best = analysis_best(a);
    Arena      arena = { 0 };
    char       text[256];
    str_put(out, "\n## Results\n\n");
    if (best) {
        char loss[64];
        snprintf(text, sizeof text, "%s (%.60s)",
                 analysis_loss_words(loss, a, best), best->name);
        item(out, "best model", text);
    }
    if (a->chosen)
        law(out, a->chosen);
    else
        item(out, "law", arena_print(&arena, "none: %s", a->chosen_words));
    arena_free(&arena);
}

static void findings(Str *out, const Analysis *a)
{
    Arena       arena = { 0 };
    FindTable   table[FIND_TABLES];
    const char *name[FIND_TABLES];
    const int   count = find_tables(table, name, &arena, a);
    str_put(out, count ? "\n## Findings\n" : "");
    for (int k = 0; k < count; k++) {
        str_put(out, "\n### ");
        mark_text(out, table[k].title);
        str_put(out, "\n\n");
        find_table_markdown(out, &table[k]);
    }
    arena_free(&arena);
}

enum { LEFT_OUT = 30 };

/* Diverged, never learned, of another corpus, no longer asked for. */
static void left_out(Str *out, const Analysis *a)
{
    const char *text = a->excluded.text ? a->excluded.text : "";
    i64         more = 0;
    if (!*text)
        return;
    str_put(out, "\n## Left out of the fits\n\n");
    for (i64 i = 0; *text; i++) {
        Str       line = { 0 };
        const i64 size = (i64)strcspn(text, "\n");
        str_bytes(&line, text, size);
        if (i < LEFT_OUT) {
            str_put(out, "- ");
            mark_text(out, line.text);
            str_put(out, "\n");
        } else {
            more++;
        }
        str_free(&line);
        text += size + (text[size] == '\n');
    }
    if (more > 0)
        str_add(out, "- and %lld more\n", (long long)more);
}

/* As a block of code that nothing in it can end. */
static void indented(Str *out, const char *text)
{
    bool begins = true;
    for (const char *c = text ? text : ""; *c; c++) {
        str_put(out, begins && *c != '\n' ? "    " : "");
        str_bytes(out, c, 1);
        begins = *c == '\n';
    }
    str_put(out, begins ? "" : "\n");
}

static void limits(Str *out, const Analysis *a)
{
    str_put(out, "\n## Not for\n\n"
            "- use as a language model: these are instruments for measuring a "
            "law\n- other text, tokenizers, architectures or rules for batch "
            "and rate than those above: the law is of these\n");
    if (a->nplan > 0 && a->plan[a->nplan - 1].extrapolation > 1)
        str_add(out, "- decisions %.3g times beyond the largest budget fitted, "
                "without runs in between\n",
                a->plan[a->nplan - 1].extrapolation);
    str_put(out, "\n## Again\n\n    scalelaw study FILE.study\n\n"
            "with this as FILE.study:\n\n");
    indented(out, a->info.config);
}

void study_card_parts(Str *out, const Analysis *a)
{
    const Sum s = sum_of(a);
    models(out, a, &s);
    data(out, a);
    cost(out, a, &s);
    results(out, a);
    findings(out, a);
    left_out(out, a);
    limits(out, a);
}

void study_card(Str *out, const Analysis *a)
{
    str_put(out, "# ");
    mark_text(out, a->info.title ? a->info.title : a->info.name);
    str_put(out, "\n\nMade by scalelaw from the records of the study ");
    mark_text(out, a->info.name);
    str_put(out, ".\n");
    study_card_parts(out, a);
}

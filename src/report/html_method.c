/* html_method.c - how the study was done, so that another can do it again, and
 * what its answer does not carry. */

#include "report/html.h"

#include "report/num.h"
#include "report/xml.h"

#include <math.h>

static void item(Str *out, const char *what, const char *text)
{
    if (!text || !*text)
        return;
    html_put(out, "dt", what);
    str_put(out, "<dd>");
    html_bdi(out, text);
    str_put(out, "</dd>\n");
}

static void corpus(Str *out, const Analysis *a)
{
    char text[256], train[NUM_TEXT], val[NUM_TEXT];
    item(out, "corpus", a->info.corpus);
    item(out, "about it", a->info.corpus_about);
    item(out, "licence", a->info.corpus_licence);
    item(out, "SHA-256", a->info.corpus_sha256);
    snprintf(text, sizeof text, "%s %ss to train on, %s held out",
             num_si(train, (double)a->info.corpus_train_tokens, 3),
             analysis_token(a),
             num_si(val, (double)a->info.corpus_val_tokens, 3));
    item(out, "size", text);
}

static const char *counted(CountN counts)
{
    switch (counts) {
    case N_BODY:
        return "N is 12 L d² (the matrices of the layers), as Kaplan et al. "
               "count.";
    case N_BODY_HEAD:
        return "N is 12 L d² + V d: the matrices of the layers and of the "
               "head, without embeddings, biases and norms.";
    case N_TOTAL:
        return "N is every parameter, embeddings included.";
    case N_FLOP:
        return "N is the training FLOP per token over 6.";
    }
    return NULL;
}

static void training(Str *out, const Analysis *a)
{
    char text[512];
    item(out, "parameters", counted(a->cost.counts));
    item(out, "compute", "C is exact: 6 (12 L d² + V d) + 6 L d T FLOP per "
         "token, T the context; a multiply-add is 2, backward twice forward.");
    if (a->cost.family) {
        snprintf(text, sizeof text, "context %lld, vocabulary %lld; beyond the "
                 "sizes trained, layers = max(%g, width / %g)",
                 (long long)a->info.context, (long long)a->info.vocab,
                 a->cost.layers_min, a->cost.aspect);
        item(out, "shapes", text);
    }
    if (a->runs.count > 0) {
        const Run *run = &a->runs.run[0];
        snprintf(text, sizeof text, "%s, %s schedule; batch and learning rate "
                 "by rule of the study (below), as the table of runs shows",
                 run->arch ? run->arch : "model",
                 run->schedule ? run->schedule : "unnamed");
        item(out, "training", text);
        item(out, "code", run->code);
    }
}

static void fitting(Str *out, const Analysis *a)
{
    char text[256];
    snprintf(text, sizeof text, "%lld bootstrap refits of resampled runs, seed "
             "%llu; percentile intervals", (long long)a->info.resamples,
             (unsigned long long)a->info.seed);
    item(out, "intervals", text);
    item(out, "learning curves", a->curves.val
         ? "held-out loss on the way, from the end of the warm-up"
         : "training loss, smoothed over ten log points, from the end of the "
           "warm-up");
}

void html_method(Str *out, const Analysis *a)
{
    html_put(out, "h2", "How it was done");
    str_put(out, "<dl>\n");
    corpus(out, a);
    training(out, a);
    fitting(out, a);
    str_put(out, "</dl>\n");
    if (a->info.config && *a->info.config) {
        html_put(out, "p", "The study as configured:");
        html_put(out, "pre", a->info.config);
    }
}

void html_caveats(Str *out, const Analysis *a)
{
    static const char *const always[] = {
        "Intervals say how far the constants could be off if the law's form "
        "is right. They do not say whether the form still holds at larger "
        "sizes: only a larger run can.",
        "The law is of this corpus, this tokenizer, this architecture and "
        "this rule for batch and learning rate. A better rule moves it, and "
        "at small sizes may move it far.",
        "N here is not comparable with N of a paper that counts otherwise; "
        "nor is loss per token across tokenizers, where only bits per byte "
        "are.",
    };
    html_put(out, "h2", "What to be careful with");
    str_put(out, "<ul>\n");
    for (int i = 0; i < COUNT_OF(always); i++)
        html_put(out, "li", always[i]);
    if (a->nplan > 0) {
        char text[256];
        snprintf(text, sizeof text, "The furthest plan is %.4g times the "
                 "largest budget that was fitted: read it as a direction, not "
                 "as a number.", a->plan[a->nplan - 1].extrapolation);
        html_put(out, "li", text);
    }
    str_put(out, "</ul>\n");
}

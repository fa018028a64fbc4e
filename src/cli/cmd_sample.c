/* cmd_sample.c - `scalelaw sample`: a trained model writes on from a prompt, or
 * says what it makes of one. */

#include "cli/cmd.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/jot.h"
#include "base/opt.h"
#include "base/rng.h"
#include "cli/chosen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Sample {
    TextList    named;
    const char *prompt, *kernels;
    ModelDraw   how;
    i64         tokens, count, seed;
    bool        ids, scores, verbose;
} Sample;

static bool in_range(const Sample *s, Err *err)
{
    if (s->tokens < 0 || s->tokens > 100000000 || s->seed < 0
        || s->how.top_k < 0
        || !(s->how.temperature >= 0 && isfinite(s->how.temperature)))
        return err_set(err, ERR_USAGE, "tokens, top_k, seed and temperature "
                       "are at least 0 (tokens up to 1e8); give such");
    if (!(s->how.top_p >= 0 && s->how.top_p <= 1))
        return err_set(err, ERR_USAGE, "top_p: %g is no share between 0 and 1; "
                       "0.9 is usual", s->how.top_p);
    if (s->count < 1 || s->count > 1000000)
        return err_set(err, ERR_USAGE, "count: %lld texts; give 1 or more",
                       (long long)s->count);
    return true;
}

static bool read_opts(Sample *s, Arena *arena, int argc, char **argv,
                      bool *helped, Err *err)
{
    const Opt opt[] = {
        { "prompt", "TEXT", "what it goes on from; @FILE; - reads it "
          "[a new line]", .text = &s->prompt },
        { "tokens", "N", "how much to write", .count = &s->tokens },
        { "count", "N", "how many texts", .count = &s->count },
        { "temperature", "X", "below 1 bolder in its best guess, 0 only that",
          .real = &s->how.temperature },
        { "top_k", "N", "draw among the N best only; 0: all",
          .count = &s->how.top_k },
        { "top_p", "X", "and among the fewest that have this share together",
          .real = &s->how.top_p },
        { "seed", "N", "of the draws", .count = &s->seed },
        { "ids", NULL, "numbers of tokens in place of text, in and out",
          .flag = &s->ids },
        { "scores", NULL, "write nothing: each token of the prompt, its nats, "
          "and all scores of what follows, as JSON lines",
          .flag = &s->scores },
        { "verbose", NULL, "say how fast", .flag = &s->verbose },
        { "kernels", "NAME", "auto, avx512, avx2, plain or ref",
          .text = &s->kernels },
    };
    const OptTable table = {
        .command  = "scalelaw sample",
        .about    = "Let a trained model write.",
        .opt      = opt, .nopt = COUNT_OF(opt),
        .operands = "[[STUDY] RUN]", .rest = &s->named, .arena = arena,
    };
    *s = (Sample){ .prompt = "\n", .kernels = "auto", .tokens = 500,
                   .count = 1, .seed = 1, .how = { 1, 0, 1 } };
    if (!opt_flags(&table, argc, argv, helped, err) || *helped)
        return *helped;
    return in_range(s, err);
}

/* -- The prompt ------------------------------------------------------------ */

static bool stdin_read(char **text, i64 *count, Arena *arena, Err *err)
{
    Str  all = { 0 };
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, stdin)) > 0;)
        str_bytes(&all, piece, (i64)n);
    *count = all.size;
    *text = NEW(arena, char, all.size + 1);
    if (all.size)
        memcpy(*text, all.text, (size_t)all.size);
    str_free(&all);
    return !ferror(stdin)
        || err_set(err, ERR_IO, "standard input: cannot be read");
}

static bool prompt_read(Ids *out, Arena *arena, const Sample *s,
                        const Chosen *chosen, Err *err)
{
    char *text = arena_text(arena, s->prompt);
    i64   count = (i64)strlen(text);
    if (!strcmp(text, "-")) {
        if (!stdin_read(&text, &count, arena, err))
            return false;
    } else if (text[0] == '@') {
        if (!file_read(&text, &count, arena, text + 1, err))
            return false;
    }
    if (chosen->ids && !s->ids)
        return err_set(err, ERR_USAGE, "run %s: nobody said what its tokens "
                       "(%s) mean; give their numbers, with --ids",
                       chosen->run.id, chosen->run.tokenizer);
    if (s->ids) {
        text += strspn(text, " \n");
        if (!chosen_numbers(out, arena, chosen, *text ? text : "0", err))
            return false;
    } else {
        /* Something must stand before. */
        *out = count ? chosen_encode(arena, chosen, text, count)
                     : chosen_encode(arena, chosen, "\n", 1);
    }
    return true;
}

/* -- Writing --------------------------------------------------------------- */

/* Bytes on their way out. A character of UTF-8 that has only begun waits, so
 * that what is written never ends within one. */
typedef struct Tail { u8 byte[4]; i64 count; } Tail;

/* How many bytes the character that begins with this one has; 0: none does. */
static i64 character(u8 lead)
{
    return lead < 0x80             ? 1
           : (lead & 0xe0) == 0xc0 ? 2
           : (lead & 0xf0) == 0xe0 ? 3
           : (lead & 0xf8) == 0xf0 ? 4
                                   : 0;
}

static void tail_out(Tail *tail)
{
    fwrite(tail->byte, 1, (size_t)tail->count, stdout);
    tail->count = 0;
}

static void byte_out(Tail *tail, u8 byte)
{
    const bool goes_on = (byte & 0xc0) == 0x80;
    if (tail->count && !goes_on)
        tail_out(tail); /* it was no character after all */
    tail->byte[tail->count++] = byte;
    if (tail->count >= character(tail->byte[0]))
        tail_out(tail);
}

static void token_out(Tail *tail, const Sample *s, const Chosen *chosen,
                      i32 token)
{
    const u8 *bytes;
    if (s->ids) {
        printf("%d ", token);
        return;
    }
    const i64 count = chosen_bytes(&bytes, chosen, token);
    for (i64 i = 0; i < count; i++)
        byte_out(tail, bytes[i]);
}

/* Text number `number`, drawn by numbers of its own. */
static void write_text(Chosen *chosen, const Sample *s, Ids prompt, i32 *token,
                       ModelChance *room, i64 number)
{
    Tail tail = { 0 };
    memcpy(token, prompt.id, (size_t)prompt.count * sizeof *token);
    for (i64 i = 0; i < prompt.count; i++)
        token_out(&tail, s, chosen, token[i]);
    for (i64 i = 0; i < s->tokens; i++) {
        const i64    n = prompt.count + i;
        const real  *z = model_scores(&chosen->model, token, n);
        const double unit = rng_unit((u64)s->seed, RNG_SAMPLE,
                                     (u64)number << 32 | (u64)i);
        token[n] = model_draw(room, z, chosen->vocab, &s->how, unit);
        token_out(&tail, s, chosen, token[n]);
        fflush(stdout);
    }
    putchar('\n');
}

static void write_texts(Chosen *chosen, Arena *arena, const Sample *s,
                        Ids prompt)
{
    i32         *token = NEW(arena, i32, prompt.count + s->tokens);
    ModelChance *room  = NEW(arena, ModelChance, chosen->vocab);
    const double began = clock_s();
    for (i64 i = 0; i < s->count; i++) {
        if (i > 0)
            puts("--------");
        write_text(chosen, s, prompt, token, room, i);
    }
    if (s->verbose)
        fprintf(stderr, "%lld tokens, %.0f a second\n",
                (long long)(s->count * s->tokens),
                (double)(s->count * s->tokens) / (clock_s() - began));
}

/* -- Scores ---------------------------------------------------------------- */

/* -ln of the chance that scores z give a token. */
static double nats_of(const real *z, i64 V, i32 token)
{
    double top = (double)z[0], sum = 0;
    for (i64 v = 1; v < V; v++)
        top = fmax(top, (double)z[v]);
    for (i64 v = 0; v < V; v++)
        sum += exp((double)z[v] - top);
    return log(sum) + top - (double)z[token];
}

static void score_print(const real *z, i64 V, i64 at, i32 token, double nats)
{
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_object(&j, NULL);
    jot_count(&j, "at", at);
    jot_count(&j, "token", token);
    jot_real(&j, "nats", nats);
    jot_array(&j, "scores");
    for (i64 v = 0; v < V; v++)
        jot_real(&j, NULL, (double)z[v]);
    jot_end(&j);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

static void scores_write(Chosen *chosen, Ids prompt)
{
    const i64 V = chosen->config.shape.vocab;
    double    nats = NAN, sum = 0, bytes = 0;
    for (i64 i = 0; i < prompt.count; i++) {
        const u8   *spelt;
        const real *z = model_scores(&chosen->model, prompt.id, i + 1);
        score_print(z, V, i, prompt.id[i], nats);
        if (i > 0) {
            sum += nats;
            bytes += (double)chosen_bytes(&spelt, chosen, prompt.id[i]);
        }
        if (i + 1 < prompt.count)
            nats = nats_of(z, V, prompt.id[i + 1]);
    }
    if (prompt.count < 2)
        return;
    fprintf(stderr, "%lld tokens after the first: %.6f nats a token",
            (long long)prompt.count - 1, sum / (double)(prompt.count - 1));
    if (chosen->ids)
        fputc('\n', stderr);
    else
        fprintf(stderr, ", %.6f bits a byte\n", sum / log(2) / bytes);
}

bool cmd_sample(int argc, char **argv, Err *err)
{
    Arena  arena = { 0 };
    Sample sample;
    Chosen chosen;
    Ids    prompt;
    bool   helped = false;
    bool   ok = read_opts(&sample, &arena, argc, argv, &helped, err);
    if (ok && !helped) {
        ok = chosen_find(&chosen, &arena, &sample.named, sample.kernels, err)
          && prompt_read(&prompt, &arena, &sample, &chosen, err);
        if (ok && sample.scores)
            scores_write(&chosen, prompt);
        else if (ok)
            write_texts(&chosen, &arena, &sample, prompt);
    }
    arena_free(&arena);
    return ok;
}

/* card.c - the cards of models/NAME.model, and names for them. A model's
 * section says only what is its own; the rest is its family's. */

#include "plan/card.h"

#include "base/file.h"
#include "base/know.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Key { const char *name; size_t at; } Key;

static const Key numbers[] = {
    { "n", offsetof(Card, n) },           { "n_body", offsetof(Card, n_body) },
    { "n_active", offsetof(Card, n_active) }, { "d", offsetof(Card, d) },
    { "c", offsetof(Card, c) },           { "layers", offsetof(Card, layers) },
    { "width", offsetof(Card, width) },   { "heads", offsetof(Card, heads) },
    { "kv_heads", offsetof(Card, kv_heads) }, { "ff", offsetof(Card, ff) },
    { "vocab", offsetof(Card, vocab) },
    { "context", offsetof(Card, context) },
    { "batch", offsetof(Card, batch) },   { "steps", offsetof(Card, steps) },
    { "lr", offsetof(Card, lr) },         { "loss", offsetof(Card, loss) },
    { "device_hours", offsetof(Card, device_hours) },
    { "kwh", offsetof(Card, kwh) },       { "tonnes", offsetof(Card, tonnes) },
};

static const Key texts[] = {
    { "title", offsetof(Card, title) },
    { "published", offsetof(Card, published) },
    { "kind", offsetof(Card, kind) },     { "sure", offsetof(Card, sure) },
    { "source", offsetof(Card, source) },
    { "loss_of", offsetof(Card, loss_of) },
    { "energy_source", offsetof(Card, energy_source) },
    { "device", offsetof(Card, device) },
};

enum { KEYS = COUNT_OF(numbers) + COUNT_OF(texts) + 1 };

static bool keys_known(const Conf *conf, const char *section, Err *err)
{
    const char *known[KEYS];
    int         count = 0;
    for (int i = 0; i < COUNT_OF(numbers); i++)
        known[count++] = numbers[i].name;
    for (int i = 0; i < COUNT_OF(texts); i++)
        known[count++] = texts[i].name;
    known[count++] = "caveat";
    return conf_only(conf, section, known, count, err);
}

static bool read_section(Card *card, const Conf *conf, const char *section,
                         TextList *caveat, Err *err)
{
    if (!keys_known(conf, section, err)
        || !conf_texts(caveat, conf, section, "caveat", err))
        return false;
    for (int i = 0; i < COUNT_OF(numbers); i++) {
        double *to = (double *)((char *)card + numbers[i].at);
        if (!conf_real(to, conf, section, numbers[i].name, err))
            return false;
        if (!isnan(*to) && !(*to > 0 && isfinite(*to)))
            return conf_refuse(conf, conf_find(conf, section, numbers[i].name),
                               err, "a number above 0 is expected, not %g",
                               *to);
    }
    for (int i = 0; i < COUNT_OF(texts); i++)
        if (!conf_text((const char **)((char *)card + texts[i].at), conf,
                       section, texts[i].name, err))
            return false;
    return true;
}

static Card blank(const char *family)
{
    Card out = { .family = family };
    for (int i = 0; i < COUNT_OF(numbers); i++)
        *(double *)((char *)&out + numbers[i].at) = NAN;
    return out;
}

static bool read_card(Card *out, const Conf *conf, const char *family,
                      const char *section, Err *err)
{
    *out = blank(family);
    if (!read_section(out, conf, "", &out->caveat[0], err)
        || !read_section(out, conf, section, &out->caveat[1], err))
        return false;
    out->name = section + strlen("model.");
    if (!out->kind)
        out->kind = "decoder";
    if (!out->title)
        out->title = out->name;
    if (!(out->n > 0) || !(out->d > 0))
        return err_set(err, ERR_USAGE, "%s: [%s] has no %s; add `%s`",
                       conf->path, section, out->n > 0 ? "d" : "n",
                       out->n > 0 ? "d = 300e9" : "n = 70e9");
    return true;
}

static bool is_model(const char *section)
{
    return !strncmp(section, "model.", 6) && section[6];
}

/* "models/gpt-3.model" -> "gpt-3" */
static const char *family_of(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    char       *name  = arena_text(arena, slash ? slash + 1 : path);
    char       *dot   = strstr(name, ".model");
    if (dot)
        *dot = 0;
    return name;
}

/* Adds the models of one file to a list with room for them. */
static bool add_family(Cards *to, i64 *room, Arena *arena, const char *name,
                       Err *err)
{
    const char *text, *path;
    Conf        conf;
    if (!know_load(&text, &path, arena, "models", name, ".model", err)
        || !conf_parse(&conf, arena, text, path, err))
        return false;
    const char *family = family_of(arena, path);
    for (i64 i = 0; i < conf.sections.count; i++) {
        const char *section = conf.sections.item[i];
        if (!is_model(section))
            return err_set(err, ERR_USAGE, "%s: [%s] is not of the form "
                           "[model.NAME]", path, section);
        if (to->count == *room) {
            Card *wider = NEW(arena, Card, 2 * *room + 16);
            if (to->count > 0)
                memcpy(wider, to->item, (size_t)to->count * sizeof *wider);
            to->item = wider;
            *room    = 2 * *room + 16;
        }
        if (!read_card(&to->item[to->count++], &conf, family, section, err))
            return false;
    }
    return true;
}

static bool among(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

/* Families that stand in the user's folder alone; those that ship and are
 * overridden there were found by name. */
static bool add_own(Cards *to, i64 *room, Arena *arena,
                    const char *const *shipped, int nshipped, Err *err)
{
    const char *data = getenv("SCALELAW_DATA");
    char      **files;
    i64         count;
    Err         none;
    if (!data || !*data)
        return true;
    const char *folder = arena_print(arena, "%s/models", data);
    if (!dir_list(&files, &count, arena, folder, &none))
        return true; /* they have none */
    for (i64 i = 0; i < count; i++) {
        const size_t size = strlen(files[i]);
        if (size < 7 || strcmp(files[i] + size - 6, ".model"))
            continue;
        const char *family = family_of(arena, files[i]);
        if (!among(shipped, nshipped, family)
            && !add_family(to, room, arena, family, err))
            return false;
    }
    return true;
}

bool cards_load(Cards *out, Arena *arena, const char *family, Err *err)
{
    i64 room = 0;
    *out     = (Cards){ 0 };
    if (family)
        return add_family(out, &room, arena, family, err);
    const char **names;
    const int    count = know_names(&names, arena, "models", ".model");
    for (int i = 0; i < count; i++)
        if (!add_family(out, &room, arena, names[i], err))
            return false;
    return add_own(out, &room, arena, names, count, err);
}

/* --- names ---------------------------------------------------------------- */

/* Letters, digits and dots alone, in lower case: "GPT-3 1.3B" is "gpt31.3b". */
static const char *squeezed(Arena *arena, const char *name)
{
    char *out = arena_text(arena, name), *to = out;
    for (const char *from = name; *from; from++)
        if (isalnum((unsigned char)*from) || *from == '.')
            *to++ = (char)tolower((unsigned char)*from);
    *to = 0;
    return out;
}

/* Cards whose name begins so; the one that is it whole, if there is one. */
static i64 matches(const Card **out, Arena *arena, const Cards *cards,
                   const char *name)
{
    const char  *wanted = squeezed(arena, name);
    const size_t size   = strlen(wanted);
    i64          count  = 0;
    for (i64 i = 0; size && i < cards->count; i++) {
        const char *has = squeezed(arena, cards->item[i].name);
        if (!strcmp(has, wanted)) {
            out[0] = &cards->item[i];
            return 1;
        }
        if (!strncmp(has, wanted, size))
            out[count++] = &cards->item[i];
    }
    return count;
}

static void list_names(Str *out, const Card *const *card, i64 count)
{
    for (i64 i = 0; i < count; i++)
        str_add(out, "%s%s", i ? ", " : "", card[i]->name);
}

static bool unknown(Arena *arena, const Cards *cards, const Card **match,
                    i64 nmatch, const char *name, Err *err)
{
    const char **names = NEW(arena, const char *, cards->count + 1);
    Str          list  = { 0 };
    for (i64 i = 0; i < cards->count; i++)
        names[i] = cards->item[i].name;
    const char *near = conf_nearest(name, names, (int)cards->count);
    if (nmatch > 0) {
        list_names(&list, match, nmatch);
        err_set(err, ERR_USAGE, "model %s: several; name one of %s", name,
                list.text);
    } else if (near) {
        err_set(err, ERR_USAGE, "model %s: not among the cards; did you mean "
                "%s?", name, near);
    } else {
        for (i64 i = 0; i < cards->count; i++)
            match[i] = &cards->item[i];
        list_names(&list, match, cards->count);
        err_set(err, ERR_USAGE, "model %s: not among the cards; there are %s",
                name, list.size ? list.text : "none");
    }
    str_free(&list);
    return false;
}

bool card_find(Card *out, Arena *arena, const char *name, Err *err)
{
    const char *colon = strstr(name, ".model:"), *file = NULL, *wanted = name;
    Cards       cards;
    if (colon) {
        file   = arena_print(arena, "%.*s", (int)(colon + 6 - name), name);
        wanted = colon + 7;
    } else if (strstr(name, ".model")) {
        file = name;
    }
    if (!cards_load(&cards, arena, file, err))
        return false;
    const Card **match = NEW(arena, const Card *, cards.count + 1);
    i64          count;
    if (file && !colon) /* all of the file are meant */
        for (count = 0; count < cards.count; count++)
            match[count] = &cards.item[count];
    else
        count = matches(match, arena, &cards, wanted);
    if (count != 1)
        return unknown(arena, &cards, match, count, wanted, err);
    *out = *match[0];
    return true;
}

/* --- what follows from a card --------------------------------------------- */

/* 12 L d^2 for the standard shape, d_ff taken as it is. */
static double body(const Card *card)
{
    if (card->n_body > 0)
        return card->n_body;
    if (!(card->vocab > 0) || !(card->width > 0) || card->n_active > 0)
        return NAN;
    return card->n - card->vocab * card->width;
}

double card_n(const Card *card, const char *counts)
{
    if (counts && !strcmp(counts, "body"))
        return body(card);
    if (counts && !strcmp(counts, "body+head"))
        return body(card) + card->vocab * card->width;
    return card->n_active > 0 ? card->n_active : card->n;
}

double card_c(const Card *card)
{
    return card->c > 0 ? card->c : 6 * card_n(card, NULL) * card->d;
}

RuleRun card_rule_run(const Card *card)
{
    return (RuleRun){ .n = card_n(card, NULL), .d = card->d, .c = card_c(card),
                      .n_body = card_n(card, "body"),
                      .n_head = card_n(card, "body+head"),
                      .width = card->width, .loss = card->loss,
                      .tuned_lr = NAN, .tuned_d = NAN };
}

static i64 whole(double x)
{
    return x > 0 ? (i64)x : 0;
}

MemoryModel card_memory(const Card *card)
{
    const Shape shape = { .layers = whole(card->layers),
                          .width = whole(card->width),
                          .heads = whole(card->heads), .ff = whole(card->ff),
                          .vocab = whole(card->vocab),
                          .context = whole(card->context), .tied = true };
    const bool  known = shape.layers && shape.width && shape.heads
                     && shape.vocab && shape.context;
    return (MemoryModel){ .n = card->n, .kv_heads = whole(card->kv_heads),
                          .shape = known ? shape : (Shape){ 0 } };
}

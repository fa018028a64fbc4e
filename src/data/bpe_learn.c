/* bpe_learn.c - which pairs to join (bpe.h).
 *
 * A text is its distinct words and how often each occurs: pieces never go
 * beyond a word, so nothing else matters, and a merge touches the places of
 * its pair alone. Every pair knows its count and the places where it began to
 * stand; a place that has changed since is seen to have changed and passed
 * over. Counts only fall while a pair waits, so a heap whose entries may be
 * too high gives the true best: an entry that is out of date goes back with
 * what it counts now. */

#include "data/bpe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One more item of any growing array. */
static void *grown(void *items, i64 count, i64 *room, i64 size)
{
    if (count < *room)
        return items;
    *room = *room ? 2 * *room : 4;
    void *wider = realloc(items, (size_t)(*room * size));
    if (!wider)
        abort(); /* as an arena does */
    return wider;
}

/* -- Distinct words -------------------------------------------------------- */

typedef struct Word { const u8 *text; i64 size, count; } Word;

typedef struct Words {
    Word *item;
    i64   count, room;
    i32  *place; /* index + 1 of the word, 0: open */
    i64   places;
} Words;

static i64 word_place(const Words *w, const u8 *text, i64 size)
{
    i64 at = (i64)(hash_word(text, size) & (u64)(w->places - 1));
    for (i32 i; (i = w->place[at]) != 0; at = (at + 1) & (w->places - 1))
        if (w->item[i - 1].size == size
            && !memcmp(w->item[i - 1].text, text, (size_t)size))
            break;
    return at;
}

static void places_widen(Words *w)
{
    free(w->place);
    w->places = w->places ? 2 * w->places : 1 << 16;
    w->place = calloc((size_t)w->places, sizeof *w->place);
    if (!w->place)
        abort();
    for (i64 i = 0; i < w->count; i++)
        w->place[word_place(w, w->item[i].text, w->item[i].size)] = (i32)i + 1;
}

static void word_take(Words *w, const u8 *text, i64 size)
{
    if (2 * w->count >= w->places)
        places_widen(w);
    const i64 at = word_place(w, text, size);
    if (!w->place[at]) {
        w->item = grown(w->item, w->count, &w->room, (i64)sizeof *w->item);
        w->item[w->count++] = (Word){ text, size, 0 };
        w->place[at] = (i32)w->count;
    }
    w->item[w->place[at] - 1].count++;
}

static Words words_of(const u8 *text, i64 count, Talk *talk)
{
    Words    w = { 0 };
    TalkPass pass = talk_pass("tokens: counting words", count);
    for (i64 at = 0; at < count;) {
        const i64 end = bpe_word_end(text, at, count);
        word_take(&w, text + at, end - at);
        at = end;
        if ((w.count & 4095) == 0)
            talk_at(talk, &pass, at);
    }
    free(w.place);
    w.place = NULL;
    return w;
}

/* -- Pairs ----------------------------------------------------------------- */

typedef struct Pair {
    u32  key;            /* left << 16 | right: ties go to the smaller */
    i64  count;          /* occurrences in the text                    */
    i32 *at;             /* places where it began to stand, rising     */
    i64  places, room;
} Pair;

typedef struct Top { i64 count; u32 key; i32 pair; } Top;

typedef struct Learn {
    /* All distinct words, one after another; next is -1 at a word's end. */
    u16 *token;
    i32 *next, *before, *word;
    Words words;
    Pair *pair;
    i64   pairs, pair_room;
    i32  *slot;          /* index + 1 of the pair, 0: open */
    i64   slots;
    Top  *top;           /* a heap, the best first */
    i64   tops, top_room;
    i64   fresh;         /* pairs before it are in the heap */
} Learn;

static i64 slot_of(const Learn *l, u32 key)
{
    u64 hash = key * 0x9e3779b97f4a7c15;
    i64 at = (i64)((hash ^ (hash >> 32)) & (u64)(l->slots - 1));
    while (l->slot[at] && l->pair[l->slot[at] - 1].key != key)
        at = (at + 1) & (l->slots - 1);
    return at;
}

static void slots_widen(Learn *l)
{
    free(l->slot);
    l->slots = l->slots ? 2 * l->slots : 1 << 16;
    l->slot = calloc((size_t)l->slots, sizeof *l->slot);
    if (!l->slot)
        abort();
    for (i64 i = 0; i < l->pairs; i++)
        l->slot[slot_of(l, l->pair[i].key)] = (i32)i + 1;
}

static Pair *pair_of(Learn *l, u32 key)
{
    if (2 * l->pairs >= l->slots)
        slots_widen(l);
    const i64 at = slot_of(l, key);
    if (!l->slot[at]) {
        l->pair = grown(l->pair, l->pairs, &l->pair_room,
                        (i64)sizeof *l->pair);
        l->pair[l->pairs++] = (Pair){ .key = key };
        l->slot[at] = (i32)l->pairs;
    }
    return &l->pair[l->slot[at] - 1];
}

static u32 key_at(const Learn *l, i32 at)
{
    return (u32)l->token[at] << 16 | l->token[l->next[at]];
}

static void pair_gain(Learn *l, i32 at)
{
    Pair *pair = pair_of(l, key_at(l, at));
    pair->count += l->words.item[l->word[at]].count;
    pair->at = grown(pair->at, pair->places, &pair->room, (i64)sizeof(i32));
    pair->at[pair->places++] = at;
}

static void pair_lose(Learn *l, i32 at)
{
    pair_of(l, key_at(l, at))->count -= l->words.item[l->word[at]].count;
}

/* -- The heap -------------------------------------------------------------- */

static bool better(const Top *a, const Top *b)
{
    return a->count > b->count || (a->count == b->count && a->key < b->key);
}

static void swap(Top *a, Top *b)
{
    const Top kept = *a;
    *a = *b;
    *b = kept;
}

static void heap_put(Learn *l, Top top)
{
    l->top = grown(l->top, l->tops, &l->top_room, (i64)sizeof *l->top);
    i64 at = l->tops++;
    l->top[at] = top;
    for (; at && better(&l->top[at], &l->top[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&l->top[at], &l->top[(at - 1) / 2]);
}

static Top heap_take(Learn *l)
{
    const Top best = l->top[0];
    l->top[0] = l->top[--l->tops];
    for (i64 at = 0;;) {
        i64 child = 2 * at + 1;
        if (child + 1 < l->tops && better(&l->top[child + 1], &l->top[child]))
            child++;
        if (child >= l->tops || !better(&l->top[child], &l->top[at]))
            return best;
        swap(&l->top[child], &l->top[at]);
        at = child;
    }
}

static void heap_fresh(Learn *l)
{
    for (; l->fresh < l->pairs; l->fresh++) {
        const Pair *pair = &l->pair[l->fresh];
        if (pair->count > 1)
            heap_put(l, (Top){ pair->count, pair->key, (i32)l->fresh });
    }
}

/* The pair that occurs most, at least twice; -1 where there is none. */
static i32 best_pair(Learn *l)
{
    while (l->tops) {
        Top       top = heap_take(l);
        const i64 now = l->pair[top.pair].count;
        if (now == top.count)
            return top.pair;
        top.count = now;
        if (now > 1)
            heap_put(l, top);
    }
    return -1;
}

/* -- Merging --------------------------------------------------------------- */

static void join(Learn *l, i32 at, u16 made)
{
    const i32 right = l->next[at], after = l->next[right];
    const i32 left = l->before[at];
    if (left >= 0)
        pair_lose(l, left);
    pair_lose(l, at);
    if (after >= 0)
        pair_lose(l, right);
    l->token[at] = made;
    l->next[at] = after;
    l->next[right] = -2; /* no token stands here any more */
    if (after >= 0)
        l->before[after] = at;
    if (left >= 0)
        pair_gain(l, left);
    if (after >= 0)
        pair_gain(l, at);
}

static void merge(Learn *l, i32 index, u16 made)
{
    /* The array of pairs may move while it grows. */
    const u32 key = l->pair[index].key;
    i32      *at = l->pair[index].at;
    const i64 places = l->pair[index].places;
    l->pair[index].at = NULL;
    l->pair[index].places = l->pair[index].room = 0;
    for (i64 i = 0; i < places; i++)
        if (l->next[at[i]] >= 0 && key_at(l, at[i]) == key)
            join(l, at[i], made);
    free(at);
    l->pair[index].count = 0;
}

static void lay_out(Learn *l, Arena *arena)
{
    i64 all = 0;
    for (i64 w = 0; w < l->words.count; w++)
        all += l->words.item[w].size;
    l->token  = NEW(arena, u16, all + 1);
    l->next   = NEW(arena, i32, all + 1);
    l->before = NEW(arena, i32, all + 1);
    l->word   = NEW(arena, i32, all + 1);
    i32 at = 0;
    for (i64 w = 0; w < l->words.count; w++)
        for (i64 i = 0, n = l->words.item[w].size; i < n; i++, at++) {
            l->token[at]  = l->words.item[w].text[i];
            l->before[at] = i > 0 ? at - 1 : -1;
            l->next[at]   = i + 1 < n ? at + 1 : -1;
            l->word[at]   = (i32)w;
        }
    for (i32 i = 0; i < at; i++)
        if (l->next[i] >= 0)
            pair_gain(l, i);
}

static void learn_free(Learn *l)
{
    for (i64 i = 0; i < l->pairs; i++)
        free(l->pair[i].at);
    free(l->pair);
    free(l->slot);
    free(l->top);
    free(l->words.item);
}

Bpe *bpe_learn(Arena *arena, const u8 *text, i64 count, i64 vocab, Talk *talk)
{
    Arena scratch = { 0 };
    Bpe  *bpe = bpe_new(arena, vocab);
    Learn l = { .words = words_of(text, i64_min(count, BPE_LEARN_MAX), talk) };
    lay_out(&l, &scratch);
    while (bpe->vocab < vocab) {
        heap_fresh(&l);
        const i32 best = best_pair(&l);
        if (best < 0)
            break;
        const u32 key = l.pair[best].key;
        const u16 made = (u16)bpe->vocab;
        /* Rarely two ways lead to the same bytes: the first has the name. */
        if (bpe_add(bpe, arena, key >> 16, key & 0xffff))
            merge(&l, best, made);
        else
            l.pair[best].count = 0;
    }
    learn_free(&l);
    arena_free(&scratch);
    bpe_sign(bpe);
    return bpe;
}

/* cmd_tokenize.c - `scalelaw tokenize`: text as the numbers of its tokens, and
 * back. */

#include "cli/cmd.h"

#include "base/file.h"
#include "base/opt.h"
#include "data/corpus.h"
#include "data/tokenize.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Tokenize {
    TextList    rest;
    const char *data_dir;
    bool        decode;
} Tokenize;

static bool read_opts(Tokenize *t, Arena *arena, int argc, char **argv,
                      bool *helped, Err *err)
{
    const Opt opt[] = {
        { "decode", NULL, "numbers in, text out", .flag = &t->decode },
        { "data", "DIR", "data folder ($SCALELAW_DATA_DIR, else ./data)",
          .text = &t->data_dir },
    };
    const OptTable table = {
        .command  = "scalelaw tokenize",
        .about    = "Text as numbers of tokens, and back.",
        .opt      = opt, .nopt = COUNT_OF(opt),
        .operands = "CORPUS|FILE.bpe [FILE]", .rest = &t->rest,
        .arena    = arena,
    };
    *t = (Tokenize){ 0 };
    if (!opt_flags(&table, argc, argv, helped, err) || *helped)
        return *helped;
    return (t->rest.count == 1 || t->rest.count == 2)
        || err_set(err, ERR_USAGE, "a corpus whose tokens are meant, or the "
                   "file of a vocabulary, is expected; then a file, or the "
                   "text on standard input");
}

/* A file that begins as a vocabulary does is one. */
static bool is_vocabulary(const char *path)
{
    char  head[9] = "";
    FILE *file = file_is_dir(path) ? NULL : fopen(path, "rbe");
    if (!file)
        return false;
    const size_t n = fread(head, 1, 8, file);
    fclose(file);
    return n == 8 && !strcmp(head, "#version");
}

static bool vocabulary_find(Bpe **out, Arena *arena, const Tokenize *t,
                            Err *err)
{
    Corpus      corpus;
    const char *name = t->rest.item[0];
    if (is_vocabulary(name))
        return bpe_load(out, arena, name, err);
    if (!corpus_open(&corpus, arena, name, t->data_dir, err))
        return false;
    const bool done = tokenize_of(out, arena, &corpus.shard, err);
    corpus_close(&corpus);
    if (done && !*out)
        *out = bpe_new(arena, 256);
    return done;
}

static bool input_read(char **text, i64 *count, Arena *arena,
                       const Tokenize *t, Err *err)
{
    Str  all = { 0 };
    char piece[65536];
    if (t->rest.count == 2)
        return file_read(text, count, arena, t->rest.item[1], err);
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

static bool numbers_print(void *self, const u16 *token, i64 count, Err *err)
{
    i64 *before = self;
    (void)err; /* main sees to it that all was written */
    for (i64 i = 0; i < count; i++)
        printf("%s%d", (*before)++ ? " " : "", token[i]);
    return true;
}

static bool decode(const Bpe *bpe, const char *text, Err *err)
{
    for (const char *at = text; *(at += strspn(at, " ,\t\r\n"));) {
        char *end;
        errno = 0;
        const long long v = strtoll(at, &end, 10);
        if (end == at || errno || v < 0 || v >= bpe->vocab)
            return err_set(err, ERR_USAGE, "'%.*s': no token below %lld",
                           (int)strcspn(at, " ,\t\r\n"), at,
                           (long long)bpe->vocab);
        fwrite(bpe->token[v], 1, bpe->size[v], stdout);
        at = end;
    }
    return true;
}

static bool convert(const Tokenize *t, const Bpe *bpe, const char *text,
                    i64 count, Err *err)
{
    i64           before = 0;
    const BpeSink sink = { &before, numbers_print };
    if (t->decode)
        return decode(bpe, text, err);
    const bool done = bpe_encode(bpe, (const u8 *)text, count, &sink, err);
    putchar('\n');
    fprintf(stderr, "%lld tokens of %lld bytes\n", (long long)before,
            (long long)count);
    return done;
}

bool cmd_tokenize(int argc, char **argv, Err *err)
{
    Arena    arena = { 0 };
    Tokenize t;
    Bpe     *bpe;
    char    *text;
    i64      count;
    bool     helped = false;
    bool     ok = read_opts(&t, &arena, argc, argv, &helped, err);
    if (ok && !helped)
        ok = vocabulary_find(&bpe, &arena, &t, err)
          && input_read(&text, &count, &arena, &t, err)
          && convert(&t, bpe, text, count, err);
    arena_free(&arena);
    return ok;
}

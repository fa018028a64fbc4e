/* cmd_corpus.c - scalelaw corpus: text to train on. */

#include "cli/cmd.h"

#include "base/opt.h"
#include "cli/corpus_show.h"
#include "data/token_file.h"
#include "data/tokenize.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the command line of any subcommand can say. */
typedef struct Args {
    Arena      *arena;
    CorpusRule  rule;
    i64         seed, order, letters, bytes;
    const char *out, *tokenizer;
    bool        json, quiet, helped;
    TextList    rest;
} Args;

static void say(const char *text)
{
    fprintf(stderr, "%s\n", text);
}

#define DATA_OPT { "data", "DIR", \
    "data folder ($SCALELAW_DATA_DIR, else ./data)", \
    .text = &args->rule.data_dir }
#define HOLDOUT_OPT { "holdout", "SHARE", \
    "share of the text held out, in blocks spread over it", \
    .real = &args->rule.holdout }
#define SEED_OPT(what) { "seed", "N", what, .count = &args->seed }
#define TOKENIZER_OPT { "tokenizer", "NAME", \
    "byte; bpe:1024, learned from its training part; or a vocabulary's file", \
    .text = &args->tokenizer }
#define JSON_OPT { "json", NULL, "as JSON", .flag = &args->json }
#define QUIET_OPT { "quiet", NULL, "say nothing on the way", \
    .flag = &args->quiet }

static bool args_read(Args *args, const char *command, const char *about,
                      const char *operands, const Opt *opt, int nopt, int argc,
                      char **argv, Err *err)
{
    const OptTable table = {
        .command = command, .about = about, .opt = opt, .nopt = nopt,
        .operands = operands, .rest = operands ? &args->rest : NULL,
        .arena = args->arena,
    };
    if (!opt_flags(&table, argc, argv, &args->helped, err))
        return false;
    if (args->seed < 0)
        return err_set(err, ERR_USAGE, "--seed: %lld is below 0",
                       (long long)args->seed);
    args->rule.seed = (u64)args->seed;
    return true;
}

static bool show(const char *path, const Args *args, Err *err)
{
    Corpus corpus;
    if (!corpus_open(&corpus, args->arena, path, args->rule.data_dir, err))
        return false;
    corpus_show(&corpus, args->json);
    corpus_close(&corpus);
    return true;
}

static Talk *talk_of(const Args *args)
{
    return args->quiet ? NULL : say;
}

/* The one operand. */
static bool operand(const char **out, const Args *args, const char *wanted,
                    Err *err)
{
    if (args->rest.count != 1)
        return err_set(err, ERR_USAGE, "%s is expected, and %lld were given",
                       wanted, (long long)args->rest.count);
    *out = args->rest.item[0];
    return true;
}

static bool get(int argc, char **argv, Args *args, Err *err)
{
    const Opt opt[] = {
        DATA_OPT, TOKENIZER_OPT, HOLDOUT_OPT,
        SEED_OPT("of the choice of held-out blocks"), JSON_OPT, QUIET_OPT,
    };
    if (!args_read(args, "scalelaw corpus get", "Fetch a corpus of the "
                   "catalogue from its Debian package, check and prepare it; "
                   "no root, nothing is installed.", "NAME", opt,
                   COUNT_OF(opt), argc, argv, err) || args->helped)
        return args->helped;
    const char *name = NULL, *path;
    return operand(&name, args, "one name of a corpus", err)
        && corpus_get(&path, args->arena, name, &args->rule, talk_of(args),
                      err)
        && tokenize_shard(&path, args->arena, args->tokenizer,
                          args->rule.data_dir, talk_of(args), err)
        && show(path, args, err);
}

static bool prepare(int argc, char **argv, Args *args, Err *err)
{
    const Opt opt[] = {
        DATA_OPT,
        { "name", "NAME", "name of the corpus (that of the file)",
          .text = &args->rule.name },
        TOKENIZER_OPT, HOLDOUT_OPT,
        SEED_OPT("of the choice of held-out blocks"),
        { "ext", "LIST", "of a folder only files with these endings: txt,md",
          .texts = &args->rule.endings },
        { "binary", NULL, "take what is not text too",
          .flag = &args->rule.binary },
        JSON_OPT, QUIET_OPT,
    };
    if (!args_read(args, "scalelaw corpus prepare", "Prepare a text file "
                   "(plain or .gz), or a folder of them, to train on.",
                   "FILE|DIR", opt, COUNT_OF(opt), argc, argv, err)
        || args->helped)
        return args->helped;
    const char *from = NULL, *path;
    return operand(&from, args, "one file or folder of text", err)
        && corpus_prepare(&path, args->arena, from, &args->rule,
                          talk_of(args), err)
        && tokenize_shard(&path, args->arena, args->tokenizer,
                          args->rule.data_dir, talk_of(args), err)
        && show(path, args, err);
}

static bool import(int argc, char **argv, Args *args, Err *err)
{
    TokenImport how = { .format = "auto", .bytes_per_token = NAN };
    const char *path;
    const Opt opt[] = {
        DATA_OPT,
        { "name", "NAME", "name of the corpus", .text = &args->rule.name },
        { "format", "NAME", "nanogpt or llmc [what the file begins with]",
          .text = &how.format },
        { "vocab", "N", "tokens are below [the largest that occurs, and 1]",
          .count = &how.vocab },
        { "tokenizer", "NAME", "what they mean, if somebody knows: byte, or a "
          "vocabulary's file", .text = &how.tokenizer },
        { "bytes_per_token", "X", "of the held-out text, if somebody knows: "
          "then there are bits per byte", .real = &how.bytes_per_token },
        HOLDOUT_OPT, SEED_OPT("of the choice of held-out blocks"),
        JSON_OPT, QUIET_OPT,
    };
    if (!args_read(args, "scalelaw corpus import", "Take files of tokens from "
                   "nanoGPT or llm.c; those with val in their names are held "
                   "out.", "FILE.bin...|DIR", opt, COUNT_OF(opt), argc, argv,
                   err) || args->helped)
        return args->helped;
    how.name = args->rule.name;
    how.from = args->rest;
    if (!how.name)
        return err_set(err, ERR_USAGE, "--name=NAME is not given: what to call "
                       "the corpus");
    return token_import(&path, args->arena, &how, &args->rule, talk_of(args),
                        err)
        && show(path, args, err);
}

static bool export(int argc, char **argv, Args *args, Err *err)
{
    const char *format = "nanogpt", *name = NULL, *said;
    const Opt opt[] = {
        DATA_OPT, TOKENIZER_OPT,
        { "format", "NAME", "nanogpt or llmc", .text = &format },
        { "out", "DIR", "folder for the files", .text = &args->out },
        QUIET_OPT,
    };
    if (!args_read(args, "scalelaw corpus export", "Write a corpus as files of "
                   "tokens for nanoGPT or llm.c.", "NAME|FILE.shard", opt,
                   COUNT_OF(opt), argc, argv, err) || args->helped)
        return args->helped;
    Corpus corpus;
    if (!args->out)
        return err_set(err, ERR_USAGE, "--out=DIR is not given: where to "
                       "write it");
    if (!operand(&name, args, "one corpus", err)
        || !corpus_need_as(&corpus, args->arena, name, args->tokenizer,
                           args->rule.data_dir, talk_of(args), err))
        return false;
    const bool done = token_export(&said, args->arena, &corpus.shard, format,
                                   args->out, err);
    corpus_close(&corpus);
    if (done)
        puts(said);
    return done;
}

static bool list(int argc, char **argv, Args *args, Err *err)
{
    const Opt opt[] = { DATA_OPT, JSON_OPT };
    if (!args_read(args, "scalelaw corpus list", "The catalogue, and what is "
                   "prepared.", NULL, opt, COUNT_OF(opt), argc, argv, err)
        || args->helped)
        return args->helped;
    return corpus_show_list(args->arena, args->rule.data_dir, args->json, err);
}

static bool inspect(int argc, char **argv, Args *args, Err *err)
{
    const Opt opt[] = { DATA_OPT, JSON_OPT };
    if (!args_read(args, "scalelaw corpus inspect", "All that is known of a "
                   "corpus; its shard is verified.", "NAME|FILE.shard", opt,
                   COUNT_OF(opt), argc, argv, err) || args->helped)
        return args->helped;
    const char *name = NULL;
    Recipe      recipe;
    if (!operand(&name, args, "one corpus", err))
        return false;
    const char *path = arena_print(args->arena, "%s/%s.shard",
                                   corpus_dir(args->rule.data_dir), name);
    if (!recipe_known(name) || file_exists(path))
        return show(name, args, err);
    if (!recipe_load(&recipe, args->arena, name, err))
        return false;
    corpus_show_recipe(&recipe, args->json);
    return true;
}

static bool synth(int argc, char **argv, Args *args, Err *err)
{
    args->order = 2, args->letters = 8, args->bytes = 1000000;
    const Opt opt[] = {
        { "out", "FILE", "where to write it", .text = &args->out },
        { "bytes", "N", "how much", .count = &args->bytes },
        { "order", "N", "letters that the next one depends on",
          .count = &args->order },
        { "letters", "N", "how many letters there are",
          .count = &args->letters },
        SEED_OPT("of the chain and of the text"), JSON_OPT,
    };
    if (!args_read(args, "scalelaw corpus synth", "Write text of known "
                   "entropy: a Markov chain.", NULL, opt, COUNT_OF(opt), argc,
                   argv, err) || args->helped)
        return args->helped;
    Synth chain;
    if (!args->out)
        return err_set(err, ERR_USAGE, "--out=FILE is not given: where to "
                       "write it");
    if (args->bytes < 1)
        return err_set(err, ERR_USAGE, "--bytes: %lld is below 1",
                       (long long)args->bytes);
    if (!synth_make(&chain, args->arena, args->order, args->letters,
                    args->rule.seed, err)
        || !synth_write(&chain, args->out, args->bytes, err))
        return false;
    corpus_show_synth(&chain, args->out, args->bytes, args->json);
    return true;
}

static const struct Sub {
    const char *name, *about;
    bool (*run)(int argc, char **argv, Args *args, Err *err);
} sub[] = {
    { "get",     "fetch one of the catalogue from its Debian package", get },
    { "prepare", "take a file or folder of your own",             prepare },
    { "import",  "take tokens from nanoGPT or llm.c",             import  },
    { "export",  "write tokens for nanoGPT or llm.c",             export  },
    { "list",    "the catalogue, and what is prepared",           list    },
    { "inspect", "all that is known of one",                      inspect },
    { "synth",   "write text of known entropy",                   synth   },
};

static void help(FILE *out)
{
    fputs("scalelaw corpus COMMAND [options]\nText to train on.\n\n", out);
    for (int i = 0; i < COUNT_OF(sub); i++)
        fprintf(out, "  %-8s %s\n", sub[i].name, sub[i].about);
}

static bool unknown(const char *word, Err *err)
{
    const char *name[COUNT_OF(sub)];
    for (int i = 0; i < COUNT_OF(sub); i++)
        name[i] = sub[i].name;
    const char *near = conf_nearest(word, name, COUNT_OF(sub));
    return err_set(err, ERR_USAGE, "%s: not one of get, prepare, import, export, "
                   "list, inspect and synth%s%s%s", word, near ? "; did you mean " : "",
                   near ? near : "", near ? "?" : "");
}

bool cmd_corpus(int argc, char **argv, Err *err)
{
    if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        help(stdout);
        return true;
    }
    if (argc < 2)
        return err_set(err, ERR_USAGE, "what to do is not given: get, prepare, "
                       "import, export, list, inspect or synth");
    for (int i = 0; i < COUNT_OF(sub); i++)
        if (!strcmp(argv[1], sub[i].name)) {
            Arena arena = { 0 };
            Args  args = { .arena = &arena, .rule = corpus_rule(), .seed = 1 };
            const bool done = sub[i].run(argc - 1, argv + 1, &args, err);
            arena_free(&arena);
            return done || err_add(err, "%s", sub[i].name);
        }
    return unknown(argv[1], err);
}

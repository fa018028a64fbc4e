/* corpus.h - text to train on, from wherever it is, as a shard in the data
 * folder:
 *
 *     DATA/NAME.shard          the corpus NAME, ready
 *     DATA/NAME.bpe-1024.shard the same text in tokens learned from it
 *     DATA/.NAME.lock          held by the process that prepares it
 *     DATA/NAME.shard.tmp  DATA/NAME.text.tmp  DATA/NAME.work/
 *                              unfinished; whoever holds the lock clears them
 *     DATA/cache/              Debian packages as downloaded
 *
 * DATA is --data, else $SCALELAW_DATA_DIR, else "data" in the current folder.
 *
 * A corpus has a name of the catalogue (corpora/NAME.corpus), or is any file
 * or folder of text. What is there already and whole is never made again. */

#ifndef CORPUS_H
#define CORPUS_H

#include "base/conf.h"
#include "base/yardstick.h"
#include "data/shard.h"
#include "data/talk.h"

/* A shard opened, and what is known of its text. All texts live in the arena
 * that corpus_need was given. */
typedef struct Corpus {
    Shard            shard;
    const char      *path;           /* of the shard               */
    const char      *about, *licence; /* NULL if nothing is known  */
    int              nyardstick;
    const Yardstick *yardstick;
} Corpus;

/* How to prepare. Whoever changes holdout or seed gets another shard. */
typedef struct CorpusRule {
    const char *data_dir;  /* NULL: the default above                       */
    const char *name;      /* NULL: from the path                           */
    double      holdout;   /* share of the text held out: 0.05              */
    u64         seed;      /* of that choice: 1                             */
    TextList    endings;   /* of a folder only files that end in one of these */
    bool        binary;    /* take what is not text too                     */
    bool        any_split; /* a shard that is there will do, however split  */
} CorpusRule;

CorpusRule  corpus_rule(void);
const char *corpus_dir(const char *given);

/* Whether a user's corpus can have the name; whether a rule can be followed. */
bool corpus_name_check(const char *name, Err *err) MUST_USE;
bool corpus_rule_check(const CorpusRule *rule, Err *err) MUST_USE;

/* Fetch and prepare a corpus of the catalogue. `path` receives the shard's. */
bool corpus_get(const char **path, Arena *arena, const char *name,
                const CorpusRule *rule, Talk *talk, Err *err) MUST_USE;

/* Prepare a file (plain or gzip) or a folder. */
bool corpus_prepare(const char **path, Arena *arena, const char *from,
                    const CorpusRule *rule, Talk *talk, Err *err) MUST_USE;

/* A corpus of the catalogue, a prepared one by name, a .shard, or a file or
 * folder of text: made ready if it is not, opened and verified. */
bool corpus_need(Corpus *out, Arena *arena, const char *name_or_path,
                 const char *data_dir, Talk *talk, Err *err) MUST_USE;

/* The same with tokens of one's own (tokenize.h): "byte" or NULL, "bpe:1024",
 * or the file of a vocabulary. */
bool corpus_need_as(Corpus *out, Arena *arena, const char *name_or_path,
                    const char *tokenizer, const char *data_dir, Talk *talk,
                    Err *err) MUST_USE;

/* Only what is there: nothing is fetched or prepared. */
bool corpus_open(Corpus *out, Arena *arena, const char *name_or_path,
                 const char *data_dir, Err *err) MUST_USE;

/* { 0 } is closed already. */
void corpus_close(Corpus *corpus);

/* Names of the shards in the data folder, sorted; none where there is none. */
TextList corpus_prepared(Arena *arena, const char *data_dir);

#endif

/* tokenize.h - a shard of bytes as a shard of other tokens.
 *
 * The text is taken from the shard of bytes: training text first, held-out
 * text after it, split as it was. So models on bytes and on pieces of words
 * are held to the very same held-out text, and bits per byte compare; and what
 * is held out cannot reach the vocabulary, which is learned from the training
 * part alone.
 *
 *     DATA/NAME.bpe-1024.shard     tokens, and the vocabulary inside
 *     DATA/NAME.MINE.shard         by a vocabulary of one's own, MINE.bpe */

#ifndef TOKENIZE_H
#define TOKENIZE_H

#include "data/bpe.h"
#include "data/shard.h"
#include "data/talk.h"

/* `tokenizer`: NULL or "byte" leaves `path` as it is; "bpe:N", a vocabulary of
 * N to learn; or the path of a vocabulary. Else *path, a shard of bytes,
 * becomes that of the tokens, made if it is not there or of another text. */
bool tokenize_shard(const char **path, Arena *arena, const char *tokenizer,
                    const char *data_dir, Talk *talk, Err *err) MUST_USE;

/* The vocabulary of a shard or NULL where its tokens are bytes; refused where
 * nobody knows what the tokens mean. */
bool tokenize_of(Bpe **out, Arena *arena, const Shard *shard, Err *err)
    MUST_USE;

/* Entropy of single tokens that occur so often. */
double tokenize_unigram(const i64 *count, i64 vocab);

#endif

/* token_file.h - files of tokens that other programs left, and such files for
 * them.
 *
 *     nanoGPT   train.bin, val.bin: tokens as uint16 and nothing else;
 *               meta.pkl beside them says the vocabulary
 *     llm.c     256 int32: magic, version, count, zeros; then the tokens,
 *               uint16 after magic 20240520 version 1 (GPT-2), uint32 after
 *               20240801 version 7 (Llama 3)
 *
 * All are little-endian. Nothing in them says what a token means or how many
 * bytes of text it stands for; so there are no bits per byte of such a corpus
 * unless whoever knows says so.
 *
 * SOURCE: karpathy/nanoGPT data/shakespeare_char/prepare.py and train.py;
 *         karpathy/llm.c dev/data/data_common.py. */

#ifndef TOKEN_FILE_H
#define TOKEN_FILE_H

#include "data/corpus.h"

typedef struct TokenFile {
    const char *path;
    FileMap     map;
    const u8   *token;
    int         token_bytes; /* 2 or 4 */
    i64         count;
} TokenFile;

/* `format`: "auto" (llm.c where it begins so), "nanogpt" or "llmc". */
bool token_file_open(TokenFile *out, const char *path, const char *format,
                     Err *err) MUST_USE;
void token_file_close(TokenFile *file);
i64  token_file_at(const TokenFile *file, i64 index);

typedef struct TokenImport {
    const char *name, *format;
    TextList    from;      /* files, or folders of *.bin                      */
    i64         vocab;     /* 0: as many as occur                             */
    const char *tokenizer; /* NULL: nobody knows; "byte"; a vocabulary's file */
    double      bytes_per_token; /* of the held-out text; NaN: nobody knows   */
} TokenImport;

/* A corpus of them. Files with "val" in their names are held out; where there
 * are none, blocks of 4096 tokens spread by hash, a share rule->holdout. */
bool token_import(const char **path, Arena *arena, const TokenImport *how,
                  const CorpusRule *rule, Talk *talk, Err *err) MUST_USE;

/* A corpus as such files, in the folder `dir`, which is made. `said` receives
 * what was written. */
bool token_export(const char **said, Arena *arena, const Shard *shard,
                  const char *format, const char *dir, Err *err) MUST_USE;

#endif

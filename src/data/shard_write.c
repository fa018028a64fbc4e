/* shard_write.c - a shard is written under another name, its header last, then
 * forced to the disk and renamed: at any moment there is the old shard or the
 * new one. Checksums grow as the tokens pass, so the text need never be held
 * in memory. */

#include "data/shard_head.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static bool refused(Err *err, const char *path, int why)
{
    const bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
    return err_set(err, ERR_IO, "%s: cannot be written: %s%s", path,
                   strerror(why), full ? "; make room there, or give another "
                   "folder with --data=DIR" : "");
}

/* 0, or why not. */
static int write_at(int file, const void *bytes, i64 count, i64 at)
{
    const u8 *from = bytes;
    while (count > 0) {
        const ssize_t n = pwrite(file, from, (size_t)count, at);
        if (n < 0 && errno != EINTR)
            return errno;
        const i64 moved = i64_max(n, 0);
        from += moved;
        at += moved;
        count -= moved;
    }
    return 0;
}

bool shard_write_open(ShardWriter *out, const char *path, int token_bytes,
                      Err *err)
{
    assert(token_bytes == 1 || token_bytes == 2);
    *out = (ShardWriter){ .file = -1, .token_bytes = token_bytes };
    out->path = strdup(path);
    if (!out->path || asprintf(&out->tmp, "%s.tmp", path) < 0)
        abort(); /* no memory for a path: nothing here can go on */
    out->file = open(out->tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (out->file >= 0)
        return true;
    refused(err, path, errno);
    shard_write_drop(out);
    return false;
}

bool shard_write_put(ShardWriter *writer, const void *tokens, i64 count,
                     Err *err)
{
    const i64 size = count * writer->token_bytes;
    const i64 at = SHARD_HEAD_BYTES + writer->count * writer->token_bytes;
    const int why = write_at(writer->file, tokens, size, at);
    if (why)
        return refused(err, writer->path, why);
    if (size > 0)
        writer->crc = (u32)crc32_z(writer->crc, tokens, (size_t)size);
    writer->count += count;
    return true;
}

static ShardHead head_of(const ShardWriter *writer, const Shard *about)
{
    ShardHead head = {
        .magic = SHARD_MAGIC, .version = about->tokenizer_bytes ? 2 : 1,
        .head_bytes = SHARD_HEAD_BYTES, .token_crc = writer->crc,
        .source_bytes = about->source_bytes, .vocab = about->vocab,
        .train_count = about->train_count, .val_count = about->val_count,
        .token_bytes = writer->token_bytes,
        .val_bytes_per_token = about->val_bytes_per_token,
        .unigram_nats = about->unigram_nats, .holdout = about->holdout,
        .seed = about->seed, .stamp = about->stamp,
        .block_bytes = about->block_bytes, .nyardstick = about->nyardstick,
        .tokenizer_bytes = about->tokenizer_bytes,
        .tokenizer_crc = hash_crc32(about->tokenizer_text,
                                    about->tokenizer_bytes),
    };
    /* Zero is what nobody who measured says: a source has some entropy. */
    if (about->entropy_nats > 0) {
        head.entropy_known = 1;
        head.entropy_nats  = about->entropy_nats;
        head.entropy_se    = about->entropy_se;
        memcpy(head.entropy_after, about->entropy_after,
               sizeof head.entropy_after);
    }
    memcpy(head.name, about->name, sizeof head.name);
    memcpy(head.tokenizer, about->tokenizer, sizeof head.tokenizer);
    memcpy(head.sha256, about->sha256, sizeof about->sha256);
    memcpy(head.tokenizer_sha256, about->tokenizer_sha256,
           sizeof about->tokenizer_sha256);
    memcpy(head.about, about->about, sizeof head.about);
    memcpy(head.licence, about->licence, sizeof head.licence);
    memcpy(head.source, about->source, sizeof head.source);
    memcpy(head.yardstick, about->yardstick, sizeof head.yardstick);
    head.head_crc = shard_head_crc(&head);
    return head;
}

/* The rename is on the disk once the folder is. */
static void folder_sync(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1)
                         : strdup(".");
    const int file = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                            : -1;
    free(folder);
    if (file >= 0) {
        fsync(file); /* a file system that cannot has nothing to force */
        close(file);
    }
}

bool shard_write_close(ShardWriter *writer, const Shard *about, Err *err)
{
    assert(about->train_count + about->val_count == writer->count);
    const ShardHead head = head_of(writer, about);

    int why = write_at(writer->file, about->tokenizer_text,
                       about->tokenizer_bytes, SHARD_HEAD_BYTES
                       + writer->count * writer->token_bytes);
    if (!why)
        why = write_at(writer->file, &head, (i64)sizeof head, 0);
    if (!why && fsync(writer->file) != 0)
        why = errno;
    if (!why && rename(writer->tmp, writer->path) != 0)
        why = errno;
    if (!why)
        folder_sync(writer->path);
    else
        refused(err, writer->path, why);
    shard_write_drop(writer);
    return !why;
}

void shard_write_drop(ShardWriter *writer)
{
    if (writer->file >= 0)
        close(writer->file);
    if (writer->tmp)
        unlink(writer->tmp); /* once renamed there is none, and none goes */
    free(writer->tmp);
    free(writer->path);
    *writer = (ShardWriter){ .file = -1 };
}

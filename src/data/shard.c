/* shard.c - opening a shard, and refusing one that is not whole.
 *
 * Everything that can be wrong with the file is found here, once, so that who
 * holds a Shard may index it without looking: the length, both checksums, and
 * that no token is outside the vocabulary. The checksum of 40 MB takes about
 * as long as reading them from memory. */

#include "data/shard_head.h"

#include "data/pages.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

u32 shard_head_crc(const ShardHead *head)
{
    ShardHead bare = *head;
    bare.head_crc = 0;
    return hash_crc32(&bare, (i64)sizeof bare);
}

static bool refuse(Err *err, const char *path, const char *why)
{
    return err_set(err, ERR_FORMAT, "%s: %s; make it again with scalelaw "
                   "corpus get NAME or scalelaw corpus prepare FILE", path,
                   why);
}

static bool short_of(Err *err, const char *path, i64 has, i64 wants)
{
    char why[128];
    snprintf(why, sizeof why, "%s: %lld bytes where %lld are expected",
             has < wants ? "the shard was cut short" : "the shard is too long",
             (long long)has, (long long)wants);
    return refuse(err, path, why);
}

static bool magic_right(const ShardHead *head, const char *path, Err *err)
{
    return !memcmp(head->magic, SHARD_MAGIC, sizeof head->magic)
        || err_set(err, ERR_FORMAT, "%s: not a token shard; if it is text, "
                   "scalelaw corpus prepare makes one of it", path);
}

static bool version_right(const ShardHead *head, const char *path, Err *err)
{
    if (head->version >= 1 && head->version <= SHARD_VERSION
        && head->head_bytes == SHARD_HEAD_BYTES)
        return true;
    char why[128];
    snprintf(why, sizeof why, "a shard of format %u, and this program reads "
             "formats 1 to %d", head->version, SHARD_VERSION);
    return refuse(err, path, why);
}

/* A header whose checksum is right was written by this program; this guards
 * against one that another hand wrote. */
static bool head_sane(const ShardHead *head)
{
    const i64 most = INT64_MAX / 4;
    return !head->name[sizeof head->name - 1]
        && !head->tokenizer[sizeof head->tokenizer - 1]
        && !head->sha256[HASH_HEX - 1]
        && !head->about[sizeof head->about - 1]
        && !head->licence[sizeof head->licence - 1]
        && !head->source[sizeof head->source - 1]
        && (head->token_bytes == 1 || head->token_bytes == 2)
        && head->vocab > 0 && head->vocab <= 1 << 8 * head->token_bytes
        && head->train_count > 0 && head->train_count < most
        && head->val_count >= 0 && head->val_count < most
        && !head->tokenizer_sha256[HASH_HEX - 1]
        && head->tokenizer_bytes >= 0 && head->tokenizer_bytes < most
        && 0 <= head->nyardstick && head->nyardstick <= SHARD_YARDSTICKS_MAX;
}

static bool head_right(const ShardHead *head, i64 has, const char *path,
                       Err *err)
{
    if (shard_head_crc(head) != head->head_crc)
        return refuse(err, path, "the header is damaged (its checksum does "
                                 "not fit)");
    if (!head_sane(head))
        return refuse(err, path, "the header contradicts itself");
    const i64 wants = SHARD_HEAD_BYTES + head->tokenizer_bytes
        + (head->train_count + head->val_count) * head->token_bytes;
    return has == wants || short_of(err, path, has, wants);
}

static bool tokens_below(const u8 *token, i64 count, i64 token_bytes, i64 vocab)
{
    if (vocab == 1 << 8 * token_bytes)
        return true;
    for (i64 i = 0, behind = 0; i < count; i++) {
        if (i % (1 << 20) == 0)
            pages_let_go(token, &behind, i * token_bytes);
        const i64 at = token_bytes == 1
            ? token[i] : token[2 * i] | token[2 * i + 1] << 8;
        if (at >= vocab)
            return false;
    }
    return true;
}

/* Piece by piece: a shard may be larger than memory. */
static u32 checksum(const u8 *bytes, i64 count)
{
    const i64 piece = (i64)1 << 20;
    u32       crc = 0;
    for (i64 at = 0, behind = 0; at < count; at += piece) {
        crc = (u32)crc32_z(crc, bytes + at, (size_t)i64_min(piece, count - at));
        pages_let_go(bytes, &behind, at);
    }
    return crc;
}

static bool tokens_right(const ShardHead *head, const u8 *token,
                         const char *path, Err *err)
{
    const i64 count = head->train_count + head->val_count;
    if (checksum(token, count * head->token_bytes) != head->token_crc)
        return refuse(err, path, "the tokens are damaged (their checksum does "
                                 "not fit)");
    if (!tokens_below(token, count, head->token_bytes, head->vocab))
        return refuse(err, path, "a token lies outside the vocabulary");
    if (hash_crc32(token + count * head->token_bytes, head->tokenizer_bytes)
        != head->tokenizer_crc)
        return refuse(err, path, "the tokenizer is damaged (its checksum does "
                                 "not fit)");
    return true;
}

static void fields_take(Shard *out, const ShardHead *head)
{
    memcpy(out->name, head->name, sizeof out->name);
    memcpy(out->tokenizer, head->tokenizer, sizeof out->tokenizer);
    memcpy(out->sha256, head->sha256, sizeof out->sha256);
    memcpy(out->tokenizer_sha256, head->tokenizer_sha256,
           sizeof out->tokenizer_sha256);
    out->tokenizer_bytes = head->tokenizer_bytes;
    memcpy(out->about, head->about, sizeof out->about);
    memcpy(out->licence, head->licence, sizeof out->licence);
    memcpy(out->source, head->source, sizeof out->source);
    memcpy(out->yardstick, head->yardstick, sizeof out->yardstick);
    for (int i = 0; i < SHARD_YARDSTICKS_MAX; i++)
        out->yardstick[i].name[sizeof out->yardstick[i].name - 1] = 0;
    out->source_bytes        = head->source_bytes;
    out->vocab               = head->vocab;
    out->train_count         = head->train_count;
    out->val_count           = head->val_count;
    out->val_bytes_per_token = head->val_bytes_per_token;
    out->unigram_nats        = head->unigram_nats;
    out->token_bytes         = (int)head->token_bytes;
    out->stamp               = head->stamp;
    out->holdout             = head->holdout;
    out->seed                = head->seed;
    out->block_bytes         = head->block_bytes;
    out->nyardstick          = (int)head->nyardstick;
    out->entropy_nats        = head->entropy_known ? head->entropy_nats : NAN;
    out->entropy_se          = head->entropy_known ? head->entropy_se : NAN;
    memcpy(out->entropy_after, head->entropy_after, sizeof out->entropy_after);
}

static bool map_read(Shard *out, const char *path, bool whole, Err *err)
{
    ShardHead head = { 0 };
    const i64 has = out->map.count;
    if (has == 0)
        return refuse(err, path, "an empty file");
    memcpy(&head, out->map.bytes, (size_t)i64_min(has, SHARD_HEAD_BYTES));
    const i64 version_end = offsetof(ShardHead, head_crc);
    if (!magic_right(&head, path, err)
        || (has >= version_end && !version_right(&head, path, err)))
        return false;
    if (has < SHARD_HEAD_BYTES)
        return short_of(err, path, has, SHARD_HEAD_BYTES);

    const u8 *token = out->map.bytes + SHARD_HEAD_BYTES;
    if (!head_right(&head, has, path, err)
        || (whole && !tokens_right(&head, token, path, err)))
        return false;
    pages_let_go_all(&out->map);
    fields_take(out, &head);
    out->token = whole ? token : NULL;
    if (whole && head.tokenizer_bytes)
        out->tokenizer_text = (const char *)out->map.bytes + has
                            - head.tokenizer_bytes;
    return true;
}

static bool shard_read(Shard *out, const char *path, bool whole, Err *err)
{
    *out = (Shard){ 0 };
    if (!file_map(&out->map, path, err))
        return false;
    if (map_read(out, path, whole, err))
        return true;
    shard_close(out);
    return false;
}

bool shard_open(Shard *out, const char *path, Err *err)
{
    return shard_read(out, path, true, err);
}

bool shard_peek(Shard *out, const char *path, Err *err)
{
    const bool done = shard_read(out, path, false, err);
    file_unmap(&out->map);
    return done;
}

void shard_close(Shard *shard)
{
    file_unmap(&shard->map);
    *shard = (Shard){ 0 };
}

void shard_identity(char out[HASH_HEX], const Shard *shard)
{
    char both[2 * HASH_HEX + 2];
    if (!shard->tokenizer_sha256[0]) {
        memcpy(out, shard->sha256, HASH_HEX);
        return;
    }
    const int size = snprintf(both, sizeof both, "%s %s", shard->sha256,
                              shard->tokenizer_sha256);
    hash_sha256(out, both, size);
}

double shard_floor(const Shard *shard, i64 context)
{
    const i64 told = i64_min(context, SHARD_CONTEXTS);
    double    sum = (double)(context - told) * shard->entropy_nats;
    if (!(shard->entropy_nats > 0) || context < 1)
        return NAN;
    for (i64 j = 0; j < told; j++)
        sum += shard->entropy_after[j];
    return sum / (double)context;
}

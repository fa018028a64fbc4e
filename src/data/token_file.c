/* token_file.c - one file of tokens, opened and checked (token_file.h). */

#include "data/token_file.h"

#include <string.h>

enum { HEAD_BYTES = 256 * 4 };

static bool refuse(Err *err, const char *path, const char *why)
{
    return err_set(err, ERR_FORMAT, "%s: %s; take a file that nanoGPT's "
                   "prepare.py or llm.c's dev/data wrote, and say which with "
                   "--format", path, why);
}

/* Which of llm.c's kinds, by magic and version: bytes a token, or 0. */
static int llmc_kind(const i32 head[3])
{
    return head[0] == 20240520 && head[1] == 1   ? 2
           : head[0] == 20240801 && head[1] == 7 ? 4
                                                 : 0;
}

static bool is_llmc(const FileMap *map)
{
    i32 magic = 0;
    if (map->count >= 4)
        memcpy(&magic, map->bytes, sizeof magic);
    return magic == 20240520 || magic == 20240801;
}

static bool llmc_read(TokenFile *out, Err *err)
{
    i32 head[3];
    if (out->map.count < HEAD_BYTES)
        return refuse(err, out->path, "shorter than the 1024 bytes that begin "
                                      "a file of llm.c");
    memcpy(head, out->map.bytes, sizeof head);
    out->token_bytes = llmc_kind(head);
    if (!out->token_bytes)
        return refuse(err, out->path, "magic and version are not 20240520 and "
                                      "1 nor 20240801 and 7, as in llm.c");
    out->token = out->map.bytes + HEAD_BYTES;
    out->count = head[2];
    const i64 wants = HEAD_BYTES + out->count * out->token_bytes;
    return out->map.count == wants
        || err_set(err, ERR_FORMAT, "%s: %lld bytes, where its %lld tokens "
                   "take %lld; fetch or write it again", out->path,
                   (long long)out->map.count, (long long)out->count,
                   (long long)wants);
}

static bool nanogpt_read(TokenFile *out, Err *err)
{
    out->token_bytes = 2;
    out->token = out->map.bytes;
    out->count = out->map.count / 2;
    return out->map.count % 2 == 0
        || refuse(err, out->path, "an odd number of bytes, where tokens have "
                                  "two each");
}

bool token_file_open(TokenFile *out, const char *path, const char *format,
                     Err *err)
{
    *out = (TokenFile){ .path = path };
    const bool any = !strcmp(format, "auto"), llmc = !strcmp(format, "llmc");
    if (!any && !llmc && strcmp(format, "nanogpt") != 0)
        return err_set(err, ERR_USAGE, "format: '%s' is not known; there are "
                       "nanogpt and llmc", format);
    if (!file_map(&out->map, path, err))
        return false;
    const bool good = llmc || (any && is_llmc(&out->map))
                      ? llmc_read(out, err) : nanogpt_read(out, err);
    if (good && out->count > 0)
        return true;
    token_file_close(out);
    return good ? refuse(err, path, "no tokens in it") : false;
}

void token_file_close(TokenFile *file)
{
    file_unmap(&file->map);
    *file = (TokenFile){ 0 };
}

i64 token_file_at(const TokenFile *file, i64 index)
{
    u32 token = 0;
    memcpy(&token, file->token + index * file->token_bytes,
           (size_t)file->token_bytes);
    return token;
}

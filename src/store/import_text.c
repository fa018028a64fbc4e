/* import_text.c - a file as text: mapped, so that what is read once is never
 * copied, or unpacked where it is gzip. */

#include "store/import_part.h"

#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

enum { STEP = 1 << 20 };
#define UNPACKED_MAX ((i64)8 << 30)

typedef struct Out { char *bytes; i64 size, room; } Out;

static bool room_make(Out *out)
{
    if (out->room - out->size >= STEP)
        return true;
    const i64 room = 2 * out->room + STEP;
    char     *now = room > UNPACKED_MAX ? NULL
                                        : realloc(out->bytes, (size_t)room);
    if (!now)
        return false;
    out->bytes = now;
    out->room = room;
    return true;
}

/* All members of a gzip file, one behind the other. */
static bool unpack(Out *out, const FileMap *map, const char *path, Err *err)
{
    z_stream z = { 0 };
    i64      at = 0;
    int      code = inflateInit2(&z, 15 + 16); /* gzip alone */
    while (code == Z_OK || (code == Z_STREAM_END && at < map->count)) {
        if (code == Z_STREAM_END)
            inflateReset(&z);
        if (!room_make(out)) {
            code = Z_MEM_ERROR;
            break;
        }
        const i64 take = i64_min(map->count - at, 1 << 30);
        z.next_in = map->bytes + at;
        z.avail_in = (uInt)take;
        z.next_out = (Bytef *)out->bytes + out->size;
        z.avail_out = (uInt)i64_min(out->room - out->size, 1 << 30);
        const i64 offered = z.avail_out;
        code = inflate(&z, Z_NO_FLUSH);
        at += take - z.avail_in;
        out->size += offered - z.avail_out;
    }
    inflateEnd(&z);
    if (code == Z_STREAM_END)
        return true;
    return err_set(err, ERR_FORMAT, "%s: %s", path,
                   code == Z_MEM_ERROR ? "too large once unpacked; unpack it, "
                                         "and give it in parts"
                   : code == Z_BUF_ERROR ? "a gzip file that ends too early"
                                         : "not a whole gzip file");
}

bool import_text_open(ImportText *out, const char *path, Err *err)
{
    *out = (ImportText){ .path = path };
    if (!file_map(&out->map, path, err))
        return false;
    out->text = (const char *)out->map.bytes;
    out->size = out->map.count;
    if (out->size < 2 || memcmp(out->text, "\x1f\x8b", 2) != 0)
        return true;

    Out unpacked = { 0 };
    if (!unpack(&unpacked, &out->map, path, err)) {
        free(unpacked.bytes);
        import_text_close(out);
        return false;
    }
    out->text = out->unpacked = unpacked.bytes;
    out->size = unpacked.size;
    return true;
}

void import_text_close(ImportText *text)
{
    free(text->unpacked);
    file_unmap(&text->map);
    *text = (ImportText){ 0 };
}

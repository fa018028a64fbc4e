/* pour.c - zlib's gz layer reads plain files and gzip alike (and dictzip, which
 * is gzip), members one after another, and checks each member's checksum. */

#include "data/pour.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CHUNK = 1 << 20 };

/* Carried from chunk to chunk. */
typedef struct Filter {
    const PourSteps *steps;
    bool             at_line, dropping, any;
    i64              at;   /* bytes of the file before this one  */
    int              low;  /* half a sample is kept; -1: none    */
} Filter;

bool pour_plain(const PourSteps *steps)
{
    return !steps->drop_headers && !steps->join_lines && !steps->upper
        && !steps->end_line && !steps->fasta_lines && !steps->drop_idx
        && !steps->wav_mulaw;
}

static bool kept(Filter *f, u8 byte)
{
    if (f->at_line)
        f->dropping = f->steps->drop_headers && byte == '>';
    f->at_line = byte == '\n';
    return !f->dropping && !(byte == '\n' && f->steps->join_lines);
}

/* The first bytes of a file are no text. In place; how many are left. */
static i64 behind_head(Filter *f, u8 *bytes, i64 count, i64 head)
{
    const i64 cut = i64_min(i64_max(head - f->at, 0), count);
    memmove(bytes, bytes + cut, (size_t)(count - cut));
    f->at += count;
    return count - cut;
}

/* Each header ends the line of the sequence before it. */
static i64 fasta(Filter *f, u8 *bytes, i64 count)
{
    i64 n = 0;
    for (i64 i = 0; i < count; i++) {
        const u8 byte = bytes[i];
        if (f->at_line && byte == '>') {
            f->dropping = true;
            if (f->any)
                bytes[n++] = '\n';
            f->any = true;
        }
        f->at_line = byte == '\n';
        if (!f->dropping && byte != '\n')
            bytes[n++] = byte;
        if (f->at_line)
            f->dropping = false;
    }
    return n;
}

u8 pour_mulaw(int sample)
{
    const int most = 32635, bias = 132, sign = sample < 0 ? 0x80 : 0;
    int       size = (sample < 0 ? -sample : sample), power = 7;
    size = (size < most ? size : most) + bias;
    while (power > 0 && !(size & (128 << power)))
        power--;
    return (u8)~(sign | power << 4 | (size >> (power + 3) & 15));
}

/* A sample may lie across two chunks. */
static i64 mulaw(Filter *f, u8 *bytes, i64 count)
{
    i64 n = 0;
    for (i64 i = 0; i < count; i++) {
        if (f->low < 0) {
            f->low = bytes[i];
            continue;
        }
        bytes[n++] = pour_mulaw((int16_t)(f->low | bytes[i] << 8));
        f->low = -1;
    }
    return n;
}

/* In place; how many bytes are left. */
static i64 filter(Filter *f, u8 *bytes, i64 count)
{
    enum { IDX_HEAD = 16, WAV_HEAD = 44 };
    if (f->steps->drop_idx)
        return behind_head(f, bytes, count, IDX_HEAD);
    if (f->steps->wav_mulaw)
        return mulaw(f, bytes, behind_head(f, bytes, count, WAV_HEAD));
    if (f->steps->fasta_lines)
        return fasta(f, bytes, count);
    i64 n = 0;
    for (i64 i = 0; i < count; i++) {
        const u8 byte = bytes[i];
        if (!kept(f, byte))
            continue;
        const bool small = f->steps->upper && byte >= 'a' && byte <= 'z';
        bytes[n++] = small ? (u8)(byte - 'a' + 'A') : byte;
    }
    return n;
}

static bool refused(Err *err, const char *path, gzFile file)
{
    int kind;
    gzerror(file, &kind);
    if (kind == Z_BUF_ERROR)
        return err_set(err, ERR_FORMAT, "%s: the gzip file was cut short; "
                       "fetch or write it again", path);
    if (kind == Z_DATA_ERROR)
        return err_set(err, ERR_FORMAT, "%s: the gzip file is damaged; fetch "
                       "or write it again", path);
    return err_set(err, ERR_IO, "%s: cannot be read: %s", path,
                   errno ? strerror(errno) : "input/output error");
}

static bool pour(gzFile file, u8 *chunk, Filter *f, const PourSink *sink,
                 const char *path, Err *err)
{
    for (;;) {
        errno = 0;
        const int n = gzread(file, chunk, CHUNK);
        int       kind = Z_OK;
        if (n <= 0)
            gzerror(file, &kind);
        if (n < 0 || kind < 0)
            return refused(err, path, file);
        if (n == 0)
            return true;
        const i64 left = filter(f, chunk, n);
        if (left > 0 && !sink->take(sink->self, chunk, left, err))
            return false;
    }
}

bool pour_file(const char *path, const PourSteps *steps, const PourSink *sink,
               Err *err)
{
    gzFile file = gzopen(path, "rbe");
    if (!file)
        return err_set(err, ERR_IO, "%s: cannot be read: %s", path,
                       strerror(errno));
    gzbuffer(file, 1 << 18);
    u8 *chunk = malloc(CHUNK);
    if (!chunk)
        abort(); /* a megabyte: nothing here can go on without */

    Filter f = { .steps = steps, .at_line = true, .low = -1 };
    bool   done = pour(file, chunk, &f, sink, path, err);
    if (done && steps->fasta_lines && f.any)
        done = sink->take(sink->self, (const u8 *)"\n", 1, err);
    free(chunk);
    gzclose(file);
    if (done && steps->end_line)
        done = sink->take(sink->self, (const u8 *)"\n", 1, err);
    return done;
}

i64 pour_peek(u8 *out, i64 room, const char *path)
{
    gzFile file = gzopen(path, "rbe");
    if (!file)
        return -1;
    const int n = gzread(file, out, (unsigned)room);
    gzclose(file);
    return n;
}

/* Tab, line feed, form feed, carriage return, backspace (man pages) and escape
 * (terminal colours) occur in text. */
static bool is_control(int byte)
{
    return (byte < 32 && !strchr("\t\n\f\r\b\033", byte)) || byte == 127;
}

bool pour_counts_binary(const i64 count[256])
{
    i64 all = 0, control = 0;
    for (int b = 0; b < 256; b++) {
        all += count[b];
        control += b == 0 || is_control(b) ? count[b] : 0;
    }
    return count[0] > 0 || control > all / 200;
}

bool pour_looks_binary(const u8 *bytes, i64 size)
{
    i64 count[256] = { 0 };
    for (i64 i = 0; i < size; i++)
        count[bytes[i]]++;
    return pour_counts_binary(count);
}

const char *pour_packed_by(const u8 *bytes, i64 count)
{
    static const struct { const char *magic; i64 size; const char *name; }
    known[] = {
        { "\xfd" "7zXZ",          5, "xz"    },
        { "\x28\xb5\x2f\xfd",     4, "zstd"  },
        { "BZh",                  3, "bzip2" },
        { "PK\x03\x04",           4, "zip"   },
    };
    for (int i = 0; i < COUNT_OF(known); i++)
        if (count >= known[i].size
            && !memcmp(bytes, known[i].magic, (size_t)known[i].size))
            return known[i].name;
    return NULL;
}

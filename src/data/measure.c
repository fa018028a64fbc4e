/* measure.c - see measure.h. */

#include "data/measure.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool measure_open(Measure *out, const char *copy, bool gzip, Err *err)
{
    *out = (Measure){ .file = -1, .copy = copy, .gzip = gzip };
    SHA256Init(&out->sha);
    if (gzip && deflateInit(&out->zip, 9) != Z_OK)
        abort(); /* 256 kB of memory: nothing here can go on without */
    if (!copy)
        return true;
    out->file = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (out->file >= 0)
        return true;
    err_set(err, ERR_IO, "%s: cannot be written: %s; give another folder with "
            "--data=DIR", copy, strerror(errno));
    measure_close(out);
    return false;
}

/* The compressed text is counted and forgotten. */
static void zip(z_stream *z, const u8 *bytes, i64 count, int flush)
{
    u8 sink[1 << 14];
    z->next_in = bytes;
    z->avail_in = (unsigned)count;
    int state;
    do {
        z->next_out = sink;
        z->avail_out = sizeof sink;
        state = deflate(z, flush);
    } while (z->avail_out == 0 && state != Z_STREAM_END);
}

static bool copy_write(Measure *m, const u8 *bytes, i64 count, Err *err)
{
    while (count > 0) {
        const ssize_t n = write(m->file, bytes, (size_t)count);
        if (n < 0 && errno != EINTR)
            return err_set(err, ERR_IO, "%s: cannot be written: %s; make room "
                           "there, or give another folder with --data=DIR",
                           m->copy, strerror(errno));
        bytes += i64_max(n, 0);
        count -= i64_max(n, 0);
    }
    return true;
}

bool measure_take(void *self, const u8 *bytes, i64 count, Err *err)
{
    Measure *m = self;
    SHA256Update(&m->sha, bytes, (size_t)count);
    for (i64 i = 0; i < count; i++)
        m->count[bytes[i]]++;
    if (m->gzip && m->bytes < MEASURE_GZIP_BYTES)
        zip(&m->zip, bytes, i64_min(count, MEASURE_GZIP_BYTES - m->bytes),
            Z_NO_FLUSH);
    m->bytes += count;
    talk_at(m->talk, &m->pass, m->bytes);
    return !m->copy || copy_write(m, bytes, count, err);
}

/* gzip's own header and trailer are 18 bytes, zlib's 6: of no account, and yet
 * counted as gzip would. */
static double bits_per_byte(const Measure *m)
{
    const i64 taken = i64_min(m->bytes, MEASURE_GZIP_BYTES);
    return taken ? 8 * (double)(m->zip.total_out + 12) / (double)taken : NAN;
}

void measure_close(Measure *m)
{
    SHA256End(&m->sha, m->sha256);
    m->gzip_bpb = NAN;
    if (m->gzip) {
        zip(&m->zip, NULL, 0, Z_FINISH);
        m->gzip_bpb = bits_per_byte(m);
        deflateEnd(&m->zip);
        m->gzip = false;
    }
    if (m->file >= 0)
        close(m->file);
    m->file = -1;
}

/* import_world.h - files of other people's programs, made by the tests: event
 * files record by record, and texts as typed. */

#ifndef IMPORT_WORLD_H
#define IMPORT_WORLD_H

#include "base/file.h"
#include "base/str.h"
#include "store/import.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORLD __attribute__((unused, noinline)) static

static Arena arena; /* of the running test */
static Str   notes; /* of the last import  */

/* A file in the folder of this test; its path. */
WORLD const char *world_bytes(const char *name, const void *bytes, i64 count)
{
    Err   err = { 0 };
    char *path = arena_print(&arena, "%s/%s", test_folder(), name);
    char *slash = strrchr(path, '/');
    *slash = 0;
    CHECK(dir_make(path, &err));
    *slash = '/';
    /* Not file_write, and nothing cut short: both wait for the disk. */
    remove(path);
    FILE *out = fopen(path, "w");
    CHECK(out && fwrite(bytes, 1, (size_t)count, out) == (size_t)count);
    fclose(out);
    return path;
}

WORLD const char *world_file(const char *name, const char *text)
{
    return world_bytes(name, text, (i64)strlen(text));
}

/* Reads it; the notes are kept, the error returned ("" if there was none). */
WORLD const char *world_import(Table *out, const char *path,
                               const ImportOptions *options,
                               const char *const *need, int nneed)
{
    static Err err;
    const ImportOptions none = { .format = NULL };
    err = (Err){ 0 };
    str_free(&notes);
    notes = (Str){ 0 };
    str_put(&notes, "");
    return import_table(out, &notes, &arena, path, options ? options : &none,
                        need, nneed, &err) ? "" : err.text;
}

WORLD void world_end(void)
{
    str_free(&notes);
    notes = (Str){ 0 };
    arena_free(&arena);
}

/* A cell of a column of numbers, NaN where there is none. */
WORLD double world_at(const Table *t, const char *name, i64 row)
{
    const double *column = table_column(t, name);
    return column && row < t->nrow ? column[row] : NAN;
}

WORLD const char *world_text(const Table *t, const char *name, i64 row)
{
    const char **column = table_text(t, name);
    return column && row < t->nrow ? column[row] : NULL;
}

/* ---- event files --------------------------------------------------------- */

/* CRC-32C bit by bit: slow, and nothing like the reader's. */
WORLD u32 crc_slow(const void *bytes, i64 count)
{
    u32 sum = ~0u;
    for (i64 i = 0; i < 8 * count; i++) {
        const u32 bit = (u32)(((const u8 *)bytes)[i / 8] >> (i % 8)) & 1;
        sum = (sum >> 1) ^ ((sum & 1) ^ bit ? 0x82f63b78u : 0);
    }
    sum = ~sum;
    return ((sum >> 15) | (sum << 17)) + 0xa282ead8u;
}

WORLD void put_little(Str *out, u64 value, int count)
{
    for (int i = 0; i < count; i++, value >>= 8) {
        const u8 byte = (u8)value;
        str_bytes(out, &byte, 1);
    }
}

WORLD void put_varint(Str *out, u64 value)
{
    for (; value >= 0x80; value >>= 7)
        put_little(out, (value & 0x7f) | 0x80, 1);
    put_little(out, value, 1);
}

WORLD void put_message(Str *out, int field, const Str *message)
{
    put_varint(out, (u64)field << 3 | 2);
    put_varint(out, (u64)message->size);
    str_bytes(out, message->text ? message->text : "", message->size);
}

WORLD void put_string(Str *out, int field, const char *text)
{
    Str s = { 0 };
    str_put(&s, text);
    put_message(out, field, &s);
    str_free(&s);
}

WORLD void put_float(Str *out, int field, float value)
{
    u32 bits;
    memcpy(&bits, &value, sizeof bits);
    put_varint(out, (u64)field << 3 | 5);
    put_little(out, bits, 4);
}

WORLD void put_double(Str *out, int field, double value)
{
    u64 bits;
    memcpy(&bits, &value, sizeof bits);
    put_varint(out, (u64)field << 3 | 1);
    put_little(out, bits, 8);
}

WORLD void put_record(Str *file, const Str *record)
{
    Str size = { 0 };
    put_little(&size, (u64)record->size, 8);
    str_bytes(file, size.text, 8);
    put_little(file, crc_slow(size.text, 8), 4);
    str_bytes(file, record->text, record->size);
    put_little(file, crc_slow(record->text, record->size), 4);
    str_free(&size);
}

/* An Event of one Value, whose own fields stand in `value`. */
WORLD void put_event(Str *file, i64 step, const Str *value)
{
    Str event = { 0 }, summary = { 0 };
    put_double(&event, 1, 1.7e9);
    put_varint(&event, 2 << 3);
    put_varint(&event, (u64)step);
    put_message(&summary, 1, value);
    put_message(&event, 5, &summary);
    put_record(file, &event);
    str_free(&event);
    str_free(&summary);
}

WORLD void put_scalar(Str *file, i64 step, const char *tag, double value)
{
    Str v = { 0 };
    put_string(&v, 1, tag);
    put_float(&v, 2, (float)value);
    put_event(file, step, &v);
    str_free(&v);
}

/* As TensorFlow 2 and JAX write scalars: a tensor, packed or as raw bytes. */
WORLD void put_tensor(Str *file, i64 step, const char *tag, double value,
                      bool raw)
{
    Str         v = { 0 }, tensor = { 0 }, one = { 0 };
    const float low = (float)value;
    put_string(&v, 1, tag);
    put_varint(&tensor, 1 << 3);
    put_varint(&tensor, raw ? 1 : 2); /* float, double */
    put_string(&tensor, 2, "");
    str_bytes(&one, raw ? (const void *)&low : (const void *)&value,
              raw ? 4 : 8);
    put_message(&tensor, raw ? 4 : 6, &one);
    put_message(&v, 8, &tensor);
    put_event(file, step, &v);
    str_free(&v);
    str_free(&tensor);
    str_free(&one);
}

WORLD void put_hparam(Str *file, const char *name, double value)
{
    Str number = { 0 }, entry = { 0 }, start = { 0 }, content = { 0 };
    Str plugin = { 0 }, metadata = { 0 }, v = { 0 };
    put_double(&number, 2, value);
    put_string(&entry, 1, name);
    put_message(&entry, 2, &number);
    put_message(&start, 1, &entry);
    put_message(&content, 3, &start);
    put_string(&plugin, 1, "hparams");
    put_message(&plugin, 2, &content);
    put_message(&metadata, 1, &plugin);
    put_string(&v, 1, "_hparams_/session_start_info");
    put_message(&v, 9, &metadata);
    put_event(file, 0, &v);
    Str *all[] = { &number, &entry, &start, &content, &plugin, &metadata, &v };
    for (int i = 0; i < COUNT_OF(all); i++)
        str_free(all[i]);
}

WORLD void put_version(Str *file)
{
    Str event = { 0 };
    put_double(&event, 1, 1.7e9);
    put_string(&event, 3, "brain.Event:2");
    put_record(file, &event);
    str_free(&event);
}

/* Two losses, tokens beside them, N as a hyper-parameter. */
WORLD void put_run(Str *file, double loss)
{
    put_version(file);
    put_hparam(file, "params", 1e6);
    for (int step = 100; step <= 300; step += 100) {
        put_scalar(file, step, "train/loss", loss + 1);
        put_scalar(file, step, "tokens", 1000 * step);
        if (step < 300)
            put_tensor(file, step, "eval/loss", loss + 1.0 / step, step > 100);
    }
}

#endif

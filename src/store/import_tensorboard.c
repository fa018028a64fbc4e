/* import_tensorboard.c - TensorBoard event files: scalars by step, and the
 * hyper-parameters that were written beside them.
 *
 * A file is a chain of records, each with checksums of its length and of its
 * bytes; a record is an Event of protocol buffers. Only what is needed of both
 * is read here:
 *
 *     record   u64 size, u32 sum of size, bytes[size], u32 sum of bytes
 *     Event    2: step   5: Summary
 *     Summary  1: Value *
 *     Value    1: tag   2: simple_value (float)   8: TensorProto   9: metadata
 *     Tensor   1: type   4: raw bytes   5: floats   6: doubles   7: ints
 *              10: longs
 *     metadata 1: { 1: plugin   2: content }, and for the plugin "hparams"
 *     content  3: { 1: { 1: name   2: { 2: number  3: text  4: flag } } * }
 *
 * SOURCE: tensorflow, core/lib/io/record_writer.h, core/util/event.proto,
 *         core/framework/{summary,tensor}.proto; tensorboard,
 *         plugins/hparams/{plugin_data,api}.proto; CRC-32C is RFC 3720, B.4. */

#include "store/import_part.h"
#include "store/import_sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- records -------------------------------------------------------------- */

typedef struct Bytes { const u8 *at, *end; } Bytes;

/* Half a byte at a time. */
static u32 crc32c(const u8 *at, i64 count)
{
    static const u32 table[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
        0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
        0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
        0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };
    u32 sum = ~0u;
    for (i64 i = 0; i < count; i++) {
        sum = (sum >> 4) ^ table[(sum ^ at[i]) & 15];
        sum = (sum >> 4) ^ table[(sum ^ (u32)(at[i] >> 4)) & 15];
    }
    return ~sum;
}

/* Sums are stored rotated, since sums of what holds sums are weak. */
static u32 masked_crc(const u8 *at, i64 count)
{
    const u32 sum = crc32c(at, count);
    return ((sum >> 15) | (sum << 17)) + 0xa282ead8u;
}

static u64 little(const u8 *at, int count)
{
    u64 value = 0;
    for (int i = 0; i < count; i++)
        value |= (u64)at[i] << (8 * i);
    return value;
}

enum { HEAD = 12, TAIL = 4 };

typedef enum Found { WHOLE, END, TORN, BROKEN } Found;

/* The next record. One that goes beyond the end was being written. */
static Found record_next(Bytes *out, Bytes *file)
{
    const i64 left = file->end - file->at;
    if (left == 0)
        return END;
    if (left < HEAD)
        return TORN;
    if (masked_crc(file->at, 8) != little(file->at + 8, 4))
        return BROKEN;
    const u64 size = little(file->at, 8);
    if (size > (u64)(left - HEAD) || (u64)(left - HEAD) - size < TAIL)
        return TORN;
    *out = (Bytes){ file->at + HEAD, file->at + HEAD + size };
    file->at = out->end + TAIL;
    return masked_crc(out->at, (i64)size) == little(out->end, 4) ? WHOLE
                                                                 : BROKEN;
}

/* ---- protocol buffers ------------------------------------------------------ */

typedef struct Field {
    u64   number;
    int   kind;  /* 0 varint, 1 eight bytes, 2 bytes, 5 four bytes */
    u64   value; /* of 0, 1, 5 */
    Bytes bytes; /* of 2       */
} Field;

static bool varint(u64 *out, Bytes *in)
{
    *out = 0;
    for (int shift = 0; shift < 64 && in->at < in->end; shift += 7) {
        const u8 byte = *in->at++;
        *out |= (u64)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

static bool fixed(Field *f, Bytes *in, int count)
{
    if (in->end - in->at < count)
        return false;
    f->value = little(in->at, count);
    in->at += count;
    return true;
}

/* False at the end, and for the rest of a message that is none. */
static bool field_next(Field *f, Bytes *in)
{
    u64 key, size;
    if (in->at == in->end || !varint(&key, in))
        return false;
    *f = (Field){ .number = key >> 3, .kind = (int)(key & 7) };
    switch (f->kind) {
    case 0: return varint(&f->value, in);
    case 1: return fixed(f, in, 8);
    case 5: return fixed(f, in, 4);
    case 2:
        if (!varint(&size, in) || size > (u64)(in->end - in->at))
            return false;
        f->bytes = (Bytes){ in->at, in->at + size };
        in->at += size;
        return true;
    default: return false; /* groups: long gone */
    }
}

static double as_float(u64 bits)
{
    const u32 low = (u32)bits;
    float     value;
    memcpy(&value, &low, sizeof value);
    return (double)value;
}

static double as_double(u64 bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* ---- values ---------------------------------------------------------------- */

/* Types of a tensor that a scalar may have. */
enum { FLOAT = 1, DOUBLE = 2, INT32 = 3, INT64 = 9 };

static double raw_value(Bytes b, u64 type)
{
    const i64 count = b.end - b.at;
    if (type == FLOAT && count == 4)
        return as_float(little(b.at, 4));
    if (type == DOUBLE && count == 8)
        return as_double(little(b.at, 8));
    if (type == INT32 && count == 4)
        return (double)(i32)little(b.at, 4);
    if (type == INT64 && count == 8)
        return (double)(i64)little(b.at, 8);
    return NAN;
}

/* A list of one number, packed or not. */
static double list_value(const Field *f)
{
    u64   bits = f->value;
    Bytes b = f->bytes;
    const bool packed = f->kind == 2;
    switch (f->number) {
    case 5: return !packed ? as_float(bits) : raw_value(b, FLOAT);
    case 6: return !packed ? as_double(bits) : raw_value(b, DOUBLE);
    default:
        if (packed && (!varint(&bits, &b) || b.at < b.end))
            return NAN;
        return (double)(i64)bits;
    }
}

/* A tensor with one number in it; false for others. */
static bool tensor_value(double *out, Bytes tensor)
{
    Field f;
    u64   type = 0;
    bool  found = false;
    while (field_next(&f, &tensor)) {
        if (f.number == 1 && f.kind == 0)
            type = f.value;
        else if (f.number == 4 && f.kind == 2) {
            *out = raw_value(f.bytes, type);
            found = f.bytes.end > f.bytes.at && f.bytes.end - f.bytes.at <= 8;
        } else if ((f.number >= 5 && f.number <= 7) || f.number == 10) {
            *out = list_value(&f);
            found = true;
        }
    }
    return found && (type == FLOAT || type == DOUBLE || type == INT32
                     || type == INT64);
}

static void put(Sheet *sheet, Bytes name, double value)
{
    const char *text = (const char *)name.at;
    const i64   size = name.end - name.at;
    if (size == 0 || memchr(text, 0, (size_t)size))
        return;
    if (isfinite(value))
        sheet_real(sheet, text, size, value);
    else
        sheet_text(sheet, text, size, isnan(value) ? "nan" : "inf", 3);
}

/* ---- hyper-parameters -------------------------------------------------------- */

static void hparam_put(Sheet *sheet, Bytes entry)
{
    Field f;
    Bytes name = { 0 }, value = { 0 };
    while (field_next(&f, &entry)) {
        if (f.kind == 2 && f.number == 1)
            name = f.bytes;
        if (f.kind == 2 && f.number == 2)
            value = f.bytes;
    }
    while (name.at && field_next(&f, &value)) {
        if (f.number == 2 && f.kind == 1)
            put(sheet, name, as_double(f.value));
        else if (f.number == 4 && f.kind == 0)
            put(sheet, name, f.value ? 1 : 0);
        else if (f.number == 3 && f.kind == 2 && name.end > name.at
                 && !memchr(name.at, 0, (size_t)(name.end - name.at)))
            sheet_text(sheet, (const char *)name.at, name.end - name.at,
                       (const char *)f.bytes.at, f.bytes.end - f.bytes.at);
    }
}

static void hparams_put(Sheet *sheet, Bytes content)
{
    Field data, entry;
    while (field_next(&data, &content))
        if (data.number == 3 && data.kind == 2)
            for (Bytes start = data.bytes; field_next(&entry, &start);)
                if (entry.number == 1 && entry.kind == 2)
                    hparam_put(sheet, entry.bytes);
}

static void metadata_put(Sheet *sheet, Bytes metadata)
{
    Field data, f;
    while (field_next(&data, &metadata)) {
        Bytes content = { 0 }, plugin = data.bytes;
        bool  hparams = false;
        if (data.number != 1 || data.kind != 2)
            continue;
        while (field_next(&f, &plugin)) {
            if (f.number == 1 && f.kind == 2)
                hparams = f.bytes.end - f.bytes.at == 7
                          && !memcmp(f.bytes.at, "hparams", 7);
            if (f.number == 2 && f.kind == 2)
                content = f.bytes;
        }
        if (hparams)
            hparams_put(sheet, content);
    }
}

/* ---- events ---------------------------------------------------------------- */

static void value_put(Sheet *sheet, Bytes value)
{
    Field  f;
    Bytes  tag = { 0 };
    double number = NAN;
    bool   found = false;
    while (field_next(&f, &value)) {
        if (f.number == 1 && f.kind == 2)
            tag = f.bytes;
        else if (f.number == 2 && f.kind == 5) {
            number = as_float(f.value);
            found = true;
        } else if (f.number == 8 && f.kind == 2) {
            found |= tensor_value(&number, f.bytes);
        } else if (f.number == 9 && f.kind == 2) {
            metadata_put(sheet, f.bytes);
        }
    }
    if (found && tag.at)
        put(sheet, tag, number);
}

static void event_put(Sheet *sheet, Bytes event)
{
    Field f, value;
    i64   step = 0;
    Bytes summary = { 0 };
    while (field_next(&f, &event)) {
        if (f.number == 2 && f.kind == 0)
            step = (i64)f.value;
        if (f.number == 5 && f.kind == 2)
            summary = f.bytes;
    }
    if (!summary.at)
        return;
    sheet_row(sheet, 0);
    sheet_real(sheet, "step", 4, (double)step);
    while (field_next(&value, &summary))
        if (value.number == 1 && value.kind == 2)
            value_put(sheet, value.bytes);
}

static bool records_read(Sheet *sheet, const ImportText *from,
                         ImportWork *work, Err *err)
{
    Bytes file = { (const u8 *)from->text, (const u8 *)from->text + from->size };
    Bytes record;
    for (i64 count = 1;; count++) {
        switch (record_next(&record, &file)) {
        case WHOLE: event_put(sheet, record); continue;
        case END: return true;
        case TORN:
            import_note(work, "%s: record %lld, the last, is torn, and left "
                        "out", from->path, (long long)count);
            return true;
        case BROKEN: break;
        }
        Err bad = { 0 };
        err_set(&bad, ERR_FORMAT, "%s: record %lld does not match its checksum; "
                "what is before it can be had with --skip-bad", from->path,
                (long long)count);
        if (!work->options->skip_bad) {
            *err = bad;
            return false;
        }
        str_add(&work->bad, "%s\n", bad.text);
        return true;
    }
}

bool import_tensorboard(ImportPart *out, const ImportText *from,
                        ImportWork *work, Err *err)
{
    Sheet *sheet = sheet_open(work->arena);
    out->log = true;
    out->format = "TensorBoard events";
    if (!records_read(sheet, from, work, err)) {
        sheet_free(sheet);
        return false;
    }
    if (sheet_rows(sheet) == 0) {
        sheet_free(sheet);
        return err_set(err, ERR_FORMAT, "%s: no scalar in this event file",
                       from->path);
    }
    return sheet_close(&out->table, sheet, from->path, err);
}

bool import_is_tensorboard(const ImportText *from)
{
    const u8 *at = (const u8 *)from->text;
    return from->size >= HEAD && masked_crc(at, 8) == little(at + 8, 4);
}

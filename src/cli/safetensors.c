/* safetensors.c - see safetensors.h. Numbers go out a row at a time; the file
 * has its name once it is whole. */

#include "cli/safetensors.h"

#include "base/file_new.h"
#include "base/jot.h"

#include <stdio.h>
#include <stdlib.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "numbers are written as they lie");

static i64 numbers(const SafeTensor *t)
{
    return i64_max(t->rows, 1) * t->cols;
}

static void header_print(Str *out, const SafeTensor *tensor, i64 count)
{
    Jot j = jot_open(out);
    i64 at = 0;
    jot_object(&j, NULL);
    jot_object(&j, "__metadata__");
    jot_text(&j, "format", "pt");
    jot_end(&j);
    for (i64 i = 0; i < count; i++) {
        const SafeTensor *t = &tensor[i];
        const i64         bytes = 4 * numbers(t);
        jot_object(&j, t->name);
        jot_text(&j, "dtype", "F32");
        jot_array(&j, "shape");
        if (t->rows)
            jot_count(&j, NULL, t->rows);
        jot_count(&j, NULL, t->cols);
        jot_end(&j);
        jot_array(&j, "data_offsets");
        jot_count(&j, NULL, at);
        jot_count(&j, NULL, at + bytes);
        jot_end(&j);
        jot_end(&j);
        at += bytes;
    }
    jot_end(&j);
    while (out->size % 8)
        str_put(out, " ");
}

static void tensor_put(FileNew *file, const SafeTensor *t, float *row)
{
    for (i64 r = 0; r < i64_max(t->rows, 1); r++) {
        for (i64 c = 0; c < t->cols; c++)
            row[c] = t->from ? (float)t->from[r * t->row_step
                                              + c * t->col_step] : 0;
        for (i64 c = 0; c < t->scaled; c++)
            row[c] *= (float)t->scale;
        file_new_put(file, row, t->cols * (i64)sizeof *row);
    }
}

static void all_put(FileNew *file, const SafeTensor *tensor, i64 count)
{
    Str header = { 0 };
    i64 widest = 1;
    header_print(&header, tensor, count);
    for (i64 i = 0; i < count; i++)
        widest = i64_max(widest, tensor[i].cols);
    float    *row = malloc((size_t)widest * sizeof *row);
    const u64 size = (u64)header.size;
    if (!row)
        abort(); /* as an arena does */
    file_new_put(file, &size, sizeof size);
    file_new_put(file, header.text, header.size);
    for (i64 i = 0; i < count; i++)
        tensor_put(file, &tensor[i], row);
    free(row);
    str_free(&header);
}

bool safetensors_write(const char *path, const SafeTensor *tensor, i64 count,
                       Err *err)
{
    FileNew file;
    if (!file_new_open(&file, path, err))
        return false;
    all_put(&file, tensor, count);
    return file_new_close(&file, err);
}

/* finds_file.c - what lies beside the records as small CSV files. A file that is
 * not there is no finding; one that cannot be read is an error that says where. */

#include "report/finds.h"

#include "base/file.h"


static bool columns(const Table *table, const char *path,
                    const char *const *name, int count, Err *err)
{
    for (int i = 0; i < count; i++)
        if (!table_column(table, name[i]))
            return err_set(err, ERR_FORMAT, "%s: no column '%s' of numbers",
                           path, name[i]);
    return true;
}

bool waterfall_read(Waterfall *out, Arena *arena, const char *study_dir,
                    Err *err)
{
    static const char *const name[] = { "exponent", "low", "high" };
    const char *path = arena_print(arena, "%s/waterfall.csv", study_dir);
    Table       table;
    *out = (Waterfall){ 0 };
    if (!file_exists(path))
        return true;
    if (!table_csv_read(&table, arena, path, err)
        || !columns(&table, path, name, COUNT_OF(name), err))
        return false;
    const char **step = table_text(&table, "step");
    if (!step)
        return err_set(err, ERR_FORMAT, "%s: no column 'step' of names", path);
    *out = (Waterfall){ .count = table.nrow, .step = step,
                        .value = table_column(&table, "exponent"),
                        .low   = table_column(&table, "low"),
                        .high  = table_column(&table, "high") };
    return true;
}

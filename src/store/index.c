/* index.c - the run records in one SQLite table.
 *
 * The table is built in memory from the folders and written as one file, so
 * that whoever asks finds the old index or the new one. */

#include "store/index.h"

#include "base/file.h"
#include "store/run_field.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <string.h>
#include <strings.h>

static bool refused(sqlite3 *db, const char *path, Err *err)
{
    return err_set(err, ERR_IO, "%s: %s", path,
                   db ? sqlite3_errmsg(db) : "no memory for SQLite");
}

static const char *sql_type(FieldKind kind)
{
    switch (kind) {
    case FIELD_REAL:  return "real";
    case FIELD_COUNT:
    case FIELD_SEED:
    case FIELD_FLAG:  return "integer";
    case FIELD_TEXT:
    case FIELD_REALS: break;
    }
    return "text";
}

/* Names are quoted: "group" is a word of SQL. */
static void create_text(Str *sql)
{
    str_put(sql, "create table runs (");
    for (int f = 0; f < run_nfield; f++)
        str_add(sql, "%s\"%s\" %s%s", f ? ", " : "", run_field[f].name,
                sql_type(run_field[f].kind),
                strcmp(run_field[f].name, "id") ? "" : " primary key");
    str_put(sql, ")");
}

static void insert_text(Str *sql)
{
    str_put(sql, "insert into runs values (");
    for (int f = 0; f < run_nfield; f++)
        str_put(sql, f ? ",?" : "?");
    str_put(sql, ")");
}

/* A column that is never bound is NULL. */
static int bind(sqlite3_stmt *insert, int column, Value v)
{
    if (v.none)
        return sqlite3_bind_null(insert, column);
    switch (v.kind) {
    case FIELD_TEXT:
        return sqlite3_bind_text(insert, column, v.text, -1, SQLITE_STATIC);
    case FIELD_REAL:
        return sqlite3_bind_double(insert, column, v.real);
    case FIELD_COUNT:
    case FIELD_SEED:
    case FIELD_FLAG:
        return sqlite3_bind_int64(insert, column, v.count);
    case FIELD_REALS:
        break; /* no run field is a list */
    }
    return SQLITE_OK;
}

static bool insert_run(sqlite3_stmt *insert, const Run *run)
{
    bool ok = true;
    for (int f = 0; f < run_nfield; f++)
        ok = ok && bind(insert, f + 1, run_value(run, &run_field[f]))
                       == SQLITE_OK;
    ok = ok && sqlite3_step(insert) == SQLITE_DONE;
    sqlite3_reset(insert);
    return ok;
}

static bool fill(sqlite3 *db, const RunList *runs)
{
    Str           sql    = { 0 };
    sqlite3_stmt *insert = NULL;

    create_text(&sql);
    bool ok = sqlite3_exec(db, sql.text, NULL, NULL, NULL) == SQLITE_OK
              && sqlite3_exec(db, "begin", NULL, NULL, NULL) == SQLITE_OK;
    sql.size = 0;
    insert_text(&sql);
    ok = ok && sqlite3_prepare_v2(db, sql.text, -1, &insert, NULL) == SQLITE_OK;
    for (i64 i = 0; ok && i < runs->count; i++)
        ok = insert_run(insert, &runs->run[i]);
    ok = ok && sqlite3_exec(db, "commit", NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_finalize(insert);
    str_free(&sql);
    return ok;
}

static bool write_out(sqlite3 *db, const char *path, Err *err)
{
    sqlite3_int64  size;
    unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
    if (!bytes)
        return err_set(err, ERR_IO, "%s: no memory to write it", path);
    const bool ok = file_write(path, bytes, size, err);
    sqlite3_free(bytes);
    return ok;
}

bool index_build(i64 *indexed, Str *broken, const char *db_path,
                 const char *runs_dir, Err *err)
{
    Arena    arena = { 0 };
    RunList  runs;
    sqlite3 *db = NULL;

    *indexed = 0;
    bool ok = run_list(&runs, broken, &arena, runs_dir, err);
    if (ok) {
        ok = sqlite3_open(":memory:", &db) == SQLITE_OK && fill(db, &runs)
            ? write_out(db, db_path, err)
            : refused(db, db_path, err);
        sqlite3_close(db);
    }
    if (ok)
        *indexed = runs.count;
    arena_free(&arena);
    return ok;
}

static bool begins(const char *text, const char *word)
{
    const size_t size = strlen(word);
    return strncasecmp(text, word, size) == 0
           && strspn(text + size, " \t\r\n") > 0;
}

/* A condition, or only an order: "order by flop limit 3" needs no `where`. */
static void select_text(Str *sql, const char *where)
{
    static const char select[] = "select id from runs ";

    if (where)
        where += strspn(where, " \t\r\n");
    if (!where || !*where)
        str_add(sql, "%sorder by id", select);
    else if (begins(where, "order") || begins(where, "limit"))
        str_add(sql, "%s%s", select, where);
    else
        str_add(sql, "%swhere %s", select, where);
}

static bool condition_refused(sqlite3 *db, const char *path, const char *where,
                              Err *err)
{
    const int code = sqlite3_errcode(db);
    if (code != SQLITE_ERROR)
        return err_set(err, ERR_IO, "%s: %s; build it anew with scalelaw runs "
                       "index", path, sqlite3_errmsg(db));
    return err_set(err, ERR_USAGE, "condition \"%s\": %s; columns are the "
                   "names that scalelaw runs show lists", where ? where : "",
                   sqlite3_errmsg(db));
}

static void push(char ***list, i64 *count, i64 *room, Arena *arena,
                 const char *text)
{
    if (*count == *room) {
        const i64 wider = *room ? 2 * *room : 64;
        char    **moved = NEW(arena, char *, wider);
        if (*count)
            memcpy(moved, *list, (size_t)*count * sizeof **list);
        *list = moved;
        *room = wider;
    }
    (*list)[(*count)++] = arena_text(arena, text);
}

static bool collect(char ***ids, i64 *count, Arena *arena, sqlite3 *db,
                    const char *path, const char *where, Err *err)
{
    Str           sql = { 0 };
    sqlite3_stmt *ask = NULL;
    const char   *rest;
    i64           room = 0;
    int           step = SQLITE_DONE;

    select_text(&sql, where);
    bool ok = sqlite3_prepare_v2(db, sql.text, -1, &ask, &rest) == SQLITE_OK;
    if (!ok)
        condition_refused(db, path, where, err);
    else if (rest[strspn(rest, " \t\r\n")])
        ok = err_set(err, ERR_USAGE, "condition \"%s\": is more than one "
                     "statement; give one condition", where);
    while (ok && (step = sqlite3_step(ask)) == SQLITE_ROW) {
        const unsigned char *id = sqlite3_column_text(ask, 0);
        push(ids, count, &room, arena, id ? (const char *)id : "");
    }
    if (ok && step != SQLITE_DONE)
        ok = condition_refused(db, path, where, err);
    sqlite3_finalize(ask);
    str_free(&sql);
    return ok;
}

bool index_ids(char ***ids, i64 *count, Arena *arena, const char *db_path,
               const char *where, Err *err)
{
    sqlite3 *db = NULL;

    *ids   = NULL;
    *count = 0;
    if (!file_exists(db_path))
        return err_set(err, ERR_IO, "%s: no such index; build it with scalelaw "
                       "runs index", db_path);
    const bool ok = sqlite3_open_v2(db_path, &db, SQLITE_OPEN_READONLY, NULL)
                            == SQLITE_OK
                        ? collect(ids, count, arena, db, db_path, where, err)
                        : refused(db, db_path, err);
    sqlite3_close(db);
    return ok;
}

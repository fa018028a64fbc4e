/* repeat.c - see repeat.h. An option table keeps the last of several, so the
 * words are put together before it sees them. */

#include "cli/repeat.h"

#include <string.h>

/* The value at argv[*i] if that is --NAME=VALUE or --NAME VALUE, NULL if not;
 * *i is moved to its last word. */
static const char *value_at(int *i, int argc, char **argv, const char *name)
{
    const size_t length = strlen(name);
    const char *word = argv[*i];
    if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, name, length) != 0)
        return NULL;
    if (word[2 + length] == '=')
        return word + 2 + length + 1;
    if (word[2 + length] || *i + 1 == argc
        || strncmp(argv[*i + 1], "--", 2) == 0)
        return NULL;
    return argv[++*i];
}

/* Which of the names stands at *i, -1 for none. */
static int find(const char **value, int *i, int argc, char **argv,
                const char *const *names, int count)
{
    for (int k = 0; k < count; k++) {
        *value = value_at(i, argc, argv, names[k]);
        if (*value)
            return k;
    }
    return -1;
}

bool repeat_join(char ***argv_out, int *argc_out, Arena *arena, int argc,
                 char **argv, const char *const *names, int count, Err *err)
{
    char **kept = NEW(arena, char *, argc + 1);
    int *place = NEW(arena, int, count), n = 0;
    bool ended = false;
    for (int i = 0; i < argc; i++) {
        const char *value = NULL;
        ended = ended || strcmp(argv[i], "--") == 0;
        const int k = ended ? -1
                            : find(&value, &i, argc, argv, names, count);
        if (k < 0)
            kept[n++] = argv[i];
        else if (!*value)
            return err_set(err, ERR_USAGE, "--%s: a value is expected",
                           names[k]);
        else if (place[k])
            kept[place[k]] = arena_print(arena, "%s,%s", kept[place[k]], value);
        else
            kept[place[k] = n++] = arena_print(arena, "--%s=%s", names[k],
                                               value);
    }
    *argv_out = kept;
    *argc_out = n;
    return true;
}

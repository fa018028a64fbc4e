/* laws_text.c - see laws_text.h. */

#include "cli/laws_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 79 };

/* How much of the text fits into `room`: up to the last blank before its end,
 * or up to the next one where a word alone is too long. */
static size_t line_of(const char *text, size_t room)
{
    const size_t size = strlen(text);
    if (size <= room)
        return size;
    size_t end = room;
    while (end > 0 && text[end] != ' ')
        end--;
    return end > 0 ? end : strcspn(text, " ");
}

void laws_fold(const char *head, int margin, const char *text)
{
    printf("%-*s", margin, head);
    for (bool first = true; *text; first = false) {
        const size_t n = line_of(text, (size_t)(COLUMNS - margin));
        printf("%*s%.*s\n", first ? 0 : margin, "", (int)n, text);
        text += n;
        text += strspn(text, " ");
    }
}

bool laws_out(Err *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    return err_set(err, ERR_IO, "standard output: cannot be written: %s",
                   strerror(errno));
}

const struct LawsTopic laws_topic[LAWS_TOPICS] = {
    { "loss",       "Loss by size, data and compute" },
    { "frontier",   "The best size, data and steps for a compute" },
    { "data",       "Finite, repeated, mixed and other data" },
    { "batch",      "Batch" },
    { "lr",         "Learning rate" },
    { "schedule",   "Curves under a learning-rate schedule" },
    { "domain",     "Other domains than language" },
    { "downstream", "From loss to what it is good for" },
    { "moe",        "Mixtures of experts" },
    { "precision",  "Bits and zeros" },
    { "parallel",   "Streams of one model" },
    { "vocabulary", "Vocabulary" },
    { "convention", "From one way of counting to another" },
    { "general",    "Any two columns" },
};

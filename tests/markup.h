/* markup.h - is this text well-formed XML (or HTML of the careful kind)?
 *
 * Every tag closed in order, every attribute named once and quoted, every & an
 * entity, no < in an attribute; and in a drawing no number that is none. Not a
 * parser of XML in general: of what a figure or a page of ours may hold. */

#ifndef MARKUP_H
#define MARKUP_H

#include "base/base.h"

#include <stdio.h>
#include <string.h>

typedef struct Markup {
    const char *at, *start;
    char        open[64][24];
    int         depth;
    char        why[200]; /* empty: well-formed */
} Markup;

static inline bool markup_wrong(Markup *m, const char *what)
{
    if (m->why[0] == 0)
        snprintf(m->why, sizeof m->why, "%s at byte %lld: %.60s", what,
                 (long long)(m->at - m->start), m->at);
    return false;
}

static inline bool markup_entity(Markup *m)
{
    static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;",
                                         "&#39;" };
    for (int i = 0; i < COUNT_OF(known); i++)
        if (strncmp(m->at, known[i], strlen(known[i])) == 0) {
            m->at += strlen(known[i]);
            return true;
        }
    return markup_wrong(m, "an & that is no entity");
}

static inline bool markup_name(Markup *m, char out[24])
{
    const size_t size = strspn(m->at, "abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:");
    if (size == 0 || size >= 24)
        return markup_wrong(m, "a name is expected");
    memcpy(out, m->at, size);
    out[size] = 0;
    m->at += size;
    return true;
}

/* Letters in the value of a coordinate that spell no number. */
static inline bool markup_number_bad(const char *from, const char *to)
{
    for (const char *c = from; c + 3 <= to; c++)
        if (strncasecmp(c, "nan", 3) == 0 || strncasecmp(c, "inf", 3) == 0)
            return true;
    return false;
}

static inline bool markup_attribute(Markup *m, const char *tag)
{
    static const char *const numeric[] = { "d", "x", "y", "cx", "cy", "r",
                                           "width", "height", "viewBox",
                                           "transform", "stroke-width" };
    char name[24];
    (void)tag;
    if (!markup_name(m, name))
        return false;
    if (strncmp(m->at, "=\"", 2) != 0)
        return markup_wrong(m, "an attribute without a quoted value");
    m->at += 2;
    const char *from = m->at;
    while (*m->at && *m->at != '"') {
        if (*m->at == '<')
            return markup_wrong(m, "a < in an attribute");
        if (*m->at != '&')
            m->at++;
        else if (!markup_entity(m))
            return false;
    }
    if (!*m->at)
        return markup_wrong(m, "an attribute that never ends");
    for (int i = 0; i < COUNT_OF(numeric); i++)
        if (strcmp(name, numeric[i]) == 0 && markup_number_bad(from, m->at))
            return markup_wrong(m, "a coordinate that is no number");
    m->at++;
    return true;
}

static inline bool markup_void(const char *tag)
{
    return strcmp(tag, "meta") == 0 || strcmp(tag, "br") == 0;
}

static inline bool markup_close(Markup *m)
{
    char tag[24];
    m->at += 2;
    if (!markup_name(m, tag))
        return false;
    if (m->depth == 0 || strcmp(m->open[m->depth - 1], tag) != 0)
        return markup_wrong(m, "a closing tag that nothing opened");
    m->depth--;
    return *m->at++ == '>' || markup_wrong(m, "a closing tag with more in it");
}

/* Style and script hold text of another language up to their end. */
static inline bool markup_skip(Markup *m, const char *tag)
{
    char end[32];
    snprintf(end, sizeof end, "</%s>", tag);
    const char *to = strstr(m->at, end);
    if (!to)
        return markup_wrong(m, "style or script that never ends");
    m->at = to;
    return true;
}

static inline bool markup_open(Markup *m)
{
    char tag[24];
    m->at++;
    if (!markup_name(m, tag))
        return false;
    while (*m->at == ' ' || *m->at == '\n') {
        m->at += strspn(m->at, " \n");
        if (*m->at != '/' && *m->at != '>' && !markup_attribute(m, tag))
            return false;
    }
    if (strncmp(m->at, "/>", 2) == 0) {
        m->at += 2;
        return true;
    }
    if (*m->at++ != '>')
        return markup_wrong(m, "a tag that does not end");
    if (markup_void(tag))
        return true;
    if (m->depth == COUNT_OF(m->open))
        return markup_wrong(m, "too deep");
    snprintf(m->open[m->depth++], 24, "%s", tag);
    if (strcmp(tag, "style") == 0 || strcmp(tag, "script") == 0)
        return markup_skip(m, tag);
    return true;
}

/* Empty if the text is well-formed, else what is wrong and where. */
static inline Markup markup_check(const char *text)
{
    Markup m = { .at = text, .start = text };
    while (*m.at && m.why[0] == 0) {
        if (strncmp(m.at, "<!doctype html>", 15) == 0)
            m.at += 15;
        else if (strncmp(m.at, "</", 2) == 0)
            markup_close(&m);
        else if (*m.at == '<')
            markup_open(&m);
        else if (*m.at == '&')
            markup_entity(&m);
        else
            m.at++;
    }
    if (m.why[0] == 0 && m.depth > 0)
        markup_wrong(&m, "a tag that was never closed");
    return m;
}

/* How often `part` stands in `text`. */
static inline i64 markup_count(const char *text, const char *part)
{
    i64 count = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        count++;
    return count;
}

#endif

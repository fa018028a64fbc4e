/* corpus_show.h - a corpus in words and as JSON. */

#ifndef CORPUS_SHOW_H
#define CORPUS_SHOW_H

#include "data/corpus.h"
#include "data/recipe.h"
#include "data/synth.h"

/* A prepared one, to stdout. */
void corpus_show(const Corpus *corpus, bool json);

/* One of the catalogue that is not prepared. */
void corpus_show_recipe(const Recipe *recipe, bool json);

/* The catalogue, and what else lies in the data folder. */
bool corpus_show_list(Arena *arena, const char *data_dir, bool json, Err *err)
    MUST_USE;

void corpus_show_synth(const Synth *synth, const char *path, i64 bytes,
                       bool json);

#endif

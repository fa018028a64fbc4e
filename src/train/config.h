/* config.h - the identity of a run's configuration. */

#ifndef CONFIG_H
#define CONFIG_H

#include "base/hash.h"
#include "train/checkpoint.h"
#include "train/train.h"

/* Hash of all that decides a bit of the result. */
void config_hash(char hex[HASH_HEX], const TrainConfig *config);

/* Hash of what decides the parameters until the cooldown begins: a branch and
 * its trunk have the same. */
void config_stem(char hex[HASH_HEX], const TrainConfig *config);

/* The model in words, all that decides what its parameters mean: runs that say
 * the same can start from each other. */
void config_model(char out[MODEL_WORDS], const TrainConfig *config);

/* "ID@STEP" -> STEP; 0 for "ID": its end. */
i64 config_start_step(const TrainConfig *config);

/* Does it train on a device, and not on this processor? */
bool config_far(const TrainConfig *config);

/* Sequences that an evaluation of so many tokens takes, rounded up. */
i64 config_eval_sequences(const TrainConfig *config, i64 tokens);

#endif

/* yardstick.h - what a general-purpose compressor makes of a corpus: something
 * to hold a model's loss against. Bits per byte of the text. */

#ifndef YARDSTICK_H
#define YARDSTICK_H

typedef struct Yardstick { const char *name; double bpb; } Yardstick;

#endif

/* test_train_parity_live.c - models and trainer in float, with the kernels
 * that run here, beside PyTorch in double.
 *
 * u = 6e-8: by the reckoning of test64_train_parity_live.c, but with errors of
 * either sign adding up as their root (20 x sqrt(72) u = 1e-5; sums are rarely
 * ten times their result). What AdamW makes of a small entry's direction is
 * off by as much more as the entry is small, and can be the whole step where
 * rounding is all there is: parameters are held to a part of ten steps of
 * 0.01 in 3, and losses to what such steps change. */

#define SEEN_NEAR  1e-5
#define GRAD_NEAR  3e-5
#define STEP_NEAR  1e-4
#define AFTER_NEAR 1e-2

#include "tests/parity_live.h"

TEST(in_float_every_option_and_optimizer_is_pytorchs)
{
    if (!live_all("auto"))
        SKIP("PyTorch is not here: apt-get install python3-torch");
}

/* test64_train_parity_live.c - models and trainer in double beside PyTorch in
 * double: only the order of sums differs.
 *
 * u = 1.1e-16; the longest sums have 61 to 72 terms and follow each other some
 * twenty times from tokens to scores and as often back: 20 x 72 u = 1.6e-13 of
 * what is summed, which may be ten times the result: 2e-12, and five times that
 * for gradients. Ten steps of AdamW divide a gradient by its own size, so
 * that where an entry is a thousandth of its tensor's largest (few are smaller
 * in all ten) its direction is off by 1000 x 1e-11 of a step of 0.01, and ten
 * of those over the largest parameter: 1e-9. Losses feel that times a
 * gradient of about 1. Muon's five steps multiply what a small singular value
 * is off by, by up to 3.4^5 = 480: within the same. */

#define SEEN_NEAR  2e-12
#define GRAD_NEAR  1e-11
#define STEP_NEAR  1e-9
#define AFTER_NEAR 1e-9

#include "tests/parity_live.h"

TEST(in_double_every_option_and_optimizer_is_pytorchs)
{
    if (!live_all("ref"))
        SKIP("PyTorch is not here: apt-get install python3-torch");
}

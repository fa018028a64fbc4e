/* test64_train_parity.c - model and trainer in double against PyTorch in
 * double: only the order of sums differs. */

#define LOSS_NEAR  1e-12
#define GRAD_NEAR  1e-11
#define TRAIN_NEAR 1e-10
#define PARAM_NEAR 1e-9

#include "tests/parity.h"

TEST(in_double_whole_model_and_ten_steps_are_pytorchs)
{
    CHECK(parity_all("ref", 1) > 1000);
}

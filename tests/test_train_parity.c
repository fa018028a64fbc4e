/* test_train_parity.c - model and trainer in float against PyTorch in double,
 * with every fp32 backend that runs here. */

#define LOSS_NEAR  1e-5
#define GRAD_NEAR  1e-5
#define TRAIN_NEAR 1e-5
#define PARAM_NEAR 5e-5

#include "tests/parity.h"

TEST(whole_model_and_ten_steps_are_pytorchs)
{
    for (int k = 0; k < kern_count(); k++)
        if (kern_at(k)->usable()
            && strcmp(kern_at(k)->dtype, "fp32") == 0)
            CHECK(parity_all(kern_at(k)->name, 1) > 1000);
}

TEST(two_threads_are_as_near)
{
    CHECK(parity_all("auto", 2) > 1000);
}

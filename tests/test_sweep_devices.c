/* test_sweep_devices.c - what a sweep is told to train on. */

#include "sweep/devices.h"

#include "tests/test.h"

#include <stdlib.h>

TEST(devices_are_named_in_a_list)
{
    Devices devices;
    Err     err = { 0 };
    char    word[32];
    CHECK(devices_parse(&devices, NULL, &err));
    CHECK(devices.cpu && devices.count == 0);
    CHECK(devices_parse(&devices, "cuda", &err));
    CHECK(!devices.cpu && devices.count == 1);
    CHECK(devices_parse(&devices, "cuda:1,cpu,cuda", &err));
    CHECK(devices.cpu && devices.count == 2);
    devices_word(word, &devices.name[0]);
    CHECK_TEXT(word, "cuda:1");
    devices_word(word, &devices.name[1]);
    CHECK_TEXT(word, "cuda");
    CHECK(err.kind == ERR_NONE);
}

TEST(what_is_no_device_or_named_twice_is_refused)
{
    static const char *const bad[] = { "", "gpu", "cuda,", ",cpu", "cuda:x",
                                       "cuda,cuda:0", "cpu,cpu", "cuda;cpu",
                                       "cuda:1,cuda:2,cuda:1" };
    for (int i = 0; i < COUNT_OF(bad); i++) {
        Devices devices;
        Err     err = { 0 };
        test_note("'%s'", bad[i]);
        CHECK(!devices_parse(&devices, bad[i], &err));
        CHECK(err.kind == ERR_USAGE);
        CHECK_HAS(err.text, "device");
    }
}

TEST(a_device_that_is_not_there_is_refused_with_a_remedy)
{
    Devices devices;
    Err     err = { 0 };
    setenv("SCALELAW_CUDA", "/nowhere/libscalelaw_cuda.so", 1);
    CHECK(devices_parse(&devices, "cpu,cuda", &err));
    CHECK(!devices_open(&devices, &err));
    CHECK_HAS(err.text, "device cuda: ");
    CHECK_HAS(err.text, "--device=cpu");
}

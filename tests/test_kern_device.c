/* test_kern_device.c - names of devices, passes of a batch, and what is said
 * where there is no backend. */

#include "kern/device.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool parses(DeviceName *out, const char *text)
{
    Err err = { 0 };
    return device_parse(out, text, &err);
}

TEST(a_device_has_a_kind_and_a_number)
{
    DeviceName name;
    CHECK(parses(&name, "cpu") && !*name.kind);
    CHECK(parses(&name, "cuda") && !strcmp(name.kind, "cuda") && !name.number);
    CHECK(parses(&name, "cuda:12") && name.number == 12);
}

TEST(what_is_no_device_is_refused_with_what_is_one)
{
    const char *wrong[] = { "", "gpu", "cud", "cuda:", "cuda:x", "cuda:-1",
                            "cuda1", "cuda:1x", "cuda:99999" };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        DeviceName name;
        Err        err = { 0 };
        test_note("'%s'", wrong[i]);
        CHECK(!device_parse(&name, wrong[i], &err));
        CHECK(err.kind == ERR_USAGE && strstr(err.text, "cuda:1"));
    }
}

TEST(a_batch_is_cut_by_shape_and_batch_alone)
{
    CHECK(device_micro_batch(10000, 256, 8) == 8);
    CHECK(device_micro_batch(10000, 256, 100) == DEVICE_PASS_TOKENS / 256);
    CHECK(device_micro_batch(124000000, 1024, 100)
          == DEVICE_PASS_TOKENS_LARGE / 1024);
    CHECK(device_micro_batch(10000, 1 << 20, 3) == 1);
}

/* -- Loading, each in a process of its own setting -------------------------- */

static const DeviceApi *load_from(const char *path, DeviceWhy *why)
{
    setenv("SCALELAW_CUDA", path, 1);
    const DeviceApi *api = device_load("cuda", why);
    unsetenv("SCALELAW_CUDA");
    return api;
}

TEST(where_there_is_no_backend_the_place_is_named)
{
    DeviceWhy why;
    CHECK(!load_from("/nowhere/libscalelaw_cuda.so", &why));
    CHECK(why.fault == DEVICE_ABSENT && strstr(why.text, "/nowhere/"));
    Err err = { 0 };
    CHECK(!device_refuse(&err, "cuda:0", &why));
    CHECK(strstr(err.text, "device cuda:0") && strstr(err.text, "doctor"));
}

TEST(a_file_that_is_no_backend_is_said_to_be_none)
{
    char      path[] = "/tmp/scalelaw-device-XXXXXX";
    const int file = mkstemp(path);
    DeviceWhy why;
    CHECK(file >= 0 && write(file, "no object", 9) == 9 && close(file) == 0);
    CHECK(!load_from(path, &why) && strstr(why.text, path));
    CHECK(remove(path) == 0);
    CHECK(!load_from("libm.so.6", &why) && strstr(why.text, DEVICE_SYMBOL));
}

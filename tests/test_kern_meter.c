/* test_kern_meter.c - joules of a device, and whose they were: on a counter that
 * says what the test writes down. */

#include "kern/meter.h"
#include "tests/fake_nvml.h"

#include <math.h>

/* A device that a counter belongs to. */
typedef struct World { char path[64]; Meter *meter; } World;

static void counter(const World *w, const char *millijoules)
{
    FILE *out = fopen(w->path, "w");
    CHECK(out && fputs(millijoules, out) >= 0 && fclose(out) == 0);
}

static World world(void)
{
    World w = { .path = "/tmp/scalelaw-energy-XXXXXX" };
    char  why[METER_WHY] = "";
    CHECK(close(mkstemp(w.path)) == 0);
    setenv("FAKE_NVML", w.path, 1);
    fake_nvml();
    counter(&w, "5000000");
    w.meter = meter_open(fake_bus, why);
    test_note("%s", why);
    CHECK(w.meter);
    return w;
}

static void world_end(World *w)
{
    meter_close(w->meter);
    CHECK(remove(w->path) == 0);
    unsetenv("FAKE_NVML");
    unsetenv("SCALELAW_NVML");
}

static void reads(const World *w, const char *millijoules)
{
    counter(w, millijoules);
    meter_read(w->meter);
}

TEST(what_a_device_took_is_shared_by_flop)
{
    World      w = world();
    MeterShare one, three, idle;
    meter_join(w.meter, &one);
    meter_join(w.meter, &three);
    meter_join(w.meter, &idle);
    meter_spend(&one, 1e12);
    meter_spend(&three, 1e12);
    meter_spend(&three, 2e12);
    reads(&w, "5004000");
    CHECK_NEAR(meter_joules(&one), 1, 1e-9);
    CHECK_NEAR(meter_joules(&three), 3, 1e-9);
    CHECK(meter_joules(&idle) == 0);
    meter_spend(&idle, 1); /* and each interval by its own */
    reads(&w, "5014000");
    CHECK_NEAR(meter_joules(&idle), 10, 1e-9);
    CHECK_NEAR(meter_joules(&one), 1, 1e-9);
    meter_leave(&one), meter_leave(&three), meter_leave(&idle);
    world_end(&w);
}

TEST(what_it_took_before_and_between_is_nobodys)
{
    World      w = world();
    MeterShare share;
    counter(&w, "5100000");
    meter_join(w.meter, &share);
    reads(&w, "5200000"); /* nothing was computed */
    meter_spend(&share, 1e9);
    reads(&w, "5207000");
    CHECK_NEAR(meter_joules(&share), 7, 1e-9);
    meter_leave(&share);
    world_end(&w);
}

TEST(a_counter_that_stands_still_brings_its_joules_later)
{
    World      w = world();
    MeterShare a, b;
    meter_join(w.meter, &a);
    meter_join(w.meter, &b);
    meter_spend(&a, 1e9);
    meter_read(w.meter);
    meter_spend(&b, 1e9);
    meter_read(w.meter);
    CHECK(meter_joules(&a) == 0);
    reads(&w, "5006000");
    CHECK_NEAR(meter_joules(&a), 3, 1e-9);
    CHECK_NEAR(meter_joules(&b), 3, 1e-9);
    meter_leave(&a), meter_leave(&b);
    world_end(&w);
}

TEST(a_sum_with_a_hole_in_it_is_none)
{
    static const char *const hole[] = { "no", "1000" }; /* or it goes back */
    for (int i = 0; i < COUNT_OF(hole); i++) {
        World      w = world();
        MeterShare early, late;
        meter_join(w.meter, &early);
        meter_spend(&early, 1e9);
        reads(&w, "5001000");
        reads(&w, hole[i]);
        counter(&w, "6000000");
        meter_join(w.meter, &late);
        meter_spend(&early, 1e9);
        meter_spend(&late, 1e9);
        reads(&w, "6002000");
        test_note("%s", hole[i]);
        CHECK(isnan(meter_joules(&early)));
        CHECK_NEAR(meter_joules(&late), 1, 1e-9);
        meter_leave(&early), meter_leave(&late);
        world_end(&w);
    }
}

TEST(a_device_has_one_meter)
{
    World  w = world();
    char   why[METER_WHY] = "";
    Meter *again = meter_open(fake_bus, why);
    CHECK(again == w.meter);
    meter_close(again);
    CHECK(!meter_open("0000:77:00.0", why));
    CHECK(strstr(why, "0000:77:00.0") && strstr(why, "Not Found"));
    world_end(&w);
}

TEST(that_there_is_no_counter_is_said)
{
    char       why[METER_WHY] = "";
    MeterShare share;
    setenv("SCALELAW_NVML", "/nowhere/libnvidia-ml.so.1", 1);
    CHECK(!meter_open(fake_bus, why) && strstr(why, "/nowhere/"));
    setenv("SCALELAW_NVML", "libm.so.6", 1);
    CHECK(!meter_open(fake_bus, why) && strstr(why, "nvmlInit_v2"));
    unsetenv("SCALELAW_NVML");
    meter_join(NULL, &share); /* and nothing comes of it */
    meter_spend(&share, 1e9);
    meter_read(NULL);
    CHECK(isnan(meter_joules(&share)));
    meter_leave(&share);
    meter_close(NULL);
}

/* cmd_doctor.c - `scalelaw doctor`: what this program finds on this machine,
 * and what is missing for what. It changes nothing and always succeeds: a thing
 * that is not there is an answer. */

#include "base/file.h"
#include "base/jot.h"
#include "base/know.h"
#include "base/opt.h"
#include "cli/cmd.h"
#include "cli/doctor.h"
#include "data/corpus.h"
#include "kern/kern.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

void doctor_add(Doctor *doctor, const char *name, bool found, double number,
                const char *text)
{
    if (doctor->count < LINES_MAX)
        doctor->line[doctor->count++] = (Line){ name, found, text, number };
}

/* --- the machine --------------------------------------------------------- */

/* The value of a line "KEY   : VALUE" of a file in /proc, "" without one. */
static const char *proc_value(Arena *arena, const char *path, const char *key)
{
    char        line[512];
    const char *value = "";
    FILE       *in = fopen(path, "r");
    if (!in)
        return value;
    while (!*value && fgets(line, sizeof line, in)) {
        if (strncmp(line, key, strlen(key)))
            continue;
        const char *colon = strchr(line, ':');
        line[strcspn(line, "\n")] = 0;
        if (colon)
            value = arena_text(arena, colon + 1 + strspn(colon + 1, " \t"));
    }
    fclose(in);
    return value;
}

/* Processors' worth of time that the control group grants; NaN: no limit. */
static double cores_granted(void)
{
    double      quota = NAN, period = NAN;
    FILE       *in = fopen("/sys/fs/cgroup/cpu.max", "r");
    const bool  read = in && fscanf(in, "%lf %lf", &quota, &period) == 2;
    if (in)
        fclose(in);
    return read && period > 0 ? quota / period : NAN;
}

static void see_cores(Doctor *doctor)
{
    cpu_set_t mine;
    int       cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (sched_getaffinity(0, sizeof mine, &mine) == 0)
        cores = CPU_COUNT(&mine);
    const char  *model = proc_value(&doctor->arena, "/proc/cpuinfo",
                                    "model name");
    const double granted = cores_granted();
    const char  *limit = "";
    if (granted < cores)
        limit = arena_print(&doctor->arena, "; a control group grants the time "
                            "of %.3g", granted);
    doctor_add(doctor, "cores", true, cores,
               arena_print(&doctor->arena, "%d%s%s%s%s", cores,
                           *model ? " (" : "", model, *model ? ")" : "",
                           limit));
}

static void see_features(Doctor *doctor)
{
    Str text = { 0 };
#ifdef __x86_64__
    __builtin_cpu_init();
#define SEE(feature)                       \
    if (__builtin_cpu_supports(feature))   \
        str_add(&text, "%s%s", text.size ? " " : "", feature);
    SEE("sse4.2") SEE("avx") SEE("fma") SEE("avx2") SEE("avx512f")
    SEE("avx512bw") SEE("avx512vl") SEE("avx512dq")
#undef SEE
#else
    str_put(&text, "not asked for on this architecture");
#endif
    doctor_add(doctor, "processor", true, NAN,
               arena_text(&doctor->arena, text.text ? text.text : "sse2"));
    str_free(&text);
}

static void see_kernels(Doctor *doctor, const char *name, const char *dtype)
{
    Str text = { 0 };
    for (int i = 0; i < kern_count(); i++)
        if (kern_at(i)->usable() && strcmp(kern_at(i)->dtype, dtype) == 0)
            str_add(&text, "%s%s%s", text.size ? ", " : "", kern_at(i)->name,
                    kern_at(i) == kern_best(dtype) ? " (chosen)" : "");
    doctor_add(doctor, name, true, NAN, arena_text(&doctor->arena, text.text));
    str_free(&text);
}

static void see_memory(Doctor *doctor)
{
    const char  *path = "/proc/meminfo";
    const double all = 1024 * strtod(proc_value(&doctor->arena, path,
                                                "MemTotal"), NULL);
    const double left = 1024 * strtod(proc_value(&doctor->arena, path,
                                                 "MemAvailable"), NULL);
    doctor_add(doctor, "memory", left > 0, left > 0 ? left : NAN,
               left > 0 ? arena_print(&doctor->arena, "%.1f GiB, of which %.1f "
                                      "GiB are free", all / 0x1p30,
                                      left / 0x1p30)
                        : "/proc/meminfo does not say");
}

static void see_disk(Doctor *doctor)
{
    struct statvfs disk;
    char           here[4096];
    if (!getcwd(here, sizeof here) || statvfs(".", &disk) != 0) {
        doctor_add(doctor, "disk", false, NAN, "this folder cannot be asked");
        return;
    }
    const double left = (double)disk.f_bavail * (double)disk.f_frsize;
    doctor_add(doctor, "disk", true, left,
               arena_print(&doctor->arena, "%.1f GiB free in %s", left / 0x1p30,
                           here));
}

/* --- tools and texts ----------------------------------------------------- */

/* Where PATH has a program of that name, or NULL. */
static const char *in_path(Arena *arena, const char *name)
{
    const char *path = getenv("PATH");
    while (path && *path) {
        const int   size = (int)strcspn(path, ":");
        const char *full = arena_print(arena, "%.*s/%s", size, path, name);
        if (size > 0 && access(full, X_OK) == 0)
            return full;
        path += size + (path[size] == ':');
    }
    return NULL;
}

static void see_tool(Doctor *doctor, const char *name, const char *good_for)
{
    const char *path = in_path(&doctor->arena, name);
    doctor_add(doctor, name, path != NULL, NAN,
               path ? path : arena_print(&doctor->arena, "not found; %s",
                                         good_for));
}

static void see_torch(Doctor *doctor)
{
    const char *path = "/usr/lib/python3/dist-packages/torch";
    const bool  found = file_is_dir(path);
    doctor_add(doctor, "python3-torch", found, NAN,
               found ? path : "not found; only needed to make the test "
                              "fixtures anew");
}

static void see_corpora(Doctor *doctor)
{
    const char **names;
    Arena       *arena = &doctor->arena;
    const int    n = know_names(&names, arena, "corpora", ".corpus");
    for (int i = 0; i < n; i++) {
        Err         err;
        Corpus      corpus = { 0 };
        const char *path = arena_print(arena, "%s/%s.shard", corpus_dir(NULL),
                                       names[i]);
        const char *name = arena_print(arena, "corpus %s", names[i]);
        if (!file_exists(path))
            doctor_add(doctor, name, false, NAN,
                       arena_print(arena, "not here yet; scalelaw corpus get "
                                   "%s", names[i]));
        else if (corpus_open(&corpus, arena, names[i], NULL, &err))
            doctor_add(doctor, name, true, NAN, path);
        else
            doctor_add(doctor, name, false, NAN, arena_text(arena, err.text));
        corpus_close(&corpus);
    }
}

/* --- saying it ----------------------------------------------------------- */

static void say(const Doctor *doctor)
{
    for (int i = 0; i < doctor->count; i++)
        printf("%-16s %s\n", doctor->line[i].name, doctor->line[i].text);
}

static void say_json(const Doctor *doctor)
{
    Str text = { 0 };
    Jot j = jot_open(&text);
    jot_array(&j, NULL);
    for (int i = 0; i < doctor->count; i++) {
        const Line *line = &doctor->line[i];
        jot_object(&j, NULL);
        jot_text(&j, "name", line->name);
        jot_flag(&j, "found", line->found);
        jot_real(&j, "number", line->number);
        jot_text(&j, "text", line->text);
        jot_end(&j);
    }
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

static void see_all(Doctor *doctor)
{
    see_cores(doctor);
    see_features(doctor);
    see_kernels(doctor, "kernels", "fp32");
    see_kernels(doctor, "kernels bf16", "bf16");
    see_memory(doctor);
    see_disk(doctor);
    doctor_devices(doctor);
    see_tool(doctor, "apt-get", "corpus get fetches Debian packages with it; "
             "corpus prepare FILE works without");
    see_tool(doctor, "dpkg-deb", "corpus get unpacks Debian packages with it; "
             "corpus prepare FILE works without");
    see_tool(doctor, "chromium", "any browser shows a report");
    see_torch(doctor);
    see_corpora(doctor);
}

bool cmd_doctor(int argc, char **argv, Err *err)
{
    bool      json = false, helped;
    Doctor    doctor = { 0 };
    const Opt opts[] = {
        { "json", NULL, "one line of JSON in place of the table",
          .flag = &json },
    };
    const OptTable table = {
        .command = "scalelaw doctor",
        .about   = "Say what this program finds on this machine.",
        .opt = opts, .nopt = COUNT_OF(opts), .arena = &doctor.arena,
    };
    const bool done = opt_flags(&table, argc, argv, &helped, err);
    if (done && !helped) {
        see_all(&doctor);
        if (json)
            say_json(&doctor);
        else
            say(&doctor);
    }
    arena_free(&doctor.arena);
    return done;
}

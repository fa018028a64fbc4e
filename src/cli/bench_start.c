/* bench_start.c - how long a run takes to start: this program, run again and
 * again from outside, for a run of one step that is evaluated and written down.
 * That is more than its start, and all that a run takes besides its steps. */

#include "cli/bench.h"

#include "base/clock.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STARTS = 30 };

static int smaller(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool text_write(const char *path)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return false;
    for (int i = 0; i < 40000; i++)
        fprintf(out, "%d green bottles hang on the wall;\n", i);
    return fclose(out) == 0;
}

/* In the child. Each run has a seed of its own, or it would be found
 * finished. */
static void become(const char *dir, int seed)
{
    char corpus[200], data[200], out[200], number[40];
    snprintf(corpus, sizeof corpus, "--corpus=%s/text", dir);
    snprintf(data, sizeof data, "--data=%s/data", dir);
    snprintf(out, sizeof out, "--out=%s/out", dir);
    snprintf(number, sizeof number, "--seed=%d", seed);
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 1);
    dup2(nowhere, 2);
    execl("/proc/self/exe", "scalelaw", "train", corpus, data, out, number,
          "--shape=2x16", "--context=256", "--batch=16", "--steps=1",
          "--threads=1", "--eval_points=0", "--eval_tokens=1024",
          (char *)NULL);
    _exit(127);
}

/* Seconds; NaN if it failed. */
static double start_once(const char *dir, int seed)
{
    int          status = -1;
    const double start = clock_s();
    const pid_t  pid = fork();
    if (pid == 0)
        become(dir, seed);
    if (pid > 0)
        waitpid(pid, &status, 0);
    return status == 0 ? clock_s() - start : NAN;
}

void bench_remove(const char *dir)
{
    const pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", dir, (char *)NULL);
        _exit(127);
    }
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

bool bench_start(Timing *out, Err *err)
{
    char   dir[] = "/tmp/scalelaw-bench-XXXXXX", text[200];
    double took[STARTS];
    if (!mkdtemp(dir))
        return err_set(err, ERR_IO, "%s: cannot be made; it holds the runs "
                       "whose start is timed", dir);
    snprintf(text, sizeof text, "%s/text", dir);
    fflush(stdout);
    bool ok = text_write(text) && start_once(dir, 1000) > 0; /* the shard */
    for (int i = 0; i < STARTS && ok; i++) {
        took[i] = start_once(dir, i);
        ok      = took[i] > 0;
    }
    bench_remove(dir);
    if (!ok)
        return err_set(err, ERR_IO, "the start of a run: `scalelaw train` "
                       "failed where it was timed; try it by hand");
    qsort(took, STARTS, sizeof *took, smaller);
    *out = (Timing){ .taken = STARTS, .s_min = took[0],
                     .s_median = took[STARTS / 2] };
    return true;
}

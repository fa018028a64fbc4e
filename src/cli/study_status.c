/* study_status.c - see study_status.h. Plan, records and claims are read, and
 * nothing is written, so it may be asked at any time and from any machine. */

#include "cli/study_status.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/jot.h"
#include "base/opt.h"
#include "cli/cores.h"
#include "cli/runs_place.h"
#include "cli/study_arms.h"
#include "report/finds_purpose.h"
#include "store/claim.h"
#include "store/study.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Status {
    Arena       arena;
    const char *given;
    bool        json;
    RunsPlace   place;
    StudyInfo   info;
    StudyPlan   plan;
    RunList     runs;
    Str         broken, lost; /* a line each                            */
    ClaimList   claims;
    Purposes    purposes;
    TextList    unplanned;    /* arms without a run in the plan          */
    double      speed;        /* FLOP/s of a core; NaN: none has ended  */
    int         cores;        /* that it goes on with, or would         */
} Status;

/* -- Read ------------------------------------------------------------------ */

static bool read_opts(Status *s, int argc, char **argv, bool *helped, Err *err)
{
    TextList  rest  = { 0 };
    const Opt row[] = {
        { "json", NULL, "one JSON document", .flag = &s->json },
    };
    const OptTable table = {
        .command  = "scalelaw study status",
        .about    = "How far a study has come, what it spent, and who works "
                    "on it.",
        .opt      = row, .nopt = COUNT_OF(row),
        .operands = "[DIR|NAME]", .rest = &rest, .arena = &s->arena,
    };
    if (!opt_flags(&table, argc, argv, helped, err))
        return false;
    if (rest.count > 1)
        return err_set(err, ERR_USAGE, "%s: one study is enough; leave out all "
                       "but one", rest.item[1]);
    s->given = rest.count ? rest.item[0] : NULL;
    return true;
}

static bool is_planned(const StudyPlan *plan, const char *group)
{
    for (i64 i = 0; i < plan->count; i++)
        if (strcmp(plan->row[i].group, group) == 0)
            return true;
    return false;
}

/* Arms of the study as it was last begun. A study without a plan, or whose
 * configuration is not to be read, names none. */
static void unplanned_find(Status *s)
{
    Conf conf;
    Err  why = { 0 };
    s->unplanned = (TextList){ 0 };
    if (s->plan.count == 0 || !s->info.config
        || !conf_parse(&conf, &s->arena, s->info.config, "study.json", &why))
        return;
    const char **name = NEW(&s->arena, const char *, conf.sections.count + 1);
    s->unplanned.item = name;
    for (i64 i = 0; i < conf.sections.count; i++) {
        const char *section = conf.sections.item[i];
        const char *arm     = section + sizeof STUDY_ARM - 1;
        if (study_arms_is(section) && !is_planned(&s->plan, arm))
            name[s->unplanned.count++] = arm;
    }
}

static bool load(Status *s, Err *err)
{
    const char *dir;
    if (!runs_place_find(&s->place, &s->arena, s->given, err))
        return false;
    dir = s->place.dir;
    if (!study_read(&s->info, &s->arena, dir, err)
        || !study_plan_read(&s->plan, &s->arena, dir, err)
        || !claim_list(&s->claims, &s->arena, dir, err))
        return false;
    if (file_is_dir(s->place.runs)
        && !run_list(&s->runs, &s->broken, &s->arena, s->place.runs, err))
        return false;
    purposes_find(&s->purposes, &s->lost, &s->arena, &s->runs, &s->plan,
                  s->place.runs);
    unplanned_find(s);
    s->speed = purpose_speed(&s->runs);
    s->cores = s->claims.count > 0 ? (int)s->claims.count : cores_or(0);
    return true;
}

/* -- What follows ---------------------------------------------------------- */

static const Run *run_of(const Status *s, const char *id)
{
    for (i64 i = 0; i < s->runs.count; i++)
        if (strcmp(s->runs.run[i].id, id) == 0)
            return &s->runs.run[i];
    return NULL;
}

static bool in_group(const Status *s, const char *id, const char *group)
{
    const StudyPlanRow *row = study_plan_find(&s->plan, id);
    const Run          *run = run_of(s, id);
    if (row || s->plan.count > 0)
        return row && strcmp(row->group, group) == 0;
    return run && run->group && strcmp(run->group, group) == 0;
}

/* Claimed now. */
static i64 running(const Status *s, const char *group)
{
    i64 count = 0;
    for (i64 i = 0; i < s->claims.count; i++)
        count += in_group(s, s->claims.claim[i].id, group);
    return count;
}

/* Neither ended nor claimed: not begun, or cut off. */
static i64 waiting(const Status *s, const Purpose *p)
{
    const i64 left = p->planned - p->done - p->failed - running(s, p->group);
    return i64_max(0, left);
}

static double left_s(const Status *s)
{
    return s->purposes.all.flop_left / (s->speed * s->cores);
}

static i64 unasked(const Status *s)
{
    const Purpose *p = &s->purposes.unasked;
    return p->done + p->failed + p->begun;
}

/* -- For people ------------------------------------------------------------ */

static void row_print(const Purpose *p, i64 run, i64 wait)
{
    printf("%-20.20s %5lld %5lld %6lld %7lld %7lld %8.2e %8.2e %8.2e\n",
           p->group, (long long)p->planned, (long long)p->done,
           (long long)p->failed, (long long)run, (long long)wait,
           p->flop_planned, p->flop_spent, p->flop_left);
}

static void rows_print(const Status *s)
{
    i64 run = 0, wait = 0;
    printf("%-20s %5s %5s %6s %7s %7s %8s %8s %8s\n", "purpose", "runs",
           "done", "failed", "running", "waiting", "planned", "spent", "left");
    for (i64 i = 0; i < s->purposes.count; i++) {
        const Purpose *p = &s->purposes.item[i];
        row_print(p, running(s, p->group), waiting(s, p));
        run  += running(s, p->group);
        wait += waiting(s, p);
    }
    if (unasked(s) > 0)
        row_print(&s->purposes.unasked, 0, 0);
    row_print(&s->purposes.all, run, wait);
}

static void unasked_print(const Status *s)
{
    enum { MOST = 10 };
    i64 said = 0;
    if (unasked(s) == 0)
        return;
    printf("no longer asked for, and counted nowhere but in what was spent:\n");
    for (i64 i = 0; i < s->runs.count && said < MOST; i++)
        if (!study_plan_find(&s->plan, s->runs.run[i].id)) {
            printf("  %s\n", s->runs.run[i].id);
            said++;
        }
    if (unasked(s) > said)
        printf("  and %lld more\n", (long long)(unasked(s) - said));
}

static void who_print(const Status *s)
{
    for (i64 i = 0; i < s->claims.count; i++)
        printf("process %lld on %s trains %s\n",
               (long long)s->claims.claim[i].pid, s->claims.claim[i].host,
               s->claims.claim[i].id);
    if (s->claims.count == 0)
        printf("no process trains a run of it\n");
}

static void time_print(const Status *s)
{
    char words[24];
    if (s->purposes.all.flop_left <= 0) {
        printf(s->unplanned.count ? "of what is planned, nothing is left to "
                                    "train\n"
                                  : "nothing is left to train\n");
    } else if (isnan(s->speed)) {
        printf("time left not known yet: no run has ended\n");
    } else {
        clock_words(words, left_s(s));
        printf("about %s left at %.3g GFLOP/s a core, %s %d core%s\n", words,
               s->speed / 1e9, s->claims.count > 0 ? "as now on"
                                                    : "if begun on",
               s->cores, s->cores == 1 ? "" : "s");
    }
}

static void unplanned_print(const Status *s)
{
    if (s->unplanned.count == 0)
        return;
    printf("not in the plan yet, for they wait for others (or ask for the same "
           "runs):");
    for (i64 i = 0; i < s->unplanned.count; i++)
        printf("%s %s", i ? "," : "", s->unplanned.item[i]);
    printf("\n");
}

static void print(const Status *s)
{
    printf("%s: %s\n", s->place.dir, s->info.title ? s->info.title
                                                   : s->info.name);
    if (s->plan.count == 0)
        printf("it has no plan.csv: planned is what has begun\n");
    rows_print(s);
    unplanned_print(s);
    time_print(s);
    who_print(s);
    unasked_print(s);
}

/* -- For programs ---------------------------------------------------------- */

static void purpose_jot(Jot *j, const char *key, const Purpose *p, i64 run,
                        i64 wait)
{
    jot_object(j, key);
    jot_text(j, "purpose", p->group);
    jot_count(j, "planned", p->planned);
    jot_count(j, "done", p->done);
    jot_count(j, "failed", p->failed);
    jot_count(j, "running", run);
    jot_count(j, "waiting", wait);
    jot_real(j, "flop_planned", p->flop_planned);
    jot_real(j, "flop_spent", p->flop_spent);
    jot_real(j, "flop_left", p->flop_left);
    jot_real(j, "wall_s", p->wall_s);
    jot_end(j);
}

static void purposes_jot(Jot *j, const Status *s)
{
    i64 run = 0, wait = 0;
    jot_array(j, "purposes");
    for (i64 i = 0; i < s->purposes.count; i++) {
        const Purpose *p = &s->purposes.item[i];
        purpose_jot(j, NULL, p, running(s, p->group), waiting(s, p));
        run  += running(s, p->group);
        wait += waiting(s, p);
    }
    jot_end(j);
    purpose_jot(j, "all", &s->purposes.all, run, wait);
}

static void unasked_jot(Jot *j, const Status *s)
{
    jot_array(j, "no_longer_asked_for");
    for (i64 i = 0; s->plan.count > 0 && i < s->runs.count; i++)
        if (!study_plan_find(&s->plan, s->runs.run[i].id))
            jot_text(j, NULL, s->runs.run[i].id);
    jot_end(j);
    jot_real(j, "flop_no_longer_asked_for", s->purposes.unasked.flop_spent);
}

static void json_print(const Status *s)
{
    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "study", s->info.name);
    jot_text(&j, "dir", s->place.dir);
    jot_flag(&j, "planned_known", s->plan.count > 0);
    purposes_jot(&j, s);
    jot_real(&j, "flop_per_s_of_a_core", s->speed);
    jot_count(&j, "cores", s->cores);
    jot_real(&j, "left_s", left_s(s));
    jot_array(&j, "workers");
    for (i64 i = 0; i < s->claims.count; i++) {
        jot_object(&j, NULL);
        jot_text(&j, "run", s->claims.claim[i].id);
        jot_text(&j, "host", s->claims.claim[i].host);
        jot_count(&j, "process", s->claims.claim[i].pid);
        jot_end(&j);
    }
    jot_end(&j);
    unasked_jot(&j, s);
    jot_array(&j, "not_planned_yet");
    for (i64 i = 0; i < s->unplanned.count; i++)
        jot_text(&j, NULL, s->unplanned.item[i]);
    jot_end(&j);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

/* -- All of it ------------------------------------------------------------- */

bool study_status(int argc, char **argv, Err *err)
{
    Status s = { 0 };
    bool   helped = false;
    bool   ok = read_opts(&s, argc, argv, &helped, err);
    if (ok && !helped) {
        ok = load(&s, err);
        if (ok && s.json)
            json_print(&s);
        else if (ok)
            print(&s);
        runs_say_broken(&s.lost);
        if (ok)
            ok = runs_all_whole(runs_say_broken(&s.broken), err);
    }
    str_free(&s.broken);
    str_free(&s.lost);
    arena_free(&s.arena);
    return ok;
}

/* study_arms.c - see study_arms.h. The table of an arm's keys is the study's own
 * over a copy of its settings, by last names, with a few rows before it. */

#include "cli/study_arms.h"

#include <string.h>

enum { ARM_OPTS_MAX = STUDY_OPTS_MAX + 16, ARM_NAME_MAX = 20 };

Conf study_arms_without(Arena *arena, const Conf *conf)
{
    ConfEntry   *entry   = NEW(arena, ConfEntry, conf->count + 1);
    const char **section = NEW(arena, const char *, conf->sections.count + 1);
    Conf out = { .path = conf->path, .entry = entry };
    for (i64 i = 0; i < conf->count; i++)
        if (!study_arms_is(conf->entry[i].section))
            entry[out.count++] = conf->entry[i];
    out.sections.item = section;
    for (i64 i = 0; i < conf->sections.count; i++)
        if (!study_arms_is(conf->sections.item[i]))
            section[out.sections.count++] = conf->sections.item[i];
    return out;
}

/* -- The table -------------------------------------------------------------- */

static int own_rows(Opt *row, StudyArm *arm)
{
    ArmRule  *rule = &arm->rule;
    const Opt rows[] = {
        { "design", "NAME", "isoflop, product, trunk or fork [isoflop]",
          .text = &arm->design },
        { "after", "LIST", "begins when these arms are done",
          .texts = &arm->after_names },
        { "rate_from", "ARM", "peak rate by the law of that arm's best rates",
          .text = &arm->rate_from },
        { "centre_from", "ARM", "centre from that arm's IsoFLOP minima",
          .text = &arm->centre_from },
        { "start_from", "ARM", "runs begin from that arm's, of like shape and "
          "seed", .text = &arm->start_from },
        { "corpus", "NAME", "another than the study's", .text = &arm->corpus },
        { "tokens", "LIST", "D of the runs", .reals = &rule->tokens },
        { "tokens_per_n", "LIST", "or so many times N",
          .reals = &rule->tokens_per_n },
        { "lr_times", "LIST", "of the rule's rate", .reals = &rule->lr_times },
        { "batch_times", "LIST", "of the rule's batch",
          .reals = &rule->batch_times },
        { "unique", "LIST", "different tokens of the text; 0: all",
          .reals = &rule->unique },
        { "at", "LIST", "fork: moments of its runs, as shares",
          .reals = &rule->at },
        { "extend", "N", "so many times one size (rate) beyond an edge",
          .count = &rule->extend },
        { "retry", "X", "failed runs once more at so many times the rate",
          .real = &rule->retry },
    };
    memcpy(row, rows, sizeof rows);
    return COUNT_OF(rows);
}

static bool shared_with_arms(const char *name)
{
    return !strncmp(name, "grid.", 5) || !strncmp(name, "model.", 6)
        || !strncmp(name, "train.", 6);
}

static int table_fill(Opt *row, StudyArm *arm, StudyOpts *opts)
{
    Opt       all[STUDY_OPTS_MAX];
    const int count = study_opts_table(all, opts);
    int       rows  = own_rows(row, arm);
    for (int i = 0; i < count; i++) {
        if (!shared_with_arms(all[i].name) || all[i].real == &opts->scale)
            continue;
        row[rows] = all[i];
        row[rows++].name = strrchr(all[i].name, '.') + 1;
    }
    return rows;
}

void study_arms_help(Arena *arena, FILE *out)
{
    StudyArm  arm = { 0 };
    Opt       row[ARM_OPTS_MAX];
    OptTable  table = { .opt = row, .nopt = own_rows(row, &arm),
                        .arena = arena };
    fprintf(out, "\nkeys of an arm, [arm.NAME] in FILE.study, beside those of "
            "[grid], [model]\nand [train]:\n");
    for (int i = 0; i < table.nopt; i++)
        fprintf(out, "  %-12s %-5s  %s\n", row[i].name, row[i].unit,
                row[i].help);
}

/* -- One arm ---------------------------------------------------------------- */

/* The entries of one section, as a file of their own. */
static Conf section_of(Arena *arena, const Conf *conf, const char *section)
{
    ConfEntry *entry = NEW(arena, ConfEntry, conf->count + 1);
    Conf       out   = { .path = conf->path, .entry = entry };
    for (i64 i = 0; i < conf->count; i++) {
        if (strcmp(conf->entry[i].section, section) != 0)
            continue;
        entry[out.count] = conf->entry[i];
        entry[out.count++].section = "";
    }
    return out;
}

static bool name_check(const Conf *conf, const char *name, Err *err)
{
    const size_t size = strlen(name);
    return (size > 0 && size <= ARM_NAME_MAX
            && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "0123456789_-") == size)
        || err_set(err, ERR_USAGE, "%s: [arm.%s]: the name of an arm is up to "
                   "%d letters, digits, - and _", conf->path, name,
                   ARM_NAME_MAX);
}

static bool values_check(const Conf *conf, const StudyArm *arm, Err *err)
{
    const ArmRule   *rule  = &arm->rule;
    const ConfEntry *entry = conf_find(conf, "", "design");
    if (!arm_design_known(arm->design))
        return conf_refuse(conf, entry, err, "'%s' is no design; give %s",
                           arm->design, arm_design_names());
    if (rule->retry != 0 && !(rule->retry > 0 && rule->retry < 1))
        return conf_refuse(conf, conf_find(conf, "", "retry"), err,
                           "%g is not between 0 and 1", rule->retry);
    if (rule->extend < 0 || rule->extend > 10)
        return conf_refuse(conf, conf_find(conf, "", "extend"), err,
                           "%lld is not between 0 and 10",
                           (long long)rule->extend);
    if (rule->extend > 0 && strcmp(arm->design, "isoflop") != 0
        && (strcmp(arm->design, "product") != 0 || rule->lr_times.count < 2))
        return conf_refuse(conf, conf_find(conf, "", "extend"), err,
                           "only sizes of an isoflop, and two lr_times or more "
                           "of a product, have an edge to go beyond");
    if (rule->tokens.count && rule->tokens_per_n.count)
        return conf_refuse(conf, conf_find(conf, "", "tokens_per_n"), err,
                           "D is given by tokens already; leave out one");
    if (!strcmp(arm->design, "fork") && !arm->start_from)
        return conf_refuse(conf, entry, err, "a fork needs runs to fork from; "
                           "give start_from");
    return true;
}

/* By the line of the arm's own key; of all arms' by the arm. */
static bool lists_check(const Conf *conf, const StudyArm *arm, Err *err)
{
    char             why[96];
    const char      *key = arm_list_wrong(why, &arm->rule);
    const ConfEntry *entry = key ? conf_find(conf, "", key) : NULL;
    return !key
        || (entry ? conf_refuse(conf, entry, err, "%s", why)
                  : err_set(err, ERR_USAGE, "%s: arm %s: %s: %s", conf->path,
                            arm->name, key, why));
}

/* What all arms share may say so to those that have no last budget. */
static bool holdout_check(const Conf *conf, const StudyArm *arm, Err *err)
{
    const ConfEntry *entry = conf_find(conf, "", "holdout");
    return !entry || !entry->flag || !strcmp(arm->design, "isoflop")
        || conf_refuse(conf, entry, err, "only an isoflop has a largest budget "
                       "to hold out; an arm named holdout is held out whole");
}

/* A product's D by tokens does not care for budgets of the whole study. */
static bool arm_read(StudyArm *arm, Arena *arena, const Conf *conf,
                     const char *section, const StudyOpts *shared, Err *err)
{
    Opt        row[ARM_OPTS_MAX];
    const char *name = section + sizeof STUDY_ARM - 1;
    const Conf own   = section_of(arena, conf, section);
    StudyOpts  opts  = *shared;
    *arm = (StudyArm){ .name = name, .design = "isoflop" };
    if (strcmp(name, "fit") != 0)
        opts.grid.holdout = false; /* unless it says so itself */
    const OptTable table = { .opt = row, .nopt = table_fill(row, arm, &opts),
                             .arena = arena };
    if (!name_check(conf, name, err) || !opt_conf(&table, &own, err)
        || !values_check(&own, arm, err))
        return false;
    if (!run_opts_settle(&opts.train, &opts.text, err))
        return err_add(err, "%s: arm %s", conf->path, name);
    arm->rule.name   = arm->name;
    arm->rule.design = arm->design;
    arm->rule.grid   = opts.grid;
    arm->rule.base   = opts.train;
    return lists_check(&own, arm, err) && holdout_check(&own, arm, err);
}

/* -- Who waits for whom ----------------------------------------------------- */

static bool arm_find(StudyArm **out, const StudyArms *arms, const Conf *conf,
                     const StudyArm *from, const char *key, const char *name,
                     Err *err)
{
    const char *names[256];
    int         count = 0;
    *out = NULL;
    if (!name)
        return true;
    for (i64 i = 0; i < arms->count; i++) {
        if (&arms->arm[i] == from)
            continue;
        if (!strcmp(arms->arm[i].name, name)) {
            *out = &arms->arm[i];
            return true;
        }
        if (count < COUNT_OF(names))
            names[count++] = arms->arm[i].name;
    }
    const char *near = conf_nearest(name, names, count);
    const char *section = from->name - (sizeof STUDY_ARM - 1);
    return conf_refuse(conf, conf_find(conf, section, key), err,
                       "there is no other arm '%s'%s%s%s", name,
                       near ? "; did you mean " : "", near ? near : "",
                       near ? "?" : "");
}

/* At least one wave after `other`. */
static bool later(StudyArm *arm, const StudyArm *other)
{
    if (!other || arm->wave > other->wave)
        return false;
    arm->wave = other->wave + 1;
    return true;
}

static bool waves_lay(StudyArms *arms, const Conf *conf, Err *err)
{
    bool moved = true;
    for (i64 round = 0; moved; round++) {
        moved = false;
        if (round > arms->count)
            return err_set(err, ERR_USAGE, "%s: arms wait for each other in a "
                           "circle; see their after, rate_from, centre_from "
                           "and start_from", conf->path);
        for (i64 i = 0; i < arms->count; i++) {
            StudyArm *arm = &arms->arm[i], *other;
            moved |= later(arm, arm->rate);
            moved |= later(arm, arm->centre);
            moved |= later(arm, arm->start);
            for (i64 k = 0; k < arm->after_names.count; k++) {
                if (!arm_find(&other, arms, conf, arm, "after",
                              arm->after_names.item[k], err))
                    return false;
                moved |= later(arm, other);
            }
        }
    }
    return true;
}

static bool link_arms(StudyArms *arms, const Conf *conf, Err *err)
{
    for (i64 i = 0; i < arms->count; i++) {
        StudyArm *arm = &arms->arm[i];
        if (!arm_find(&arm->rate, arms, conf, arm, "rate_from", arm->rate_from,
                      err)
            || !arm_find(&arm->centre, arms, conf, arm, "centre_from",
                         arm->centre_from, err)
            || !arm_find(&arm->start, arms, conf, arm, "start_from",
                         arm->start_from, err))
            return false;
    }
    return waves_lay(arms, conf, err);
}

/* -- All -------------------------------------------------------------------- */

static bool arm_alone(StudyArms *out, const StudyOpts *shared, Err *err)
{
    StudyOpts opts = *shared;
    if (!run_opts_settle(&opts.train, &opts.text, err))
        return false;
    out->count  = 1;
    out->arm[0] = (StudyArm){
        .name = "fit", .design = "isoflop",
        .rule = { .name = "fit", .design = "isoflop", .grid = opts.grid,
                  .base = opts.train } };
    return true;
}

bool study_arms_read(StudyArms *out, Arena *arena, const Conf *conf,
                     const StudyOpts *shared, Err *err)
{
    *out = (StudyArms){
        .arm = NEW(arena, StudyArm, conf->sections.count + 1),
        .text = study_arms_text(arena, conf) };
    for (i64 s = 0; s < conf->sections.count; s++) {
        const char *section = conf->sections.item[s];
        if (study_arms_is(section)
            && !arm_read(&out->arm[out->count++], arena, conf, section, shared,
                         err))
            return false;
    }
    return out->count > 0 ? link_arms(out, conf, err)
                          : arm_alone(out, shared, err);
}

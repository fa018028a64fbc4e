/* planner.c - the planner page: a form, the data it works on, and two scripts
 * (pages/planner.js, the arithmetic; pages/planner_face.js, the form). */

#include "report/planner.h"

#include "base/jot.h"
#include "base/know.h"
#include "plan/machine.h"
#include "report/html.h"
#include "report/xml.h"

#include <math.h>
#include <string.h>

enum { DRAWS_SHOWN = 400 };

static const char style[] =
    "form{display:grid;gap:10px 24px;margin:16px 0;"
    "grid-template-columns:repeat(auto-fit,minmax(280px,1fr))}"
    "label{display:block;font-size:.9rem}output{float:right;color:var(--soft)}"
    "input,select{font:inherit;width:100%;color:inherit;background:var(--page);"
    "border:1px solid var(--line);border-radius:6px;padding:3px 6px}"
    "input[type=range]{padding:0;accent-color:var(--mark)}"
    ":focus-visible{outline:2px solid var(--mark)}"
    "#answer table{margin:14px 0}#answer th{width:11em}#answer td.n{width:14em}"
    "@media(max-width:560px){#answer table{table-layout:fixed}"
    "#answer th,#answer td.n,#answer td.w{width:auto;min-width:0;"
    "white-space:normal}}"
    "#valley .law{fill:none;stroke:var(--mark);stroke-width:2.2}"
    "#valley .band{fill:var(--mark);opacity:.18}#valley .best{fill:var(--mark)}"
    "#valley .flat{fill:var(--line);opacity:.6}"
    "#valley .axis,#valley .tick{fill:none;stroke:var(--soft)}"
    "#valley text{fill:var(--ink);font-size:13px}";

static const char form[] =
    "<form class=\"card\" onsubmit=\"return false\">\n"
    "<label>Law<select id=\"law\"></select></label>\n"
    "<label>Budget, typed <input id=\"typed\" inputmode=\"text\" "
    "placeholder=\"1e21 or 3640 PF-days\"></label>\n"
    "<label>Budget <output id=\"budget-out\"></output>"
    "<input id=\"budget\" type=\"range\" min=\"9\" max=\"28\" "
    "step=\"0.02\"></label>\n"
    "<label>Different text at hand <output id=\"unique-out\"></output>"
    "<input id=\"unique\" type=\"range\" min=\"4\" max=\"15\" step=\"0.05\" "
    "value=\"4\" data-none=\"1\"></label>\n"
    "<label>To be served <output id=\"serve-out\"></output>"
    "<input id=\"serve\" type=\"range\" min=\"4\" max=\"17\" step=\"0.05\" "
    "value=\"4\" data-none=\"1\"></label>\n"
    "<label>Machine<select id=\"machine\"></select></label>\n"
    "<label>How many <output id=\"devices-out\"></output>"
    "<input id=\"devices\" type=\"range\" min=\"0\" max=\"5\" step=\"0.05\" "
    "value=\"0\"></label>\n"
    "<label>Share of its peak reached (MFU) <output id=\"mfu-out\"></output>"
    "<input id=\"mfu\" type=\"range\" min=\"1\" max=\"80\" value=\"40\">"
    "</label>\n"
    "<label>Dollars a device-hour<input id=\"price\" type=\"number\" min=\"0\" "
    "step=\"any\"></label>\n"
    "<label>PUE of the building<input id=\"pue\" type=\"number\" min=\"1\" "
    "max=\"3\" step=\"0.01\" value=\"1.1\"></label>\n"
    "<label>Electricity<select id=\"grid\"></select></label>\n</form>\n";

static const char below[] =
    "<div id=\"answer\" aria-live=\"polite\"></div>\n"
    "<figure><h3>Loss against size at this budget</h3>"
    "<div class=\"wide\" id=\"valley\"></div>"
    "<figcaption><p>The dot is the best size. Grey: sizes that lose less than "
    "0.2 % to it. Band: 95 % of the fit's draws.</p></figcaption></figure>\n"
    "<h2>What to know</h2>\n<div id=\"warn\"></div>\n"
    "<p><code id=\"formula\"></code></p><p class=\"soft\" id=\"source\"></p>\n"
    "<p class=\"soft\">Repeated text is worth what Muennighoff et al. 2023 "
    "measured (R* = 15.4 for tokens, 5.3 for parameters). Serving counts one "
    "third of a training token's FLOP for each token served, trained to the "
    "same loss (Sardana and Frankle 2023). <code>scalelaw plan --explain</code> "
    "shows every equation.</p>\n";

/* ---- the data -------------------------------------------------------------- */

static void put_cost(Jot *j, const PlanCost *cost, const char *counts)
{
    jot_object(j, "cost");
    jot_flag(j, "family", cost->family);
    jot_text(j, "counts", counts);
    if (cost->family) {
        jot_count(j, "vocab", cost->vocab);
        jot_count(j, "context", cost->context);
        jot_real(j, "aspect", cost->aspect);
        jot_real(j, "layers_min", cost->layers_min);
    }
    jot_end(j);
}

static void put_theta(Jot *j, const char *key, const double *theta, int n)
{
    jot_array(j, key);
    for (int i = 0; i < n; i++)
        jot_real(j, NULL, theta[i]);
    jot_end(j);
}

/* At most DRAWS_SHOWN, evenly chosen. */
static void put_draws(Jot *j, const Fit *fit)
{
    const i64 shown = i64_min(fit->ndraw, DRAWS_SHOWN);
    jot_array(j, "draws");
    for (i64 i = 0; i < shown; i++)
        put_theta(j, NULL,
                  fit->draw + i * fit->ndraw / shown * fit->law->nparam,
                  fit->law->nparam);
    jot_end(j);
}

static void put_law(Jot *j, const PlannerLaw *law)
{
    const Fit *fit = law->fit;
    jot_object(j, NULL);
    jot_text(j, "name", law->name);
    jot_text(j, "formula", fit->law->formula);
    jot_text(j, "source", law->source);
    jot_text(j, "caveat", law->caveat);
    jot_text(j, "token", law->token);
    jot_real(j, "c_max", law->c_max);
    jot_real(j, "budget", law->budget);
    jot_array(j, "params");
    for (int i = 0; i < fit->law->nparam; i++)
        jot_text(j, NULL, fit->law->param[i].name);
    jot_end(j);
    put_theta(j, "theta", fit->theta, fit->law->nparam);
    put_draws(j, fit);
    put_cost(j, law->cost, law->cost->family ? count_n_name(law->cost->counts)
                                             : fit->counts);
    jot_end(j);
}

static bool put_machines(Jot *j, Arena *arena, Err *err)
{
    const char **name;
    const int    count = know_names(&name, arena, "hardware", ".hw");
    jot_array(j, "machines");
    for (int i = 0; i < count; i++) {
        Machine m;
        double  peak;
        if (!machine_load(&m, arena, name[i], err)
            || !machine_peak(&peak, &m, NULL, err))
            return false;
        jot_object(j, NULL);
        jot_text(j, "name", m.name);
        jot_text(j, "title", m.title);
        jot_real(j, "peak", peak);
        jot_real(j, "watts", m.watts);
        jot_real(j, "price_low", m.price_low);
        jot_real(j, "price_high", m.price_high);
        jot_end(j);
    }
    jot_end(j);
    return true;
}

static bool put_grids(Jot *j, Arena *arena, Err *err)
{
    const char **name;
    const int    count = know_names(&name, arena, "hardware", ".grid");
    jot_array(j, "grids");
    for (int i = 0; i < count; i++) {
        PowerGrid grid;
        if (!power_grid_load(&grid, arena, name[i], err))
            return false;
        jot_object(j, NULL);
        jot_text(j, "name", grid.name);
        jot_text(j, "title", grid.title);
        jot_real(j, "kg_per_kwh", grid.kg_per_kwh);
        jot_end(j);
    }
    jot_end(j);
    return true;
}

static bool put_data(Str *out, Arena *arena, const PlannerLaw *law, i64 nlaw,
                     Err *err)
{
    Jot j = jot_open(out);
    jot_object(&j, NULL);
    jot_array(&j, "laws");
    for (i64 i = 0; i < nlaw; i++) {
        Err other = { 0 };
        if (plan_can(law[i].fit->law, &other))
            put_law(&j, &law[i]);
    }
    jot_end(&j);
    const bool ok = put_machines(&j, arena, err) && put_grids(&j, arena, err);
    jot_end(&j);
    return ok;
}

/* ---- the page -------------------------------------------------------------- */

/* JSON within a script element: "</" would end it. */
static void put_script_text(Str *out, const char *text)
{
    for (const char *c = text; *c; c++)
        if (c[0] == '<' && c[1] == '/')
            str_put(out, "<\\");
        else
            str_bytes(out, c, 1);
}

static bool put_script(Str *out, Arena *arena, const char *name, Err *err)
{
    const char *text, *path;
    if (!know_load(&text, &path, arena, "pages", name, ".js", err))
        return false;
    str_put(out, "<script>\n");
    str_put(out, text);
    str_put(out, "</script>\n");
    return true;
}

static bool page(Str *out, Arena *arena, const char *title,
                 const PlannerLaw *law, i64 nlaw, Err *err)
{
    Str data = { 0 };
    bool ok = put_data(&data, arena, law, nlaw, err);
    html_head(out, title);
    str_add(out, "<style>%s</style>\n", style);
    html_put(out, "h1", title);
    str_put(out, "<p>How large a model, on how much text, for this budget. "
            "Everything is worked out in this page; it asks nothing of a "
            "network.</p>\n<noscript><p>This page needs JavaScript; "
            "<code>scalelaw plan</code> answers the same in a terminal.</p>"
            "</noscript>\n");
    str_put(out, form);
    str_put(out, below);
    str_put(out, "<script>\nvar PLAN = ");
    if (ok)
        put_script_text(out, data.text);
    str_put(out, ";\n</script>\n");
    ok = ok && put_script(out, arena, "planner", err)
      && put_script(out, arena, "planner_face", err);
    html_foot(out);
    str_free(&data);
    return ok;
}

static bool any_can(const PlannerLaw *law, i64 nlaw, Err *err)
{
    for (i64 i = 0; i < nlaw; i++) {
        Err other = { 0 };
        if (plan_can(law[i].fit->law, &other))
            return true;
    }
    return err_set(err, ERR_USAGE, "no law of N and D to plan from; "
                   "`scalelaw laws list` shows those there are");
}

bool planner_page(Str *out, const char *title, const PlannerLaw *law, i64 nlaw,
                  Err *err)
{
    Arena      arena = { 0 };
    const bool ok    = any_can(law, nlaw, err)
                    && page(out, &arena, title, law, nlaw, err);
    arena_free(&arena);
    return ok;
}

/* html.c - the page: one file that needs no other and asks for none, so that
 * it can be mailed, kept, and opened on a machine without a network. */

#include "report/html.h"

#include "base/jot.h"
#include "base/know.h"
#include "report/find_table.h"
#include "report/xml.h"

#include <string.h>

/* Colours by meaning, so that the dark page is eight lines; tables and figures
 * scroll by themselves on a narrow screen, where shrinking would make their
 * letters unreadable. */
static const char style[] =
    ":root{--ink:#1d2228;--soft:#5b6470;--paper:#fff;--page:#f5f6f8;"
    "--line:#dde1e6;--mark:#0072b2}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--ink:#e8ebef;"
    "--soft:#a5aeb9;--paper:#171b20;--page:#0f1215;--line:#2b3139;"
    "--mark:#5db4ec}}\n"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--page);color:var(--ink);"
    "font:16px/1.55 system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}"
    "main{max-width:980px;margin:0 auto;padding:24px 16px 64px}"
    "h1{font-size:1.6rem;line-height:1.25;margin:.2em 0;"
    "overflow-wrap:anywhere;max-height:7.5em;overflow:auto}"
    "p,li,dd{overflow-wrap:anywhere}"
    "h2{font-size:1.2rem;margin:2.2em 0 .6em}h3{font-size:1rem;margin:0 0 .5em}"
    "p{margin:.5em 0}.soft{color:var(--soft)}a{color:var(--mark)}\n"
    ".answer{display:grid;gap:12px;margin:18px 0;"
    "grid-template-columns:repeat(auto-fit,minmax(250px,1fr))}"
    ".card,figure{background:var(--paper);border:1px solid var(--line);"
    "border-radius:10px;padding:14px 16px;margin:0}"
    ".card b{display:block;font-size:1.3rem;line-height:1.3;margin:.1em 0}"
    "figure{margin:18px 0}figcaption{font-size:.92rem}"
    ".wide{overflow-x:auto}.wide svg{display:block;width:100%;min-width:600px;"
    "height:auto}.tip{font-size:.86rem;color:var(--soft);margin:.2em 0}"
    ".tip:empty{display:none}table{margin:10px 0 18px}\n"
    "table{border-collapse:collapse;font-size:.88rem;width:100%;"
    "background:var(--paper);font-variant-numeric:tabular-nums}"
    "th,td{padding:5px 8px;border-bottom:1px solid var(--line);"
    "text-align:left;vertical-align:top;white-space:nowrap}"
    "td.w{white-space:normal;min-width:12em}"
    "small{display:block;color:var(--soft);font-size:.86em}"
    "th{font-weight:600;color:var(--soft)}td.n,th.n{text-align:right}"
    "#findings caption{display:none}#findings h3{margin-top:1.6em}"
    "caption{text-align:left;padding:0 0 6px;font-weight:600}"
    "pre{overflow-x:auto;background:var(--paper);border:1px solid var(--line);"
    "border-radius:8px;padding:12px;font-size:.82rem}"
    "code{font-size:.9em;overflow-wrap:anywhere}"
    "dl{display:grid;grid-template-columns:minmax(8em,auto) 1fr;gap:4px 16px}"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n"
    ".skip{position:absolute;left:-999em}.skip:focus{left:8px;top:8px;"
    "background:var(--paper);padding:8px;z-index:3}"
    ":focus-visible{outline:2px solid var(--mark);outline-offset:2px}"
    "nav ul{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;"
    "padding:0;margin:8px 0;font-size:.92rem}"
    ".words{background:var(--paper);border:1px solid var(--line);"
    "border-radius:10px;padding:4px 18px 10px;margin:18px 0}"
    ".words h2{margin:.6em 0 .2em}.words h3{margin:1em 0 .2em}"
    ".words ul{margin:.3em 0;padding-left:1.3em}"
    "#switches{position:sticky;top:0;z-index:2;background:var(--page);"
    "padding:8px 0;border-bottom:1px solid var(--line);font-size:.88rem}"
    "#switches fieldset{display:inline-block;border:0;margin:0 20px 0 0;"
    "padding:0}#switches legend{float:left;color:var(--soft);"
    "padding:0 8px 0 0}#switches label{margin-right:10px;white-space:nowrap}"
    ".name{display:inline-block;max-width:17em;overflow:hidden;"
    "text-overflow:ellipsis;vertical-align:bottom}"
    "button.run{font:inherit;color:var(--mark);background:none;border:0;"
    "padding:0;cursor:pointer;text-align:left;white-space:nowrap}"
    "button.run.mark{background:var(--mark);color:var(--paper);"
    "border-radius:4px;padding:0 5px}"
    "#tip{position:fixed;z-index:4;max-width:min(420px,92vw);"
    "background:var(--ink);color:var(--paper);padding:6px 10px;"
    "border-radius:6px;font-size:.86rem;pointer-events:none;"
    "overflow-wrap:anywhere}#tip[hidden]{display:none}"
    ".check{font-weight:600}.check.no{color:#c2410c}"
    ".check.unknown{color:var(--soft)}.check.yes{color:#15803d}\n"
    "@media screen and (prefers-color-scheme:dark){.check.no{color:#ff9148}"
    ".check.yes{color:#35cf9d}}\n"
    "@media(max-width:700px){#switches{position:static}"
    "#switches fieldset{display:block;margin:4px 0}"
    "dl{grid-template-columns:1fr}dd{margin-bottom:6px}}\n"
    "@media print{#switches,nav,.skip,#tip{display:none}"
    "button.run{color:inherit}a{color:inherit}"
    "body{background:#fff;font-size:11pt}.tip{display:none}"
    "figure,.card,tr{break-inside:avoid}.wide{overflow:visible}"
    "h2,h3,caption{break-after:avoid}"
    ".wide svg{min-width:0;width:76%;margin:0 auto}}\n";

/* What is pointed at with a mouse tells itself; a finger has no hover, so a tap
 * writes the same words below the figure. */
static const char script[] =
    "document.querySelectorAll('figure').forEach(function(f){"
    "f.addEventListener('click',function(e){"
    "var g=e.target.closest('.pt,.ln'),t=g&&g.querySelector('title');"
    "f.querySelector('.tip').textContent=t?t.textContent:''})})";

void html_put(Str *out, const char *tag, const char *text)
{
    str_add(out, "<%s>", tag);
    xml_text(out, text);
    str_add(out, "</%s>\n", tag);
}

void html_head(Str *out, const char *title)
{
    str_put(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n"
            "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
            "content=\"width=device-width, initial-scale=1\">\n");
    html_put(out, "title", title);
    str_put(out, "<style>\n");
    str_put(out, style);
    ink_style(out);
    str_put(out, "</style>\n</head>\n<body>\n<main>\n");
}

void html_foot(Str *out)
{
    str_add(out, "<script>%s</script>\n</main>\n</body>\n</html>\n", script);
}

void html_bdi(Str *out, const char *text)
{
    str_put(out, "<bdi>");
    xml_text(out, text);
    str_put(out, "</bdi>");
}

/* Wide tables scroll by themselves; for that a keyboard must reach them. */
void html_table_open(Str *out, const char *caption)
{
    str_put(out, "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
            "aria-label=\"");
    xml_text(out, caption);
    str_put(out, "\"><table>");
    html_put(out, "caption", caption);
}

void html_table_shut(Str *out)
{
    str_put(out, "</tbody></table></div>\n");
}

/* Figures ------------------------------------------------------------------ */

static void figure(Str *out, const Fig *fig, const Plot *plot)
{
    str_add(out, "<figure id=\"%s\">\n", fig->name);
    html_put(out, "h3", fig->title);
    str_put(out, "<div class=\"wide\">\n");
    str_bytes(out, plot->inner.text, plot->inner.size);
    str_put(out, "</div>\n<p class=\"tip\" role=\"status\"></p>\n"
            "<figcaption><p>");
    xml_text(out, fig->see);
    str_put(out, "</p>\n<p class=\"soft\">Not shown: ");
    xml_text(out, fig->not);
    str_add(out, " <a href=\"figures/%s.svg\">SVG</a>, "
            "<a href=\"figures/%s.csv\">numbers (CSV)</a></p></figcaption>\n"
            "</figure>\n", fig->name, fig->name);
}

static void absent(Str *out, const bool *drawn)
{
    int count = 0;
    for (int i = 0; i < fig_count(); i++) {
        if (drawn[i])
            continue;
        str_put(out, count++ ? "; " : "<p class=\"soft\">Not drawn, for want "
                                      "of runs that would show it: ");
        xml_text(out, fig_at(i)->title);
    }
    if (count)
        str_put(out, ".</p>\n");
}

static void figures(Str *out, const Plot *plot, const bool *drawn)
{
    for (int i = 0; i < fig_count(); i++)
        if (drawn[i])
            figure(out, fig_at(i), &plot[i]);
    absent(out, drawn);
}

/* Switches ----------------------------------------------------------------- */

static void choice(Str *out, const char *name, const char *value,
                   const char *text, bool chosen)
{
    str_add(out, "<label><input type=\"radio\" name=\"%s\" value=\"%s\"%s/> "
            "%s</label>", name, value, chosen ? " checked=\"\"" : "", text);
}

/* Shown by the script, which alone can serve them. */
static void switches(Str *out, const Analysis *a, const PlotUnits *units)
{
    str_put(out, "<form id=\"switches\" hidden=\"\" aria-label=\"How figures "
            "are shown\">\n<fieldset><legend>Axes</legend>");
    choice(out, "scale", "log", "logarithmic", true);
    choice(out, "scale", "linear", "linear", false);
    str_put(out, "</fieldset>\n<fieldset><legend>Loss</legend>");
    choice(out, "loss", "nats", strcmp(analysis_token(a), "byte") == 0
           ? "nats per byte" : "nats per token", true);
    choice(out, "loss", "bits", "bits per byte", false);
    str_put(out, "</fieldset>\n");
    if (units->shapes > 0) {
        str_put(out, "<fieldset><legend>N counts</legend>");
        for (int k = 0; k < PLOT_COUNTS; k++)
            choice(out, "n", count_n_name((CountN)k), count_n_name((CountN)k),
                   k == units->base);
        str_put(out, "</fieldset>\n");
    }
    str_put(out, "</form>\n");
}

/* What the script needs of the study: no text of others among it. */
static void data(Str *out, const Analysis *a, const PlotUnits *units)
{
    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "base", count_n_name(a->cost.counts));
    jot_real(&j, "bits", units->bits);
    jot_object(&j, "n");
    for (int k = 0; k < PLOT_COUNTS && units->shapes > 0; k++) {
        jot_array(&j, count_n_name((CountN)k));
        for (i64 i = 0; i < units->shapes; i++)
            jot_real(&j, NULL, units->at[k][i]);
        jot_end(&j);
    }
    jot_end(&j);
    jot_object(&j, "each");
    for (int k = 0; k < PLOT_COUNTS; k++) {
        jot_array(&j, count_n_name((CountN)k));
        for (i64 i = 0; i < a->runs.count; i++)
            jot_real(&j, NULL, count_n(a->runs.run[i].shape, (CountN)k));
        jot_end(&j);
    }
    jot_end(&j);
    jot_array(&j, "shape");
    for (i64 i = 0; i < a->runs.count; i++)
        jot_count(&j, NULL, units->shapes > 0 ? i : -1);
    jot_end(&j);
    jot_end(&j);
    str_put(out, "<script type=\"application/json\" id=\"study-data\">");
    str_bytes(out, text.text, text.size);
    str_put(out, "</script>\n");
    str_free(&text);
}

static void foot(Str *out)
{
    Arena       arena = { 0 };
    Err         err   = { 0 };
    const char *text, *path;
    str_put(out, "</main>\n");
    if (know_load(&text, &path, &arena, "pages", "report", ".js", &err)) {
        str_put(out, "<script>\n");
        str_put(out, text);
        str_put(out, "</script>\n");
    }
    str_put(out, "</body>\n</html>\n");
    arena_free(&arena);
}

/* The whole ---------------------------------------------------------------- */

static void contents(Str *out)
{
    static const struct { const char *id, *text; } part[] = {
        { "summary", "In words" },      { "plans", "Plans" },
        { "figures", "Figures" },       { "numbers", "Numbers" },
        { "findings", "Findings" },     { "runs", "Runs" },
        { "ledger-table", "Ledger" },   { "method", "Method" },
        { "checklist", "Checklist" },   { "repeat", "To repeat it" } };
    str_put(out, "<nav aria-label=\"Contents\"><ul>\n");
    for (int i = 0; i < COUNT_OF(part); i++)
        str_add(out, "<li><a href=\"#%s\">%s</a></li>\n", part[i].id,
                part[i].text);
    str_put(out, "</ul></nav>\n");
}

static void header(Str *out, const Analysis *analysis, const char *title)
{
    str_put(out, "<a class=\"skip\" href=\"#summary\">To the summary</a>\n"
            "<header><p class=\"soft\">scalelaw, study ");
    html_bdi(out, analysis->info.name);
    str_put(out, "</p>\n<h1>");
    html_bdi(out, title);
    str_put(out, "</h1>\n</header>\n");
}

/* What else the runs show, a table a finding. */
static void findings(Str *out, const Analysis *a)
{
    Arena       arena = { 0 };
    FindTable   table[FIND_TABLES];
    const char *name[FIND_TABLES];
    const int   count = find_tables(table, name, &arena, a);
    str_put(out, "<section id=\"findings\">\n");
    html_put(out, "h2", "Findings");
    for (int k = 0; k < count; k++)
        find_table_html(out, &table[k], name[k]);
    if (count == 0)
        html_put(out, "p", "These runs answer nothing beside the law of size "
                 "and data.");
    str_put(out, "</section>\n");
    arena_free(&arena);
}

static void numbers(Str *out, const Analysis *analysis)
{
    str_put(out, "<section id=\"numbers\">\n");
    html_table_law(out, analysis);
    str_put(out, "</section>\n");
    findings(out, analysis);
    str_put(out, "<section id=\"runs\">\n");
    html_table_runs(out, analysis);
    html_excluded(out, analysis);
    str_put(out, "</section>\n");
    html_ledger(out, analysis);
}

void html_page(Str *out, const Analysis *analysis, const Plot *plot,
               const bool *drawn)
{
    const char *title = analysis->info.title ? analysis->info.title
                                             : analysis->info.name;
    const PlotUnits *units = &plot[0].units;
    html_head(out, title);
    header(out, analysis, title);
    contents(out);
    html_words(out, analysis);
    html_answer(out, analysis);
    str_put(out, "<section id=\"plans\">\n");
    html_table_plan(out, analysis);
    str_put(out, "<p><a href=\"planner.html\">Planner</a>: other budgets, "
            "machines, serving and limited text, with sliders.</p>\n"
            "</section>\n<section id=\"figures\">\n");
    html_put(out, "h2", "Figures");
    switches(out, analysis, units);
    figures(out, plot, drawn);
    str_put(out, "</section>\n");
    numbers(out, analysis);
    str_put(out, "<section id=\"method\">\n");
    html_method(out, analysis);
    html_caveats(out, analysis);
    str_put(out, "</section>\n");
    html_checklist(out, analysis);
    html_repeat(out, analysis);
    data(out, analysis, units);
    foot(out);
}

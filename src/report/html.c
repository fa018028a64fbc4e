/* html.c - the page: one file that needs no other and asks for none, so that
 * it can be mailed, kept, and opened on a machine without a network. */

#include "report/html.h"

#include "report/xml.h"

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
    "h1{font-size:1.6rem;line-height:1.25;margin:.2em 0}"
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
    "caption{text-align:left;padding:0 0 6px;font-weight:600}"
    "pre{overflow-x:auto;background:var(--paper);border:1px solid var(--line);"
    "border-radius:8px;padding:12px;font-size:.82rem}"
    "code{font-size:.9em;overflow-wrap:anywhere}"
    "dl{display:grid;grid-template-columns:minmax(8em,auto) 1fr;gap:4px 16px}"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n"
    "@media print{body{background:#fff;font-size:11pt}.tip{display:none}"
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

static void figure(Str *out, const Fig *fig, const Plot *plot)
{
    str_add(out, "<figure id=\"%s\">\n", fig->name);
    html_put(out, "h3", fig->title);
    str_put(out, "<div class=\"wide\">\n");
    str_bytes(out, plot->inner.text, plot->inner.size);
    str_put(out, "</div>\n<p class=\"tip\"></p>\n<figcaption><p>");
    xml_text(out, fig->see);
    str_put(out, "</p>\n<p class=\"soft\">Not shown: ");
    xml_text(out, fig->not);
    str_add(out, " <a href=\"figures/%s.svg\">SVG</a>, "
            "<a href=\"figures/%s.csv\">numbers (CSV)</a></p></figcaption>\n"
            "</figure>\n", fig->name, fig->name);
}

static void figures(Str *out, const Plot *plot, const bool *drawn)
{
    html_put(out, "h2", "Figures");
    for (int i = 0; i < fig_count(); i++) {
        if (drawn[i]) {
            figure(out, fig_at(i), &plot[i]);
            continue;
        }
        str_put(out, "<p class=\"soft\">");
        xml_text(out, fig_at(i)->title);
        str_put(out, ": nothing to draw in this study.</p>\n");
    }
}

void html_page(Str *out, const Analysis *analysis, const Plot *plot,
               const bool *drawn)
{
    const char *title = analysis->info.title ? analysis->info.title
                                             : analysis->info.name;
    html_head(out, title);
    str_put(out, "<header><p class=\"soft\">scalelaw, study ");
    xml_text(out, analysis->info.name);
    str_put(out, "</p>\n");
    html_put(out, "h1", title);
    str_put(out, "</header>\n");
    html_answer(out, analysis);
    html_table_plan(out, analysis);
    str_put(out, "<p><a href=\"planner.html\">Planner</a>: other budgets, "
            "machines, serving and limited text, with sliders.</p>\n");
    figures(out, plot, drawn);
    html_table_law(out, analysis);
    html_table_frontiers(out, analysis);
    html_table_holdout(out, analysis);
    html_table_runs(out, analysis);
    html_excluded(out, analysis);
    html_method(out, analysis);
    html_caveats(out, analysis);
    html_foot(out);
}

/* example.c - fit a law to a table of runs, and plan with it.
 *
 *     cc example.c $(pkg-config --cflags --libs scalelaw) -o example
 *     ./example runs.csv 1e20            columns N, D, loss */

#include <scalelaw.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    sl_error    e = { 0 };
    sl_interval n, d, loss;
    sl_table   *runs = sl_table_read(argv[1], NULL, NULL, "N,D,loss", 0, &e);
    sl_law     *law  = runs ? sl_law_load("chinchilla", &e) : NULL;
    sl_fit     *fit  = law ? sl_fit_law(law, runs, NULL, &e) : NULL;
    const double c   = argc > 2 ? atof(argv[2]) : 1e20;
    sl_plan    *plan = fit ? sl_plan_budget(fit, c, &e) : NULL;

    if (plan && sl_plan_value(plan, "N", &n, &e)
        && sl_plan_value(plan, "D", &d, &e)
        && sl_plan_value(plan, "loss", &loss, &e)) {
        printf("%s\n", sl_fit_words(fit));
        printf("N %.3g (%.3g to %.3g)\n", n.value, n.low, n.high);
        printf("D %.3g (%.3g to %.3g)\n", d.value, d.low, d.high);
        printf("loss %.4f (%.4f to %.4f)\n", loss.value, loss.low, loss.high);
        sl_fit_write(fit, "fit.json", &e);
    }
    if (e.kind)
        fprintf(stderr, "%s\n", e.text);
    sl_plan_free(plan);
    sl_fit_free(fit);
    sl_law_free(law);
    sl_table_free(runs);
    return e.kind;
}

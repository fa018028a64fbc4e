/* solve_additive.c - see solve_additive.h. The formula is read as text, because
 * it is text that all laws have in common: those of the catalogue, those that a
 * user wrote, those with a pinned parameter. */

#include "plan/solve_additive.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Reader { const char *at; const Law *law; } Reader;

static void blanks(Reader *r)
{
    while (isspace((unsigned char)*r->at))
        r->at++;
}

static bool take(Reader *r, const char *word)
{
    blanks(r);
    const size_t size = strlen(word);
    if (strncmp(r->at, word, size) != 0)
        return false;
    r->at += size;
    return true;
}

/* A number, or the name of a parameter. */
static bool operand(AdditiveForm *form, int part, Reader *r)
{
    blanks(r);
    char *end;
    if (isdigit((unsigned char)*r->at) || *r->at == '.') {
        form->at[part]    = -1;
        form->value[part] = strtod(r->at, &end);
        r->at             = end;
        return true;
    }
    char   name[64];
    size_t size = 0;
    while (isalnum((unsigned char)r->at[size]) || r->at[size] == '_')
        size++;
    if (size == 0 || size >= sizeof name)
        return false;
    memcpy(name, r->at, size);
    name[size] = 0;
    r->at += size;
    form->at[part] = law_param(r->law, name);
    return form->at[part] >= 0;
}

AdditiveForm additive_form(const Law *law)
{
    AdditiveForm form = { 0 };
    if (!law || !law->formula || law->code)
        return form;
    Reader r = { law->formula, law };
    form.is = take(&r, "loss") && take(&r, "=")
           && operand(&form, ADDITIVE_E, &r) && take(&r, "+")
           && operand(&form, ADDITIVE_A, &r) && take(&r, "/")
           && take(&r, "N") && take(&r, "^")
           && operand(&form, ADDITIVE_ALPHA, &r) && take(&r, "+")
           && operand(&form, ADDITIVE_B, &r) && take(&r, "/")
           && take(&r, "D") && take(&r, "^")
           && operand(&form, ADDITIVE_BETA, &r);
    blanks(&r);
    form.is = form.is && *r.at == 0;
    return form;
}

static double part(const AdditiveForm *form, const double *theta, int which)
{
    return form->at[which] < 0 ? form->value[which] : theta[form->at[which]];
}

Additive additive_at(const AdditiveForm *form, const double *theta)
{
    return (Additive){ .E     = part(form, theta, ADDITIVE_E),
                       .A     = part(form, theta, ADDITIVE_A),
                       .B     = part(form, theta, ADDITIVE_B),
                       .alpha = part(form, theta, ADDITIVE_ALPHA),
                       .beta  = part(form, theta, ADDITIVE_BETA) };
}

double additive_loss(const Additive *law, double n, double d)
{
    return law->E + law->A * pow(n, -law->alpha) + law->B * pow(d, -law->beta);
}

double additive_a(const Additive *law)
{
    return law->beta / (law->alpha + law->beta);
}

double additive_G(const Additive *law)
{
    return pow(law->alpha * law->A / (law->beta * law->B),
               1 / (law->alpha + law->beta));
}

double additive_optimum(const Additive *law, double c)
{
    if (!(law->A > 0 && law->B > 0 && law->alpha > 0 && law->beta > 0))
        return NAN;
    return additive_G(law) * pow(c / 6, additive_a(law));
}

double additive_cheapest(const Additive *law, double loss)
{
    const double G = additive_G(law), left = loss - law->E;
    const double K = law->A * pow(G, -law->alpha) + law->B * pow(G, law->beta);
    return left > 0 ? 6 * pow(K / left, 1 / (law->alpha * additive_a(law)))
                    : NAN;
}

double additive_data(const Additive *law, double n, double loss)
{
    const double left = loss - law->E - law->A * pow(n, -law->alpha);
    return left > 0 ? pow(law->B / left, 1 / law->beta) : NAN;
}

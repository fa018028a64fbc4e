/* meter.c - see meter.h. */

#include "kern/meter.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- The library, in prototypes of our own --------------------------------- */

typedef struct Nvml {
    void *object;
    int (*init)(void);
    int (*shutdown)(void);
    int (*by_bus)(const char *bus, void **device);
    int (*energy)(void *device, unsigned long long *millijoules);
    const char *(*words)(int code);
} Nvml;

struct Meter {
    Nvml        nvml;
    void       *device;
    char        bus[32];
    int         users;
    double      last;   /* joules at the last reading that brought news */
    MeterShare *share;  /* all that joined                              */
    Meter      *next;
};

/* Of all meters and shares: readings are rare. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Meter          *meters;

static bool find(void *function, void *object, const char *name,
                 char why[METER_WHY])
{
    void *symbol = dlsym(object, name);
    if (!symbol)
        snprintf(why, METER_WHY, "the driver's library has no %s", name);
    else
        memcpy(function, &symbol, sizeof symbol); /* ISO C has no cast */
    return symbol != NULL;
}

static bool functions(Nvml *n, char why[METER_WHY])
{
    return find(&n->init, n->object, "nvmlInit_v2", why)
        && find(&n->shutdown, n->object, "nvmlShutdown", why)
        && find(&n->by_bus, n->object, "nvmlDeviceGetHandleByPciBusId_v2", why)
        && find(&n->energy, n->object, "nvmlDeviceGetTotalEnergyConsumption",
                why)
        && find(&n->words, n->object, "nvmlErrorString", why);
}

static bool did(const Nvml *n, int code, const char *what, char why[METER_WHY])
{
    if (code != 0)
        snprintf(why, METER_WHY, "%s: %.150s", what, n->words(code));
    return code == 0;
}

static bool library(Nvml *n, char why[METER_WHY])
{
    const char *set = getenv("SCALELAW_NVML");
    n->object = dlopen(set && *set ? set : "libnvidia-ml.so.1",
                       RTLD_NOW | RTLD_LOCAL);
    if (!n->object) {
        snprintf(why, METER_WHY, "%.200s", dlerror());
        return false;
    }
    if (functions(n, why) && did(n, n->init(), "the driver's library", why))
        return true;
    dlclose(n->object);
    return false;
}

/* -- Meters ---------------------------------------------------------------- */

/* Joules so far; false where it does not count them. */
static bool total(const Meter *m, double *joules, char why[METER_WHY])
{
    unsigned long long millijoules = 0;
    if (!did(&m->nvml, m->nvml.energy(m->device, &millijoules),
             "its energy", why))
        return false;
    *joules = 1e-3 * (double)millijoules;
    return true;
}

static void meter_free(Meter *m)
{
    if (m->nvml.object) {
        m->nvml.shutdown();
        dlclose(m->nvml.object);
    }
    free(m);
}

static Meter *meter_new(const char *bus, char why[METER_WHY])
{
    Meter *m = calloc(1, sizeof *m);
    if (!m) {
        snprintf(why, METER_WHY, "there is no memory for it");
        return NULL;
    }
    snprintf(m->bus, sizeof m->bus, "%s", bus);
    if (!library(&m->nvml, why)) {
        free(m);
        return NULL;
    }
    if (did(&m->nvml, m->nvml.by_bus(bus, &m->device), bus, why)
        && total(m, &m->last, why))
        return m;
    meter_free(m);
    return NULL;
}

static Meter *meter_find(const char *bus)
{
    Meter *m = meters;
    while (m && strcmp(m->bus, bus) != 0)
        m = m->next;
    return m;
}

Meter *meter_open(const char *bus, char why[METER_WHY])
{
    pthread_mutex_lock(&lock);
    Meter *m = meter_find(bus);
    if (!m && (m = meter_new(bus, why))) {
        m->next = meters;
        meters  = m;
    }
    if (m)
        m->users++;
    pthread_mutex_unlock(&lock);
    return m;
}

void meter_close(Meter *meter)
{
    if (!meter)
        return;
    pthread_mutex_lock(&lock);
    if (--meter->users == 0) {
        Meter **at = &meters;
        while (*at != meter)
            at = &(*at)->next;
        *at = meter->next;
        meter_free(meter);
    }
    pthread_mutex_unlock(&lock);
}

/* -- Shares ---------------------------------------------------------------- */

/* What was taken since the last reading goes to those who computed. Where
 * nobody did it is nobody's. */
static void divide(Meter *m, double joules)
{
    double flop = 0;
    for (MeterShare *s = m->share; s; s = s->next)
        flop += s->flop;
    for (MeterShare *s = m->share; s; s = s->next) {
        if (s->flop > 0)
            s->joules += joules * s->flop / flop;
        s->flop = 0;
    }
}

/* A reading that brings no news leaves all as it is: the counter moves ten or
 * twenty times a second. After one that fails, or goes back (the driver was
 * loaded anew), those who are here have no sum any more. */
static void share_out(Meter *m)
{
    char         why[METER_WHY];
    double       now = NAN;
    const double last = m->last;
    const bool   lost = !total(m, &now, why) || now < last;
    m->last = now;
    if (lost)
        for (MeterShare *s = m->share; s; s = s->next)
            s->joules = NAN;
    else if (now > last)
        divide(m, now - last);
}

/* What the device took while nobody had joined is nobody's. */
void meter_join(Meter *meter, MeterShare *share)
{
    *share = (MeterShare){ .meter = meter };
    if (!meter)
        return;
    pthread_mutex_lock(&lock);
    share_out(meter);
    share->next  = meter->share;
    meter->share = share;
    pthread_mutex_unlock(&lock);
}

void meter_leave(MeterShare *share)
{
    if (!share->meter)
        return;
    pthread_mutex_lock(&lock);
    MeterShare **at = &share->meter->share;
    share_out(share->meter);
    while (*at != share)
        at = &(*at)->next;
    *at = share->next;
    share->meter = NULL;
    pthread_mutex_unlock(&lock);
}

void meter_spend(MeterShare *share, double flop)
{
    if (!share->meter)
        return;
    pthread_mutex_lock(&lock);
    share->flop += flop;
    pthread_mutex_unlock(&lock);
}

void meter_read(Meter *meter)
{
    if (!meter)
        return;
    pthread_mutex_lock(&lock);
    share_out(meter);
    pthread_mutex_unlock(&lock);
}

double meter_joules(const MeterShare *share)
{
    pthread_mutex_lock(&lock);
    const double joules = share->meter ? share->joules : NAN;
    pthread_mutex_unlock(&lock);
    return joules;
}

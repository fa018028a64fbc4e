/* device.c - finding a backend for a device, and its words. Contract: device.h. */

#include "kern/device.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

i64 device_micro_batch(i64 params, i64 context, i64 batch)
{
    const i64 tokens = params > DEVICE_LARGE_PARAMS ? DEVICE_PASS_TOKENS_LARGE
                                                    : DEVICE_PASS_TOKENS;
    return i64_min(batch, i64_max(1, tokens / context));
}

bool device_parse(DeviceName *out, const char *text, Err *err)
{
    static const char cuda[] = "cuda";
    const size_t      size = sizeof cuda - 1;
    *out = (DeviceName){ .number = 0 };
    if (strcmp(text, "cpu") == 0)
        return true;
    const char *rest = text + size;
    if (strncmp(text, cuda, size) == 0) {
        memcpy(out->kind, cuda, sizeof cuda);
        if (!*rest)
            return true;
        char      *end;
        const long number = rest[0] == ':' && rest[1] >= '0' && rest[1] <= '9'
                            ? strtol(rest + 1, &end, 10) : -1;
        if (number >= 0 && number < 1024 && !*end) {
            out->number = (int)number;
            return true;
        }
    }
    return err_set(err, ERR_USAGE, "device: '%s' is none; give cpu, cuda or "
                   "cuda:1", text);
}

/* -- Finding it -------------------------------------------------------------- */

enum { PATHS = 4, PATH_SIZE = 4096 };

typedef struct Places { int count; char path[PATHS][PATH_SIZE]; } Places;

static void place_add(Places *places, const char *dir, const char *file)
{
    snprintf(places->path[places->count++], PATH_SIZE, "%.3800s%.200s", dir,
             file);
}

/* SCALELAW_CUDA alone where it is set; else beside the program, in ../lib of
 * it, and where the system looks. */
static void places_find(Places *out, const char *name)
{
    char        self[PATH_SIZE] = "", file[128];
    const char *set = strcmp(name, "cuda") == 0 ? getenv("SCALELAW_CUDA")
                                                : NULL;
    *out = (Places){ 0 };
    if (set && *set) {
        place_add(out, set, "");
        return;
    }
    snprintf(file, sizeof file, "libscalelaw_%.64s.so", name);
    const ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    self[size > 0 ? size : 0] = 0;
    char *slash = strrchr(self, '/');
    if (slash) {
        slash[1] = 0;
        place_add(out, self, file);
        strncat(self, "../lib/", sizeof self - strlen(self) - 1);
        place_add(out, self, file);
    }
    place_add(out, "", file);
}

/* What the loader says of a file that is there is the reason; that one is not
 * there is none where another is. */
static void *open_first(const Places *places, DeviceWhy *why)
{
    why->fault = DEVICE_ABSENT;
    snprintf(why->text, sizeof why->text, "there is no %.100s%s; build it where "
             "nvcc is, or name it in SCALELAW_CUDA",
             places->path[places->count - 1],
             places->count > 1 ? " beside the program, in ../lib or where the "
                                 "system looks" : "");
    for (int i = 0; i < places->count; i++) {
        void *object = dlopen(places->path[i], RTLD_NOW | RTLD_LOCAL);
        if (object)
            return object;
        if (access(places->path[i], F_OK) == 0) {
            snprintf(why->text, sizeof why->text, "%.230s", dlerror());
            return NULL;
        }
    }
    return NULL;
}

static const DeviceApi *api_of(void *object, const Places *places,
                               DeviceWhy *why)
{
    DeviceOpen *open = NULL;
    void       *symbol = dlsym(object, DEVICE_SYMBOL);
    if (!symbol) {
        snprintf(why->text, sizeof why->text, "%.150s has no %s: it is no "
                 "backend of this program", places->path[0], DEVICE_SYMBOL);
        return NULL;
    }
    memcpy(&open, &symbol, sizeof open); /* ISO C has no cast for this */
    const DeviceApi *api = open();
    if (api->abi == DEVICE_ABI)
        return api;
    snprintf(why->text, sizeof why->text, "it is of another version of this "
             "program (%d, not %d); build it again", api->abi, DEVICE_ABI);
    return NULL;
}

static const DeviceApi *load(const char *name, DeviceWhy *why)
{
    Places places;
    places_find(&places, name);
    void *object = open_first(&places, why);
    if (!object)
        return NULL;
    const DeviceApi *api = api_of(object, &places, why);
    if (!api)
        dlclose(object);
    return api; /* a backend that is loaded stays */
}

/* Only what was found is remembered: what was not may come. */
const DeviceApi *device_load(const char *name, DeviceWhy *why)
{
    static pthread_mutex_t  lock = PTHREAD_MUTEX_INITIALIZER;
    static const DeviceApi *found;
    *why = (DeviceWhy){ .fault = DEVICE_OK };
    pthread_mutex_lock(&lock);
    if (!found || strcmp(found->name, name))
        found = load(name, why);
    const DeviceApi *api = found;
    pthread_mutex_unlock(&lock);
    return api;
}

/* -- Words ------------------------------------------------------------------- */

static const char *remedy(DeviceFault fault)
{
    switch (fault) {
    case DEVICE_MEMORY: return "; train fewer or smaller models at once, or "
                               "end what else holds its memory";
    case DEVICE_LOST:   return "; what was trained up to the last checkpoints "
                               "is kept: run the command again";
    case DEVICE_ABSENT: return "; scalelaw doctor says what is found, "
                               "--device=cpu does without";
    case DEVICE_OK:
    case DEVICE_OTHER:  break;
    }
    return "";
}

bool device_refuse(Err *err, const char *device, const DeviceWhy *why)
{
    return err_set(err, ERR_IO, "device %s: %s%s", device, why->text,
                   remedy(why->fault));
}

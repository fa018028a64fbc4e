/* lt_library.cu - see lt_library.cuh.
 *
 * Types and numbers are this file's own, so that it compiles without the
 * library's header; where that is, the compiler compares them. Work space is
 * none and sums are never split over blocks (no reduction scheme is allowed):
 * the library then adds in an order that the algorithm alone fixes. */

#include "kern/cuda/lt_library.cuh"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined __CUDACC__ && __has_include(<cublasLt.h>)
#include <cublasLt.h>
#define SAME(number, theirs) static_assert((int)(number) == (int)(theirs), "")
#else
#define SAME(number, theirs) static_assert(true, "")
#endif

enum {
    LT_BF16 = 14, LT_FLOAT = 0, LT_SUMS_FLOAT = 68, LT_AS_IT_IS = 0, LT_TURNED = 1,
    LT_DESC_TURN_A = 3, LT_DESC_TURN_B = 4, LT_DESC_EPILOGUE = 7,
    LT_DESC_BIAS = 8, LT_DESC_BIAS_APART = 10, LT_EPILOGUE_BIAS = 4,
    LT_LAYOUT_BATCH = 5, LT_LAYOUT_APART = 6,
    LT_PREFER_BYTES = 1, LT_PREFER_SCHEMES = 3, LT_PREFER_ALIGN_A = 5,
    LT_PREFER_ALIGN_B = 6, LT_PREFER_ALIGN_C = 7, LT_PREFER_ALIGN_D = 8,
};

SAME(LT_BF16, CUDA_R_16BF);
SAME(LT_FLOAT, CUDA_R_32F);
SAME(LT_SUMS_FLOAT, CUBLAS_COMPUTE_32F);
SAME(LT_AS_IT_IS, CUBLAS_OP_N);
SAME(LT_TURNED, CUBLAS_OP_T);
SAME(LT_DESC_TURN_A, CUBLASLT_MATMUL_DESC_TRANSA);
SAME(LT_DESC_TURN_B, CUBLASLT_MATMUL_DESC_TRANSB);
SAME(LT_DESC_EPILOGUE, CUBLASLT_MATMUL_DESC_EPILOGUE);
SAME(LT_DESC_BIAS, CUBLASLT_MATMUL_DESC_BIAS_POINTER);
SAME(LT_DESC_BIAS_APART, CUBLASLT_MATMUL_DESC_BIAS_BATCH_STRIDE);
SAME(LT_EPILOGUE_BIAS, CUBLASLT_EPILOGUE_BIAS);
SAME(LT_LAYOUT_BATCH, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT);
SAME(LT_LAYOUT_APART, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET);
SAME(LT_PREFER_BYTES, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES);
SAME(LT_PREFER_SCHEMES, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK);
SAME(LT_PREFER_ALIGN_A, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES);
SAME(LT_PREFER_ALIGN_B, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES);
SAME(LT_PREFER_ALIGN_C, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES);
SAME(LT_PREFER_ALIGN_D, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES);

struct LtAlgo   { u64 data[8]; };
struct LtAnswer { LtAlgo algo; size_t bytes; int state; float waves; int rest[4]; };
SAME(sizeof(LtAlgo), sizeof(cublasLtMatmulAlgo_t));
SAME(sizeof(LtAnswer), sizeof(cublasLtMatmulHeuristicResult_t));

/* -- The library --------------------------------------------------------------- */

typedef void *Handle;

/* Its functions, by their names after cublasLt; all give 0 where they did it. */
#define LT_FUNCTIONS(_)                                                      \
    _(Create, (Handle *))                                                    \
    _(MatmulDescCreate, (Handle *, int, int))                                \
    _(MatmulDescDestroy, (Handle))                                           \
    _(MatmulDescSetAttribute, (Handle, int, const void *, size_t))           \
    _(MatrixLayoutCreate, (Handle *, int, u64, u64, i64))                    \
    _(MatrixLayoutDestroy, (Handle))                                         \
    _(MatrixLayoutSetAttribute, (Handle, int, const void *, size_t))         \
    _(MatmulPreferenceCreate, (Handle *))                                    \
    _(MatmulPreferenceDestroy, (Handle))                                     \
    _(MatmulPreferenceSetAttribute, (Handle, int, const void *, size_t))     \
    _(MatmulAlgoGetHeuristic, (Handle, Handle, Handle, Handle, Handle,       \
                               Handle, Handle, int, LtAnswer *, int *))      \
    _(Matmul, (Handle, Handle, const void *, const void *, Handle,           \
               const void *, Handle, const void *, const void *, Handle,     \
               void *, Handle, const LtAlgo *, void *, size_t, cudaStream_t))

struct Library {
#define MEMBER(name, takes) int (*name) takes;
    LT_FUNCTIONS(MEMBER)
#undef MEMBER
};

static bool fill(Library *out, void *object)
{
    bool whole = true;
#define FIND(name, takes)                                                    \
    *(void **)&out->name = dlsym(object, "cublasLt" #name);                  \
    whole = whole && out->name;
    LT_FUNCTIONS(FIND)
#undef FIND
    return whole;
}

/* The emulator has none but what it is told of. */
static void *object_open(void)
{
    const char *told = getenv("SCALELAW_CUBLASLT");
    if (told && *told)
        return strcmp(told, "none") ? dlopen(told, RTLD_NOW | RTLD_LOCAL)
                                    : NULL;
#ifdef __CUDACC__
    char path[80];
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%slibcublasLt.so.%d",
                 i ? "/usr/local/cuda/lib64/" : "", CUDART_VERSION / 1000);
        if (void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL))
            return object;
    }
#endif
    return NULL;
}

static const Library *library(void)
{
    static Library    found;
    static const bool whole = [] {
        void *object = object_open();
        return object && fill(&found, object);
    }();
    return whole ? &found : NULL;
}

bool lt_found(void) { return library() != NULL; }

/* One for each device, kept for good. */
static Handle handle_here(void)
{
    enum { DEVICES = 64 };
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static Handle          handle[DEVICES];
    int                    device = 0;
    if (cudaGetDevice(&device) != cudaSuccess || device >= DEVICES)
        return NULL;
    pthread_mutex_lock(&lock);
    if (!handle[device] && library()->Create(&handle[device]) != 0)
        handle[device] = NULL;
    const Handle here = handle[device];
    pthread_mutex_unlock(&lock);
    return here;
}

void lt_ready(void)
{
    if (library())
        (void)handle_here();
}

/* -- One product ---------------------------------------------------------------- */

struct Asked {
    Handle   operation, a, b, c, d;
    LtAnswer answer;
    bool     ok;
};

/* Of x[rows, cols] by columns. */
static Handle layout(int type, i64 rows, i64 cols, i64 ld, i64 apart, i64 batch)
{
    const Library *l = library();
    const int      count = (int)batch;
    Handle         h = NULL;
    if (l->MatrixLayoutCreate(&h, type, (u64)rows, (u64)cols, ld) != 0)
        return NULL;
    l->MatrixLayoutSetAttribute(h, LT_LAYOUT_BATCH, &count, sizeof count);
    l->MatrixLayoutSetAttribute(h, LT_LAYOUT_APART, &apart, sizeof apart);
    return h;
}

/* Ours by rows is its transpose by columns: what we turn, it turns. */
static Handle factor(const LtFactor *f, i64 rows, i64 cols, i64 batch)
{
    const i64 apart = f->apart / (i64)sizeof(u16);
    return f->turned ? layout(LT_BF16, rows, cols, f->ld, apart, batch)
                     : layout(LT_BF16, cols, rows, f->ld, apart, batch);
}

static Handle operation(const LtProduct *p)
{
    const Library *l = library();
    const int      a = p->q.turned ? LT_TURNED : LT_AS_IT_IS;
    const int      b = p->p.turned ? LT_TURNED : LT_AS_IT_IS;
    const int      bias = LT_EPILOGUE_BIAS;
    const i64      apart = p->apart / (i64)sizeof(float);
    Handle         h = NULL;
    if (l->MatmulDescCreate(&h, LT_SUMS_FLOAT, LT_FLOAT) != 0)
        return NULL;
    l->MatmulDescSetAttribute(h, LT_DESC_TURN_A, &a, sizeof a);
    l->MatmulDescSetAttribute(h, LT_DESC_TURN_B, &b, sizeof b);
    if (p->bias) {
        l->MatmulDescSetAttribute(h, LT_DESC_EPILOGUE, &bias, sizeof bias);
        l->MatmulDescSetAttribute(h, LT_DESC_BIAS, &p->bias, sizeof p->bias);
        l->MatmulDescSetAttribute(h, LT_DESC_BIAS_APART, &apart, sizeof apart);
    }
    return h;
}

/* The same for each product of a batch: blocks lie on lines of 256 bytes. */
static u32 alignment(const void *p)
{
    const size_t at = (size_t)p, lowest = at & (~at + 1);
    return lowest == 0 || lowest > 256 ? 256 : (u32)lowest;
}

static Handle preference(const LtProduct *p)
{
    const Library *l = library();
    const u64      bytes = 0;
    const u32      schemes = 0, a = alignment(p->q.at), b = alignment(p->p.at);
    const u32      c = alignment(p->c ? p->c : p->d), d = alignment(p->d);
    Handle         h = NULL;
    if (l->MatmulPreferenceCreate(&h) != 0)
        return NULL;
    l->MatmulPreferenceSetAttribute(h, LT_PREFER_BYTES, &bytes, sizeof bytes);
    l->MatmulPreferenceSetAttribute(h, LT_PREFER_SCHEMES, &schemes, sizeof schemes);
    l->MatmulPreferenceSetAttribute(h, LT_PREFER_ALIGN_A, &a, sizeof a);
    l->MatmulPreferenceSetAttribute(h, LT_PREFER_ALIGN_B, &b, sizeof b);
    l->MatmulPreferenceSetAttribute(h, LT_PREFER_ALIGN_C, &c, sizeof c);
    l->MatmulPreferenceSetAttribute(h, LT_PREFER_ALIGN_D, &d, sizeof d);
    return h;
}

static void describe(Asked *out, const LtProduct *p, i64 batch)
{
    out->operation = operation(p);
    out->a = factor(&p->q, p->sum, p->cols, batch);
    out->b = factor(&p->p, p->rows, p->sum, batch);
    out->c = layout(LT_FLOAT, p->cols, p->rows, p->ld,
                    p->apart / (i64)sizeof(float), batch);
    out->d = layout(LT_FLOAT, p->cols, p->rows, p->ld,
                    p->apart / (i64)sizeof(float), batch);
    out->ok = out->operation && out->a && out->b && out->c && out->d;
}

static void forget(Asked *asked)
{
    const Library *l = library();
    const Handle   layouts[] = { asked->a, asked->b, asked->c, asked->d };
    for (Handle h : layouts)
        if (h)
            l->MatrixLayoutDestroy(h);
    if (asked->operation)
        l->MatmulDescDestroy(asked->operation);
}

/* What the library proposes for one product alone. */
static bool propose(LtAnswer *out, const LtProduct *p)
{
    const Library *l = library();
    Asked          alone = { };
    int            found = 0;
    const Handle   handle = handle_here(), prefer = preference(p);
    describe(&alone, p, 1);
    const bool ok = handle && prefer && alone.ok
        && l->MatmulAlgoGetHeuristic(handle, alone.operation, alone.a, alone.b,
                                     alone.c, alone.d, prefer, 1, out,
                                     &found) == 0
        && found == 1 && out->state == 0;
    if (prefer)
        l->MatmulPreferenceDestroy(prefer);
    forget(&alone);
    return ok;
}

bool lt_fuses(const LtProduct *product)
{
    LtAnswer answer;
    return propose(&answer, product);
}

static bool multiply(const LtProduct *p, i64 batch, const LtAlgo *algo,
                     cudaStream_t stream)
{
    const float one = 1, beta = p->c ? 1 : 0;
    Asked       all = { };
    describe(&all, p, batch);
    const bool ok = all.ok
        && library()->Matmul(handle_here(), all.operation, &one, p->q.at, all.a,
                             p->p.at, all.b, &beta, p->c ? p->c : p->d, all.c,
                             p->d, all.d, algo, NULL, 0, stream) == 0;
    forget(&all);
    return ok;
}

static LtProduct one_of(const LtProduct *p, i64 i)
{
    LtProduct one = *p;
    const auto moved = [](auto *at, i64 bytes) {
        return at ? (decltype(at))((char *)(size_t)at + bytes) : at;
    };
    one.p.at = moved(p->p.at, i * p->p.apart);
    one.q.at = moved(p->q.at, i * p->q.apart);
    one.d    = moved(p->d, i * p->apart);
    one.c    = moved(p->c, i * p->apart);
    one.bias = moved(p->bias, i * p->apart);
    return one;
}

/* All at once; or where the algorithm does not do batches, one by one: either
 * way each has the same bits. */
static bool multiply_all(const LtProduct *p, cudaStream_t stream)
{
    LtAnswer answer;
    if (!propose(&answer, p))
        return false;
    bool ok = multiply(p, p->batch, &answer.algo, stream);
    if (ok || p->batch == 1)
        return ok;
    for (i64 i = 0; i < p->batch; i++) {
        const LtProduct one = one_of(p, i);
        if (!multiply(&one, 1, &answer.algo, stream))
            return false;
    }
    return true;
}

void lt_product(const LtProduct *product)
{
    static const char where[] = "cublasLtMatmul";
    Launch           *l = launch_now();
#ifdef __CUDACC__
    if (!multiply_all(product, l->stream))
        launch_failed(cudaErrorNotSupported, where);
#else
    const LtProduct p = *product;
    host_launch(l->stream, where, dim3(1), 1, 0, [p] {
        if (!multiply_all(&p, NULL))
            host_die("%s: refused %ld x %ld x %ld", where, (long)p.rows,
                     (long)p.cols, (long)p.sum);
    });
#endif
}

/* fake_cublaslt.c - cuBLASLt as far as lt_library.cu asks of it, for tests: the
 * products that descriptors stand for, by the library's documented meaning, on
 * memory of this machine. What the library may refuse, this refuses and says.
 *
 *     SCALELAW_FAKE_LT=nobias   no algorithm adds a bias
 *     SCALELAW_FAKE_LT=nobatch  no algorithm does more than one at a time
 *     SCALELAW_FAKE_LT_LOG=FILE a line for each product that was made
 *
 * SOURCE: NVIDIA, cuBLAS Library, chapter "Using the cuBLASLt API". Matrices lie
 *         by columns: x(i, j) = x[j * ld + i]. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OK, INVALID = 7, UNSUPPORTED = 15 };
enum { FLOAT = 0, BF16 = 14, SUMS_FLOAT = 68 };
enum { EPILOGUE_NONE = 1, EPILOGUE_BIAS = 4 };

typedef struct Operation {
    int32_t     turn_a, turn_b, epilogue;
    const void *bias;
    int64_t     bias_apart;
} Operation;

typedef struct Layout {
    int      type;
    uint64_t rows, cols;
    int64_t  ld, apart;
    int32_t  batch;
} Layout;

typedef struct Preference {
    uint64_t bytes;
    uint32_t schemes, align[4]; /* of a, b, c, d */
} Preference;

/* What an algorithm was proposed for, and may be used for. */
typedef struct Algo {
    uint64_t m, n, k, lds, align, bias, mark, rest;
} Algo;

typedef struct Answer {
    Algo   algo;
    size_t bytes;
    int    state;
    float  waves;
    int    rest[4];
} Answer;

static const uint64_t mark = 0x5ca1e1a3;

static int refuse(const char *why)
{
    fprintf(stderr, "fake cublasLt: %s\n", why);
    return INVALID;
}

static bool told(const char *word)
{
    const char *value = getenv("SCALELAW_FAKE_LT");
    return value && strcmp(value, word) == 0;
}

/* -- Handles ----------------------------------------------------------------- */

int cublasLtCreate(void **out);
int cublasLtMatmulDescCreate(Operation **out, int compute, int scale);
int cublasLtMatmulDescDestroy(Operation *operation);
int cublasLtMatmulDescSetAttribute(Operation *o, int what, const void *value,
                                   size_t bytes);
int cublasLtMatrixLayoutCreate(Layout **out, int type, uint64_t rows,
                               uint64_t cols, int64_t ld);
int cublasLtMatrixLayoutDestroy(Layout *layout);
int cublasLtMatrixLayoutSetAttribute(Layout *l, int what, const void *value,
                                     size_t bytes);
int cublasLtMatmulPreferenceCreate(Preference **out);
int cublasLtMatmulPreferenceDestroy(Preference *preference);
int cublasLtMatmulPreferenceSetAttribute(Preference *p, int what,
                                         const void *value, size_t bytes);
int cublasLtMatmulAlgoGetHeuristic(void *handle, const Operation *o,
                                   const Layout *a, const Layout *b,
                                   const Layout *c, const Layout *d,
                                   const Preference *p, int wanted,
                                   Answer *out, int *found);
int cublasLtMatmul(void *handle, const Operation *o, const float *alpha,
                   const void *a_at, const Layout *a, const void *b_at,
                   const Layout *b, const float *beta, const void *c_at,
                   const Layout *c, void *d_at, const Layout *d,
                   const Algo *algo, void *work, size_t bytes, void *stream);

int cublasLtCreate(void **out)
{
    static int handle;
    *out = &handle;
    return OK;
}

int cublasLtMatmulDescCreate(Operation **out, int compute, int scale)
{
    if (compute != SUMS_FLOAT || scale != FLOAT)
        return refuse("sums are not float");
    *out = calloc(1, sizeof **out);
    (*out)->epilogue = EPILOGUE_NONE;
    return OK;
}

int cublasLtMatmulDescDestroy(Operation *operation)
{
    free(operation);
    return OK;
}

/* One value of an attribute, of the size that the library wants. */
static int put(void *to, size_t size, const void *value, size_t bytes)
{
    if (bytes != size)
        return refuse("an attribute of another size");
    memcpy(to, value, size);
    return OK;
}

int cublasLtMatmulDescSetAttribute(Operation *o, int what, const void *value,
                                   size_t bytes)
{
    switch (what) {
    case 3:  return put(&o->turn_a, sizeof o->turn_a, value, bytes);
    case 4:  return put(&o->turn_b, sizeof o->turn_b, value, bytes);
    case 7:  return put(&o->epilogue, sizeof o->epilogue, value, bytes);
    case 8:  return put(&o->bias, sizeof o->bias, value, bytes);
    case 10: return put(&o->bias_apart, sizeof o->bias_apart, value, bytes);
    default: return refuse("an unknown attribute of an operation");
    }
}

int cublasLtMatrixLayoutCreate(Layout **out, int type, uint64_t rows,
                               uint64_t cols, int64_t ld)
{
    if (ld < (int64_t)rows)
        return refuse("columns overlap: the leading dimension is below rows");
    *out  = calloc(1, sizeof **out);
    **out = (Layout){ type, rows, cols, ld, 0, 1 };
    return OK;
}

int cublasLtMatrixLayoutDestroy(Layout *layout)
{
    free(layout);
    return OK;
}

int cublasLtMatrixLayoutSetAttribute(Layout *l, int what, const void *value,
                                     size_t bytes)
{
    switch (what) {
    case 5:  return put(&l->batch, sizeof l->batch, value, bytes);
    case 6:  return put(&l->apart, sizeof l->apart, value, bytes);
    default: return refuse("an unknown attribute of a layout");
    }
}

int cublasLtMatmulPreferenceCreate(Preference **out)
{
    *out  = calloc(1, sizeof **out);
    **out = (Preference){ 0, 7, { 256, 256, 256, 256 } };
    return OK;
}

int cublasLtMatmulPreferenceDestroy(Preference *preference)
{
    free(preference);
    return OK;
}

int cublasLtMatmulPreferenceSetAttribute(Preference *p, int what,
                                         const void *value, size_t bytes)
{
    if (what == 1)
        return put(&p->bytes, sizeof p->bytes, value, bytes);
    if (what == 3)
        return put(&p->schemes, sizeof p->schemes, value, bytes);
    if (what >= 5 && what <= 8)
        return put(&p->align[what - 5], sizeof p->align[0], value, bytes);
    return refuse("an unknown attribute of a preference");
}

/* -- What fits together --------------------------------------------------------- */

/* d(m, n) = op a(m, k) op b(k, n): what it is asked of, or 0s. */
static Algo shape_of(const Operation *o, const Layout *a, const Layout *b,
                     const Layout *c, const Layout *d)
{
    const uint64_t m  = o->turn_a ? a->cols : a->rows;
    const uint64_t k  = o->turn_a ? a->rows : a->cols;
    const uint64_t kb = o->turn_b ? b->cols : b->rows;
    const uint64_t n  = o->turn_b ? b->rows : b->cols;
    const bool     types = a->type == BF16 && b->type == BF16
                        && c->type == FLOAT && d->type == FLOAT;
    const bool     sizes = k == kb && d->rows == m && d->cols == n
                        && c->rows == m && c->cols == n;
    const bool     batch = a->batch == b->batch && b->batch == c->batch
                        && c->batch == d->batch && d->batch >= 1;
    if (!types || !sizes || !batch) {
        refuse(!types ? "types" : !sizes ? "sizes" : "batches");
        return (Algo){ 0 };
    }
    return (Algo){ .m = m, .n = n, .k = k, .mark = mark,
                   .lds = (uint64_t)(a->ld * 7 + b->ld * 5 + c->ld * 3 + d->ld),
                   .bias = o->epilogue == EPILOGUE_BIAS };
}

/* Kernels that read 16 bytes at a time need them aligned, and rows too. */
int cublasLtMatmulAlgoGetHeuristic(void *handle, const Operation *o,
                                   const Layout *a, const Layout *b,
                                   const Layout *c, const Layout *d,
                                   const Preference *p, int wanted,
                                   Answer *out, int *found)
{
    const Algo algo = shape_of(o, a, b, c, d);
    *found = 0;
    if (!handle || wanted < 1 || algo.m == 0)
        return INVALID;
    if (p->schemes != 0 || p->bytes != 0)
        return refuse("sums could be split over blocks");
    if (p->align[0] < 16 || p->align[1] < 16 || a->ld % 8 || b->ld % 8
        || a->apart % 8 || b->apart % 8)
        return refuse("factors are not aligned");
    if (algo.bias && told("nobias"))
        return UNSUPPORTED;
    *out = (Answer){ .algo = algo };
    out->algo.align = p->align[3];
    *found = 1;
    return OK;
}

/* -- A product -------------------------------------------------------------------- */

static double bf16_at(const void *at, int64_t i)
{
    const uint32_t word = (uint32_t)((const uint16_t *)at)[i] << 16;
    float          x;
    memcpy(&x, &word, sizeof x);
    return (double)x;
}

/* op x (i, j) of product number g of the batch. */
static double factor(const void *at, const Layout *l, bool turn, int64_t g,
                     uint64_t i, uint64_t j)
{
    const int64_t row = (int64_t)(turn ? j : i), col = (int64_t)(turn ? i : j);
    return bf16_at(at, g * l->apart + col * l->ld + row);
}

static void product(const Operation *o, const Algo *shape, float alpha,
                    const void *a_at, const Layout *a, const void *b_at,
                    const Layout *b, float beta, const float *c_at,
                    const Layout *c, float *d_at, const Layout *d, int64_t g)
{
    const float *bias = shape->bias ? (const float *)o->bias + g * o->bias_apart
                                    : NULL;
    for (uint64_t j = 0; j < shape->n; j++)
        for (uint64_t i = 0; i < shape->m; i++) {
            double        s = 0;
            const int64_t at = (int64_t)j * c->ld + (int64_t)i;
            for (uint64_t k = 0; k < shape->k; k++)
                s += factor(a_at, a, o->turn_a, g, i, k)
                   * factor(b_at, b, o->turn_b, g, k, j);
            s *= (double)alpha;
            if (beta != 0) /* else c is not read */
                s += (double)beta * (double)c_at[g * c->apart + at];
            if (bias)
                s += (double)bias[i];
            d_at[g * d->apart + (int64_t)j * d->ld + (int64_t)i] = (float)s;
        }
}

static void note(const Algo *shape, const Operation *o, int batch, float beta)
{
    const char *path = getenv("SCALELAW_FAKE_LT_LOG");
    FILE       *file = path ? fopen(path, "a") : NULL;
    if (!file)
        return;
    fprintf(file, "%llu %llu %llu %s%s batch %d beta %g bias %d\n",
            (unsigned long long)shape->m, (unsigned long long)shape->n,
            (unsigned long long)shape->k, o->turn_a ? "T" : "N",
            o->turn_b ? "T" : "N", batch, (double)beta, (int)shape->bias);
    fclose(file);
}

int cublasLtMatmul(void *handle, const Operation *o, const float *alpha,
                   const void *a_at, const Layout *a, const void *b_at,
                   const Layout *b, const float *beta, const void *c_at,
                   const Layout *c, void *d_at, const Layout *d,
                   const Algo *algo, void *work, size_t bytes, void *stream)
{
    const Algo shape = shape_of(o, a, b, c, d);
    (void)work, (void)stream;
    if (!handle || !algo || algo->mark != mark || shape.m != algo->m
        || shape.n != algo->n || shape.k != algo->k || shape.lds != algo->lds
        || shape.bias != algo->bias || bytes != 0)
        return refuse("an algorithm of another product");
    if ((uintptr_t)a_at % 16 || (uintptr_t)b_at % 16
        || (uintptr_t)d_at % algo->align || (shape.bias && !o->bias))
        return refuse("not aligned as was promised");
    if (d->batch > 1 && (a->apart == 0 || b->apart == 0 || d->apart == 0))
        return refuse("products of a batch lie upon each other");
    if (d->batch > 1 && told("nobatch"))
        return UNSUPPORTED;
    for (int32_t g = 0; g < d->batch; g++)
        product(o, &shape, *alpha, a_at, a, b_at, b, *beta, c_at, c, d_at, d,
                g);
    note(&shape, o, d->batch, *beta);
    return OK;
}

/* cpu_probe.inc.h - how fast can this core multiply and add, with nothing in
 * the way? Twelve sums in registers, no load, no store: more than two units
 * of four cycles' latency need. What it reaches is the peak that kernels are
 * measured against, at the clock and with the neighbours of this moment. */

enum { PROBE_SUMS = 12 };

#ifdef __x86_64__
#define IN_REGISTER(x) __asm__ volatile("" : "+v"(x))
#else
#define IN_REGISTER(x) __asm__ volatile("" : "+w"(x))
#endif

static double probe(i64 rounds)
{
    vf sum[PROBE_SUMS], x = splat(0), y = splat(0);
    IN_REGISTER(x);
    IN_REGISTER(y);
    UNROLL for (int i = 0; i < PROBE_SUMS; i++)
        sum[i] = splat(0);
    for (i64 r = 0; r < rounds; r++) {
        UNROLL for (int i = 0; i < PROBE_SUMS; i++)
            sum[i] = sum[i] * x + y;
        UNROLL for (int i = 0; i < PROBE_SUMS; i++)
            IN_REGISTER(sum[i]);
    }
    return (double)rounds * PROBE_SUMS * LANES * 2;
}

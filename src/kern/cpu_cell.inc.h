/* cpu_cell.inc.h - the cell of an LSTM, one step of it: what is done to the
 * numbers of one place of the state alone. The products around it are linear
 * maps like any other.
 *
 * tanh x = 2 s(2 x) - 1 with s the sigmoid of cpu_option.inc.h, which this
 * file follows: off by a few 2^-24 of 1, not of itself where x is small.
 * There the sum that it came from is no better. */

INLINE vf tanh_by_sigmoid(vf x) { return 2 * sigmoid(2 * x) - 1; }

/* n numbers of each gate are left in this row. */
INLINE void cell_lanes(float *h, float *c, float *gate, const float *before,
                       i64 C, i64 n)
{
    const vf i = sigmoid(load_upto(gate, n));
    const vf f = sigmoid(load_upto(gate + C, n));
    const vf g = tanh_by_sigmoid(load_upto(gate + 2 * C, n));
    const vf o = sigmoid(load_upto(gate + 3 * C, n));
    const vf state = before ? i * g + f * load_upto(before, n) : i * g;

    store_upto(gate, i, n);
    store_upto(gate + C, f, n);
    store_upto(gate + 2 * C, g, n);
    store_upto(gate + 3 * C, o, n);
    store_upto(c, state, n);
    store_upto(h, o * tanh_by_sigmoid(state), n);
}

static void lstm(float *h, float *c, float *gate, const float *before, i64 R,
                 i64 C)
{
    for (i64 r = 0; r < R; r++)
        for (i64 n = 0; n < C; n += LANES)
            cell_lanes(h + r * C + n, c + r * C + n, gate + r * 4 * C + n,
                       before ? before + r * C + n : NULL, C, C - n);
}

/* What lies beside one number of the state, on the way back. */
typedef struct CellBack {
    float       *gate, *dc;
    const float *dh, *later, *c, *before;
} CellBack;

INLINE void cell_back_lanes(CellBack a, i64 C, i64 n)
{
    const vf i = load_upto(a.gate, n), f = load_upto(a.gate + C, n);
    const vf g = load_upto(a.gate + 2 * C, n);
    const vf o = load_upto(a.gate + 3 * C, n);
    const vf t = tanh_by_sigmoid(load_upto(a.c, n));
    const vf own = load_upto(a.dh, n);
    const vf dh = a.later ? own + load_upto(a.later, n) : own;
    const vf dc = load_upto(a.dc, n) + dh * o * (1 - t * t);
    const vf before = a.before ? load_upto(a.before, n) : splat(0);

    store_upto(a.gate, dc * g * i * (1 - i), n);
    store_upto(a.gate + C, dc * before * f * (1 - f), n);
    store_upto(a.gate + 2 * C, dc * i * (1 - g * g), n);
    store_upto(a.gate + 3 * C, dh * t * o * (1 - o), n);
    store_upto(a.dc, dc * f, n);
}

static void lstm_back(float *gate, float *dc, const float *dh,
                      const float *later, const float *c, const float *before,
                      i64 R, i64 C)
{
    for (i64 r = 0; r < R; r++)
        for (i64 n = 0; n < C; n += LANES) {
            const i64      at = r * C + n;
            const CellBack a = {
                gate + r * 4 * C + n, dc + at, dh + at,
                later ? later + at : NULL, c + at,
                before ? before + at : NULL,
            };
            cell_back_lanes(a, C, C - n);
        }
}

/* law_linear.c - the largest set of parameters that are linear together.
 *
 * A set is jointly linear when no slope by a member mentions a member. That is
 * a matter of pairs: i and j exclude each other where the slope by one mentions
 * the other, and what mentions itself is out. So it is the largest independent
 * set of a graph of at most 32 nodes, found exactly: a node with at most one
 * neighbour left can always be taken, otherwise the one with most neighbours is
 * taken or left, whichever gives more. */

#include "law/formula.h"

static int most(const u32 *rival, u32 left)
{
    int widest = -1, degree = -1;
    for (u32 rest = left; rest; rest &= rest - 1) {
        const int i = __builtin_ctz(rest);
        const int rivals = __builtin_popcount(rival[i] & left);
        if (rivals <= 1)
            return 1 + most(rival, left & ~(rival[i] | 1u << i));
        if (rivals > degree) {
            widest = i;
            degree = rivals;
        }
    }
    if (widest < 0)
        return 0;
    const u32 without = left & ~(1u << widest);
    const int taken = 1 + most(rival, without & ~rival[widest]);
    const int passed = most(rival, without);
    return taken > passed ? taken : passed;
}

/* Of several largest sets the one of the earliest parameters: from the last on,
 * each is left out that can be. */
u32 formula_linear(const u32 *mentions, u32 used, int nparam)
{
    u32 rival[32] = { 0 }, left = used;
    for (int i = 0; i < nparam; i++)
        for (int j = 0; j < nparam; j++)
            if (mentions[i] >> j & 1u) {
                rival[i] |= 1u << j;
                rival[j] |= 1u << i;
            }
    for (int i = 0; i < nparam; i++)
        if (mentions[i] >> i & 1u)
            left &= ~(1u << i);
    const int size = most(rival, left);
    for (int i = nparam - 1; i >= 0; i--)
        if ((left >> i & 1u) && most(rival, left & ~(1u << i)) == size)
            left &= ~(1u << i);
    return left;
}

/* team.cuh - lanes that take a row together and keep it in their registers,
 * pieces of 4 neighbours each. Narrow rows have small teams, so that no lane
 * of a warp is idle. */

#ifndef TEAM_CUH
#define TEAM_CUH

#include "kern/cuda/block.cuh"

enum { WARPS = 8, THREADS = WARPS * WARP };

/* L lanes to a row, K pieces to a lane. */
template <int lanes, int pieces> struct Team {
    enum { L = lanes, K = pieces, COUNT = THREADS / lanes };
};

template <class T> static __device__ inline int lane_of(void)
{
    return (int)threadIdx.x % T::L;
}
template <class T> static __device__ inline int team_of(void)
{
    return (int)threadIdx.x / T::L;
}
template <class T> static __device__ inline i64 column(int k)
{
    return (i64)(k * T::L + lane_of<T>()) * 4;
}
template <class T> static __device__ inline float team_sum(float x)
{
    for (int k = T::L / 2; k > 0; k /= 2)
        x += __shfl_xor_sync(0xffffffffu, x, k);
    return x;
}

/* The team for a row of C: 0 .. 5, or WIDE. */
enum { WIDE = 6 };
inline int team_for(i64 C, bool fours)
{
    int team = 0;
    for (i64 most = 32; most < C && team < WIDE; most *= 2)
        team++;
    return fours ? team : WIDE;
}

/* Of a family of kernels the one for a team. */
#define OF_TEAM(team, kernel, centred)                     \
    ((team) == 0   ? kernel<Team<8, 1>, centred>           \
     : (team) == 1 ? kernel<Team<16, 1>, centred>          \
     : (team) == 2 ? kernel<Team<32, 1>, centred>          \
     : (team) == 3 ? kernel<Team<32, 2>, centred>          \
     : (team) == 4 ? kernel<Team<32, 4>, centred>          \
                   : kernel<Team<32, 8>, centred>)

inline i64 rows_of_block(int team)
{
    return team == 0 ? THREADS / 8 : team == 1 ? THREADS / 16 : WARPS;
}

#endif

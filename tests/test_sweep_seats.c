/* test_sweep_seats.c - what a device is given next, without a device: one is
 * played, with shapes of made-up speed and size, through to the end. */

#include "sweep/seats.h"

#include "base/rng.h"
#include "tests/test.h"

#include <math.h>

static const i64 GB = 1000000000;

/* As if it were known. */
static SeatsSpeed speed_of(double launch_s, double seat_s)
{
    return (SeatsSpeed){ .launch_s = launch_s, .seat_s = seat_s, .seen = 2 };
}

static SeatsSpeed guess_of(double launch_s, double seat_s)
{
    return (SeatsSpeed){ .launch_s = launch_s, .seat_s = seat_s };
}

/* -- Speed ------------------------------------------------------------------ */

TEST(seats_are_worth_taking_until_throughput_stands)
{
    const SeatsSpeed speed = speed_of(1e-4, 1e-5);
    const i64        n = seats_useful(&speed);
    const double     most = 1 / speed.seat_s;
    CHECK_BELOW(0.9 * most * 0.9999, (double)n / seats_pass_s(&speed, n));
    CHECK_BELOW((double)(n - 1) / seats_pass_s(&speed, n - 1), 0.9 * most);
    CHECK_NEAR(seats_use(&speed, n), 0.9, 1e-3);

    const SeatsSpeed large = speed_of(1e-4, 1e-1);
    CHECK_NEAR(seats_useful(&large), 1, 0);
    const SeatsSpeed tiny = speed_of(1, 1e-9);
    CHECK_NEAR(seats_useful(&tiny), SEATS_MAX, 0);
}

TEST(a_first_guess_is_made_of_flop_bytes_and_launches)
{
    const SeatsSpeed a = seats_guess(1e9, 1e6, 100, 1e12, 1e11);
    const SeatsSpeed b = seats_guess(2e9, 2e6, 200, 1e12, 1e11);
    CHECK_NEAR(b.seat_s, 2 * a.seat_s, 1e-12);
    CHECK_NEAR(b.launch_s, 2 * a.launch_s, 1e-12);
    CHECK_NEAR(a.seat_s, 1e-3 + 1e-5, 1e-12);
}

TEST(what_is_measured_takes_the_place_of_the_guess)
{
    const SeatsSpeed truth = speed_of(2e-3, 5e-5);
    SeatsSpeed       speed = guess_of(1e-4, 1e-5);
    seats_seen(&speed, 8, seats_pass_s(&truth, 8), 0.5);
    CHECK_NEAR(seats_pass_s(&speed, 8), seats_pass_s(&truth, 8), 1e-12);
    seats_seen(&speed, 40, seats_pass_s(&truth, 40), 0.5);
    CHECK_NEAR(speed.launch_s, truth.launch_s, 1e-9);
    CHECK_NEAR(speed.seat_s, truth.seat_s, 1e-9);

    /* Gangs that share the device hold each other up. */
    SeatsSpeed shared = guess_of(1e-4, 1e-5);
    seats_seen(&shared, 8, 3 * seats_pass_s(&truth, 8), 3);
    seats_seen(&shared, 40, 2 * seats_pass_s(&truth, 40), 2);
    CHECK_NEAR(shared.launch_s, truth.launch_s, 1e-9);

    /* Nonsense teaches nothing, a fall is no negative cost. */
    seats_seen(&shared, 0, 1, 1);
    seats_seen(&shared, 3, NAN, 1);
    CHECK_NEAR(shared.launch_s, truth.launch_s, 1e-9);
    SeatsSpeed falling = guess_of(1e-3, 1e-5);
    seats_seen(&falling, 1, 2e-3, 0);
    seats_seen(&falling, 9, 1e-3, 0);
    CHECK(falling.seat_s > 0 && falling.launch_s >= 0);
    for (int n = 1; n < 60; n++) /* more than there is room for */
        seats_seen(&speed, n, seats_pass_s(&truth, n), 1);
    CHECK_NEAR(speed.seat_s, truth.seat_s, 1e-6);
    CHECK(speed.seen <= SEATS_SEEN);
}

/* -- One choice ------------------------------------------------------------- */

TEST(a_gang_has_as_many_seats_as_runs_memory_and_use_allow)
{
    SeatsShape shape = { .open = 6, .path_s = 10, .passes = 1000,
                         .bytes_one = 2 * GB, .bytes_more = GB,
                         .speed = speed_of(1e-3, 1e-6) };
    SeatsNow   now = { .bytes = 80 * GB, .bytes_free = 80 * GB, .shapes = 1,
                       .shape = &shape };
    CHECK_NEAR(seats_choose(&now).seats, 6, 0);
    now.bytes_free = 5 * GB + seats_margin(now.bytes);
    CHECK_NEAR(seats_choose(&now).seats, 4, 0);
    now.bytes_free -= 1;
    CHECK_NEAR(seats_choose(&now).seats, 3, 0);
    now.bytes_free = 80 * GB;
    shape.speed = speed_of(1e-3, 4.5e-3); /* two seats do it */
    CHECK_NEAR(seats_choose(&now).seats, 2, 0);
    shape.speed = speed_of(1e-3, 1e-6);
    shape.most  = 5;
    CHECK_NEAR(seats_choose(&now).seats, 5, 0);
    shape.open = 0;
    CHECK_NEAR(seats_choose(&now).seats, 0, 0);
    shape.open = 6;
    now.bytes_free = 2 * GB;
    CHECK_NEAR(seats_choose(&now).seats, 0, 0);
}

TEST(what_was_not_measured_is_given_more_and_tried_with_few)
{
    SeatsShape shape = { .open = 300, .path_s = 10, .passes = 1000,
                         .bytes_one = GB, .bytes_more = GB / 10,
                         .speed = guess_of(1e-4, 4.5e-5) }; /* 20 */
    SeatsGang  gang = { .seats = 80, .taken = 20, .bytes = 9 * GB,
                        .left_s = 9 };
    SeatsNow   now = { .bytes = 80 * GB, .bytes_free = 80 * GB, .shapes = 1,
                       .shape = &shape, .gang = &gang };
    CHECK_NEAR(seats_choose(&now).seats, 80, 0);
    CHECK_NEAR(seats_choose(&now).first, 20, 0);
    now.bytes_free = 8 * GB; /* a guess may have half of it */
    CHECK_NEAR(seats_choose(&now).seats, 25, 0);
    now.bytes_free = 70 * GB;

    now.gangs = 1;
    CHECK(!seats_refill(&now, 0));
    gang.age_s = 60; /* whatever it was, it is not measured */
    CHECK(seats_refill(&now, 0));
    gang.age_s = 0;
    shape.speed.seen = 1;
    CHECK(seats_refill(&now, 0));

    now.gangs = 0;
    shape.speed.seen = 2;
    CHECK_NEAR(seats_choose(&now).seats, 20, 0);
    CHECK_NEAR(seats_choose(&now).first, 20, 0);
    shape.open = 15; /* few need no trying */
    shape.speed.seen = 0;
    CHECK_NEAR(seats_choose(&now).first, 15, 0);
}

TEST(the_longest_way_is_opened_first_and_others_fill_the_device)
{
    const SeatsShape shape[] = {
        { .open = 4, .path_s = 10, .passes = 1000, .bytes_one = GB,
          .bytes_more = GB, .speed = speed_of(1e-3, 1e-5) },
        { .open = 4, .path_s = 90, .passes = 9000, .bytes_one = GB,
          .bytes_more = GB, .speed = speed_of(1e-3, 1e-4) },
        { .open = 40, .path_s = 5, .passes = 9000, .bytes_one = GB,
          .bytes_more = GB, .speed = speed_of(1e-3, 1e-2) },
    };
    SeatsGang gang[2] = { { .shape = 1, .seats = 4, .taken = 4,
                            .bytes = 4 * GB, .left_s = 90 } };
    SeatsNow  now = { .bytes = 80 * GB, .bytes_free = 80 * GB, .shapes = 3,
                      .shape = shape };
    CHECK_NEAR(seats_choose(&now).shape, 1, 0);
    SeatsShape after[3] = { shape[0], shape[1], shape[2] };
    after[1].open = 0;
    now.shape = after;
    now.gangs = 1;
    now.gang  = gang;
    CHECK_NEAR(seats_choose(&now).shape, 0, 0);

    /* With a gang that alone keeps it at work, nothing else is opened but what
     * heads the longest way. */
    after[0].open = 0;
    gang[1] = (SeatsGang){ .shape = 2, .seats = 1, .taken = 1, .bytes = GB,
                           .left_s = 50 };
    now.gangs = 2;
    after[2].open = 39;
    after[0].open = 1;
    after[0].path_s = 1;
    CHECK_NEAR(seats_choose(&now).seats, 1, 0);
    CHECK_NEAR(seats_choose(&now).shape, 2, 0); /* first in order */
    after[2].path_s = 0.5;
    CHECK_NEAR(seats_choose(&now).shape, 0, 0);
    gang[0].taken = 0;
    gang[0].shape = 2;
    gang[0].taken = 1; /* uses now come to 1.8 */
    CHECK_NEAR(seats_choose(&now).seats, 0, 0);
}

TEST(what_waits_for_memory_is_not_put_off_by_what_comes_behind_it)
{
    SeatsShape shape[] = {
        { .open = 1, .path_s = 100, .passes = 1e5, .bytes_one = 75 * GB,
          .bytes_more = 75 * GB, .speed = speed_of(1e-3, 1e-5) },
        { .open = 9, .path_s = 50, .passes = 5e4, .bytes_one = 10 * GB,
          .bytes_more = 10 * GB, .speed = speed_of(1e-3, 1e-5) },
    };
    SeatsGang gang[] = { { .shape = 1, .seats = 4, .taken = 3,
                           .bytes = 40 * GB, .left_s = 20 } };
    SeatsNow  now = { .bytes = 80 * GB, .bytes_free = 40 * GB, .shapes = 2,
                      .shape = shape, .gangs = 1, .gang = gang };
    CHECK_NEAR(seats_choose(&now).seats, 0, 0);
    CHECK(!seats_refill(&now, 0));

    shape[1].passes = 1e4; /* gone before the gang is */
    CHECK_NEAR(seats_choose(&now).shape, 1, 0);
    CHECK(seats_refill(&now, 0));

    shape[1].passes    = 5e4;
    shape[0].bytes_one = 50 * GB; /* leaves room for two that come after */
    CHECK_NEAR(seats_choose(&now).seats, 2, 0);

    shape[0].bytes_one = 100 * GB; /* never fits: nobody waits for it */
    CHECK_NEAR(seats_choose(&now).seats, 3, 0);
    CHECK(seats_refill(&now, 0));
}

/* -- A device played to the end --------------------------------------------- */

enum { SHAPES = 6, GANGS = 64, RUNS = 400 };

typedef struct Game {
    SeatsShape shape[SHAPES];
    SeatsSpeed truth[SHAPES];
    double     passes[SHAPES][RUNS]; /* of each, longest first */
    i64        count[SHAPES], begun[SHAPES];
    SeatsGang  gang[GANGS];
    double     left[GANGS][SEATS_MAX]; /* passes; 0: free */
    int        gangs;
    i64        bytes;
    double     clock_s, busy_flop;
    i64        done, most_taken;
    double     began_s[SHAPES];        /* of its longest */
    double     opened_s[GANGS];
} Game;

static i64 held(const Game *game)
{
    i64 bytes = 0;
    for (int g = 0; g < game->gangs; g++)
        bytes += game->gang[g].bytes;
    return bytes;
}

static SeatsNow now_of(Game *game)
{
    for (int s = 0; s < SHAPES; s++) {
        SeatsShape *shape = &game->shape[s];
        const i64   next  = game->begun[s];
        shape->open   = game->count[s] - next;
        shape->passes = shape->open > 0 ? game->passes[s][next] : 0;
        shape->path_s = shape->passes * seats_pass_s(&shape->speed, 1);
    }
    return (SeatsNow){ game->bytes, game->bytes - held(game), SHAPES,
                       game->gangs, game->shape, game->gang };
}

static double slow(const Game *game)
{
    double use = 0;
    for (int g = 0; g < game->gangs; g++)
        use += seats_use(&game->truth[game->gang[g].shape],
                         game->gang[g].taken);
    return fmax(1, use);
}

static double pass_s(const Game *game, int g)
{
    return seats_pass_s(&game->truth[game->gang[g].shape],
                        game->gang[g].taken) * slow(game);
}

static void sit(Game *game, int g, i64 seat)
{
    const int s = game->gang[g].shape;
    if (game->begun[s] == 0)
        game->began_s[s] = game->clock_s;
    game->left[g][seat] = game->passes[s][game->begun[s]++];
    game->gang[g].taken++;
}

static void left_set(Game *game)
{
    for (int g = 0; g < game->gangs; g++) {
        double most = 0;
        for (i64 i = 0; i < game->gang[g].seats; i++)
            most = fmax(most, game->left[g][i]);
        game->gang[g].left_s = most * pass_s(game, g);
        game->gang[g].age_s  = game->clock_s - game->opened_s[g];
        game->most_taken = i64_max(game->most_taken, game->gang[g].taken);
    }
}

static void refill(Game *game)
{
    for (int g = 0; g < game->gangs; g++)
        for (i64 i = 0; i < game->gang[g].seats; i++) {
            const SeatsNow now = now_of(game);
            if (game->left[g][i] == 0 && seats_refill(&now, g))
                sit(game, g, i);
        }
}

static void close_empty(Game *game)
{
    for (int g = game->gangs - 1; g >= 0; g--) {
        if (game->gang[g].taken > 0)
            continue;
        game->gangs--;
        game->gang[g] = game->gang[game->gangs];
        game->opened_s[g] = game->opened_s[game->gangs];
        for (i64 i = 0; i < SEATS_MAX; i++)
            game->left[g][i] = game->left[game->gangs][i];
    }
}

static void open_more(Game *game)
{
    for (;;) {
        left_set(game);
        const SeatsNow  now  = now_of(game);
        const SeatsOpen open = seats_choose(&now);
        if (open.seats < 1 || !CHECK(game->gangs < GANGS))
            return;
        const int g = game->gangs++;
        game->gang[g] = (SeatsGang){
            .shape = open.shape, .seats = open.seats,
            .bytes = seats_bytes(&game->shape[open.shape], open.seats) };
        CHECK(held(game) + seats_margin(game->bytes) <= game->bytes);
        for (i64 i = 0; i < SEATS_MAX; i++)
            game->left[g][i] = 0;
        game->opened_s[g] = game->clock_s;
        for (i64 i = 0; i < open.first; i++)
            sit(game, g, i);
    }
}

/* Until the next run ends; its gangs are measured. */
static void move_on(Game *game)
{
    double dt = INFINITY;
    for (int g = 0; g < game->gangs; g++)
        for (i64 i = 0; i < game->gang[g].seats; i++)
            if (game->left[g][i] > 0)
                dt = fmin(dt, game->left[g][i] * pass_s(game, g));
    dt = fmin(dt, 1); /* what is measured is measured soon */
    const SeatsNow now = now_of(game);
    const double   use = seats_use_all(&now);
    double         took[GANGS];
    for (int g = 0; g < game->gangs; g++)
        took[g] = pass_s(game, g);
    for (int g = 0; g < game->gangs; g++) {
        seats_seen(&game->shape[game->gang[g].shape].speed,
                   game->gang[g].taken, took[g], use);
        for (i64 i = 0; i < game->gang[g].seats; i++) {
            if (game->left[g][i] <= 0)
                continue;
            game->left[g][i] -= dt / took[g];
            if (game->left[g][i] > 1e-6)
                continue;
            game->left[g][i] = 0;
            game->gang[g].taken--;
            game->done++;
        }
    }
    game->clock_s += dt;
}

static bool anything_open(const Game *game)
{
    for (int s = 0; s < SHAPES; s++)
        if (game->begun[s] < game->count[s])
            return true;
    return false;
}

static void play(Game *game)
{
    for (i64 round = 0; round < 100000; round++) {
        left_set(game);
        refill(game);
        close_empty(game);
        open_more(game);
        if (game->gangs == 0)
            break;
        move_on(game);
    }
    CHECK(!anything_open(game));
}

static double unit(u64 seed, u64 i)
{
    return (double)rng_below(seed, RNG_TEST, i, 1000000) / 1e6;
}

/* Sizes by fours, guesses of speed wrong by up to four times. */
static void game_make(Game *game, u64 seed, i64 runs)
{
    *game = (Game){ .bytes = 80 * GB };
    for (int s = 0; s < SHAPES; s++) {
        const double size = pow(4, s);
        const u64    at   = 1000 * (u64)s;
        game->truth[s] = speed_of(1e-4 * (1 + s), 1e-6 * size);
        game->shape[s] = (SeatsShape){
            .bytes_one  = (i64)(2e7 * size), .bytes_more = (i64)(1.9e7 * size),
            .speed = guess_of(4e-4 * unit(seed, at),
                              1e-6 * size * pow(4, 2 * unit(seed, at + 1) - 1)),
        };
        game->count[s] = runs;
        for (i64 i = 0; i < runs; i++)
            game->passes[s][i] = 1e4 * (double)(runs + 1 - i) / (double)runs;
    }
}

TEST(every_run_is_trained_and_memory_is_never_passed)
{
    static Game game;
    for (u64 seed = 0; seed < 20; seed++) {
        test_note("seed %d", (int)seed);
        game_make(&game, seed, 1 + (i64)rng_below(seed, RNG_TEST, 77, 60));
        game.bytes = GB * (i64)(22 + rng_below(seed, RNG_TEST, 78, 60));
        const i64 all = SHAPES * game.count[0];
        play(&game);
        CHECK_NEAR(game.done, all, 0);
    }
}

TEST(hundreds_of_small_runs_go_side_by_side)
{
    static Game game;
    game_make(&game, 3, 300);
    for (int s = 1; s < SHAPES; s++)
        game.count[s] = 0;
    play(&game);
    CHECK_BELOW(100, game.most_taken);
    CHECK_NEAR(game.done, 300, 0);
    /* One after the other would take a launch each: here nearly none. */
    const double alone = 300 * 5.5e3 * seats_pass_s(&game.truth[0], 1);
    CHECK_BELOW(game.clock_s, alone / 20);
}

TEST(a_device_played_to_the_end_is_well_used)
{
    static Game game;
    for (u64 seed = 0; seed < 10; seed++) {
        test_note("seed %d", (int)seed);
        game_make(&game, seed, 40);
        for (int s = 0; s < SHAPES; s++)
            game.shape[s].speed = game.truth[s];
        double work = 0, longest = 0;
        for (int s = 0; s < SHAPES; s++)
            for (i64 i = 0; i < game.count[s]; i++)
                work += game.passes[s][i] * game.truth[s].seat_s;
        longest = game.passes[SHAPES - 1][0]
                * seats_pass_s(&game.truth[SHAPES - 1], 1);
        play(&game);
        CHECK_BELOW(game.clock_s, 1.6 * work + 2 * longest);
        /* The longest began before anything shorter had ended. */
        CHECK_NEAR(game.began_s[SHAPES - 1], 0, 0);
    }
}

TEST(a_large_run_among_small_ones_is_not_starved)
{
    static Game game;
    game_make(&game, 1, 300);
    for (int s = 2; s < SHAPES; s++)
        game.count[s] = 0;
    /* Long, and in need of nearly all memory; short ones hold it at first. */
    game.bytes    = 4 * GB;
    game.count[5] = 1;
    game.passes[5][0] = 1e4;
    game.shape[5].bytes_one = game.bytes - seats_margin(game.bytes);
    game.gangs    = 1;
    game.gang[0]  = (SeatsGang){ .shape = 0, .seats = 8,
                                 .bytes = seats_bytes(&game.shape[0], 8) };
    for (i64 i = 0; i < 8; i++)
        sit(&game, 0, i);
    play(&game);
    CHECK_NEAR(game.done, 601, 0);
    CHECK_BELOW(game.began_s[5], 1.2 * 1e4 * seats_pass_s(&game.truth[0], 8));
}

/* test_data_fetch.c - recipes, and fetching a package: with a package made
 * here, and an apt-get made here that hands it out or says no, so that nothing
 * needs the network. The real thing is tests/cli/corpus_gcide.sh. */

#include "data/recipe.h"
#include "tests/data_world.h"

#include "data/corpus.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { LINES = 9000 };

static char said[4096];

static void note(const char *line)
{
    const size_t at = strlen(said);
    snprintf(said + at, sizeof said - at, "%s\n", line);
}

/* -- The catalogue --------------------------------------------------------- */

TEST(every_corpus_of_the_catalogue_says_all_that_is_needed)
{
    Arena        arena = { 0 };
    const char **names;
    const int    count = recipe_names(&names, &arena);
    CHECK(count >= 5);
    for (int i = 0; i < count; i++) {
        Recipe r;
        Err    err = { 0 };
        test_note("%s", names[i]);
        if (!CHECK(recipe_load(&r, &arena, names[i], &err))) {
            printf("%s\n", err.text);
            continue;
        }
        CHECK_TEXT(r.name, names[i]);
        CHECK(r.bytes > 1000000 && *r.about && *r.licence);
        CHECK(r.made || (r.package_bytes > 100000 && r.paths.count > 0
                         && *r.package));
        CHECK(strspn(r.sha256, "0123456789abcdef") == 64);
        CHECK(r.made || r.nyardstick >= 3);
        for (int k = 0; k < r.nyardstick; k++)
            CHECK(r.yardstick[k].bpb > 0.5 && r.yardstick[k].bpb < 8);
        CHECK(recipe_known(names[i]));
    }
    CHECK(!recipe_known("nothing"));
    CHECK(!recipe_known("./gcide"));
    arena_free(&arena);
}

static const char good[] =
    "name = \"t\"\nabout = \"a\"\nlicence = \"MIT\"\npackage = \"p\"\n"
    "package_bytes = 1\npaths = [\"a\"]\nbytes = 2\nyardsticks = [\"x\"]\n"
    "yardstick_bpb = [2]\nsha256 = \"0123456789abcdef0123456789abcdef"
    "0123456789abcdef0123456789abcdef\"\n";

/* The good recipe with one piece replaced. */
static const char *bent(Arena *arena, const char *from, const char *to)
{
    const char *at = strstr(good, from);
    CHECK(at != NULL);
    return at ? arena_print(arena, "%.*s%s%s", (int)(at - good), good, to,
                            at + strlen(from)) : good;
}

TEST(a_recipe_with_a_mistake_is_refused_before_anything_is_fetched)
{
    static const struct { const char *from, *to, *words; } bad[] = {
        { "name = \"t\"\n", "", "name is not given" },
        { "sha256 = ", "sha526 = ", "sha256" },
        { "package = \"p\"", "package = \"-o=x\"", "not the name of a Debian" },
        { "package = \"p\"", "package = \"p;rm\"", "not the name of a Debian" },
        { "paths = [\"a\"]", "paths = [\"/etc/pass\"]", "inside the package" },
        { "paths = [\"a\"]", "paths = [\"../a\"]", "inside the package" },
        { "paths = [\"a\"]", "paths = []", "paths is not given" },
        { "bytes = 2\n", "bytes = \"2\"\n", "number" },
        { "bytes = 2\n", "bytes = 2.5\n", "whole number" },
        { "bytes = 2\n", "bytes = 2\nsteps = [\"unzip\"]\n", "unzip" },
        { "[2]", "[2, 3]", "as many of each" },
        { "abcdef\"", "abc\"", "64 hexadecimal" },
    };
    for (int i = 0; i <= COUNT_OF(bad); i++) {
        Arena       arena = { 0 };
        Recipe      r;
        Err         err = { 0 };
        const bool  is_good = i == COUNT_OF(bad);
        const char *text = is_good ? good : bent(&arena, bad[i].from,
                                                 bad[i].to);
        const char *path = world_file(&arena, "t.corpus", text,
                                      (i64)strlen(text));
        test_note("%s", is_good ? "the good one" : bad[i].to);
        CHECK(recipe_load(&r, &arena, path, &err) == is_good);
        if (!is_good) {
            CHECK(err.kind == ERR_USAGE);
            CHECK_HAS(err.text, bad[i].words);
            CHECK_HAS(err.text, "t.corpus");
        }
        arena_free(&arena);
    }
}

static const char chain[] =
    "name = \"chain\"\nabout = \"a\"\nlicence = \"CC0\"\n"
    "source = \"markov\"\norder = 1\nletters = 5\nseed = 3\nnoise = 0.1\n"
    "bytes = 100000\nfixed = false\nsha256 = \"0123456789abcdef"
    "0123456789abcdef0123456789abcdef0123456789abcdef\"\n";

TEST(a_source_is_drawn_without_a_package_and_its_entropy_is_in_the_shard)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    Shard       one, two;
    CorpusRule  rule = corpus_rule();
    Source      source;
    SourceEntropy known;
    const char *paths[2];
    CHECK(dir_make(world_path(&arena, "src/corpora"), &err));
    world_file(&arena, "src/corpora/chain.corpus", chain,
               (i64)sizeof chain - 1);
    setenv("SCALELAW_DATA", world_path(&arena, "src"), 1);
    for (int i = 0; i < 2; i++) {
        rule.data_dir = world_path(&arena, i ? "there" : "here");
        if (!CHECK(corpus_get(&paths[i], &arena, "chain", &rule, NULL, &err))) {
            printf("%s\n", err.text);
            unsetenv("SCALELAW_DATA");
            return;
        }
    }
    unsetenv("SCALELAW_DATA");
    CHECK(shard_open(&one, paths[0], &err) && shard_open(&two, paths[1], &err));
    CHECK(one.source_bytes == 100000);
    CHECK_TEXT(one.sha256, two.sha256); /* drawn twice, and the same */
    CHECK_HAS(one.source, "noise 0.1");
    CHECK(source_make(&source, &arena, &(SourceRule){ .order = 1, .letters = 5,
                      .seed = 3, .noise = 0.1 }, &err));
    source_entropy(&known, &source, 2000000);
    CHECK_NEAR(one.entropy_nats, known.nats, 0.01);
    CHECK_NEAR(one.entropy_after[0], known.after[1], 0.01);
    CHECK(one.entropy_se > 0 && one.entropy_se < 0.01);
    CHECK(one.entropy_nats < one.unigram_nats);
    shard_close(&one);
    shard_close(&two);
    arena_free(&arena);
}

TEST(a_source_with_a_mistake_is_refused)
{
    static const struct { const char *from, *to, *words; } bad[] = {
        { "\"markov\"", "\"dice\"", "'dice' is no source" },
        { "order = 1\n", "", "order is not given" },
        { "letters = 5\n", "", "letters is not given" },
        { "source = \"markov\"\norder = 1", "source = \"hmm\"",
          "states is not given" },
        { "seed = 3\n", "seed = 0.5\n", "whole number" },
    };
    for (int i = 0; i < COUNT_OF(bad); i++) {
        Arena       arena = { 0 };
        Recipe      r;
        Err         err = { 0 };
        const char *at = strstr(chain, bad[i].from);
        const char *text = arena_print(&arena, "%.*s%s%s", (int)(at - chain),
                                       chain, bad[i].to,
                                       at + strlen(bad[i].from));
        const char *path = world_file(&arena, "t.corpus", text,
                                      (i64)strlen(text));
        test_note("%s", bad[i].to);
        CHECK(!recipe_load(&r, &arena, path, &err));
        CHECK_HAS(err.text, bad[i].words);
        arena_free(&arena);
    }
}

/* -- Steps -------------------------------------------------------------------- */

static bool keep(void *self, const u8 *bytes, i64 count, Err *err)
{
    (void)err;
    str_add(self, "%.*s", (int)count, (const char *)bytes);
    return true;
}

/* Text of a file after its steps; it holds no zero byte. */
static Str poured(Arena *arena, const char *bytes, i64 count, PourSteps steps)
{
    Str            out = { 0 };
    Err            err = { 0 };
    const PourSink sink = { &out, keep };
    str_put(&out, "");
    CHECK(pour_file(world_file(arena, "p", bytes, count), &steps, &sink,
                    &err));
    return out;
}

TEST(fasta_becomes_a_line_for_each_sequence)
{
    Arena arena = { 0 };
    const char text[] = ">one x\nACD\nEF\n>two\nGH>I\n>three\n>four\nKL";
    Str out = poured(&arena, text, (i64)sizeof text - 1,
                     (PourSteps){ .fasta_lines = true });
    CHECK_TEXT(out.text, "ACDEF\nGH>I\n\nKL\n");
    str_free(&out);
    arena_free(&arena);
}

TEST(the_head_of_images_is_left_out)
{
    Arena arena = { 0 };
    Str out = poured(&arena, "0123456789abcdefIMAGES", 22,
                     (PourSteps){ .drop_idx = true });
    CHECK_TEXT(out.text, "IMAGES");
    str_free(&out);
    arena_free(&arena);
}

/* Codes of the tables of G.711: silence, the loudest of both signs, and that
 * a sample's code stands for something within a sixteenth of it. */
TEST(samples_become_mu_law_as_telephones_have_it)
{
    CHECK(pour_mulaw(0) == 0xff);
    CHECK(pour_mulaw(32767) == 0x80 && pour_mulaw(-32768) == 0x00);
    CHECK(pour_mulaw(-1) == 0x7f);
    CHECK(pour_mulaw(1000) == 0xce && pour_mulaw(-1000) == 0x4e);
    for (int sample = -32600; sample <= 32600; sample += 7) {
        const int code = ~pour_mulaw(sample) & 0xff, power = code >> 4 & 7;
        const int size = ((2 * (code & 15) + 33) << (power + 2)) - 132;
        CHECK(abs(abs(sample) - size) <= abs(sample) / 16 + 4);
        CHECK(sample == 0 || (code >> 7 & 1) == (sample < 0) || size == 0);
    }
}

TEST(a_wav_file_becomes_a_byte_a_sample_without_its_head)
{
    Arena arena = { 0 };
    u8    wav[44 + 5] = { 0 };
    const u8 samples[] = { 0, 0, 0xff, 0xff, 9 }; /* 0, -1, half a sample */
    memcpy(wav + 44, samples, sizeof samples);
    Str out = poured(&arena, (const char *)wav, (i64)sizeof wav,
                     (PourSteps){ .wav_mulaw = true });
    CHECK(out.size == 2);
    CHECK((u8)out.text[0] == 0xff && (u8)out.text[1] == 0x7f);
    str_free(&out);
    arena_free(&arena);
}

/* -- A package of our own -------------------------------------------------- */

static void script(Arena *arena, const char *name, const char *text)
{
    const char *path = world_file(arena, name, text, (i64)strlen(text));
    CHECK(chmod(path, 0755) == 0);
}

/* shop/scalelaw-test_1.2_all.deb, holding the text as gzip; its text. */
static const char *shop_open(Arena *arena, i64 *bytes)
{
    Err         err = { 0 };
    const char *text = world_text(arena, LINES, bytes);
    const char *control = "Package: scalelaw-test\nVersion: 1.2\n"
        "Architecture: all\nMaintainer: nobody <nobody@example.org>\n"
        "Description: a text\n";
    CHECK(dir_make(world_path(arena, "pkg/DEBIAN"), &err)
          && dir_make(world_path(arena, "pkg/usr/share/scalelaw-test"), &err)
          && dir_make(world_path(arena, "shop"), &err)
          && dir_make(world_path(arena, "bin"), &err)
          && dir_make(world_path(arena, "own/corpora"), &err));
    world_file(arena, "pkg/DEBIAN/control", control, (i64)strlen(control));
    gzFile gz = gzopen(world_path(arena,
                                  "pkg/usr/share/scalelaw-test/a.gz"), "wb");
    CHECK(gz && gzwrite(gz, text, (unsigned)*bytes) == *bytes
          && gzclose(gz) == Z_OK);
    CHECK(chmod(world_path(arena, "pkg/DEBIAN"), 0755) == 0);
    const char *build = arena_print(arena, "cd '%s' && dpkg-deb -b pkg "
        "shop/scalelaw-test_1.2_all.deb >/dev/null 2>&1", test_folder());
    if (system(build) != 0)
        SKIP("there is no dpkg-deb here that could make a package");
    return text;
}

/* An apt-get that copies from the shop, and counts its customers. */
static void apt_sells(Arena *arena)
{
    script(arena, "bin/apt-get", arena_print(arena,
        "#!/bin/sh\necho x >> '%s/sold'\ncp '%s/shop/'*.deb .\n",
        test_folder(), test_folder()));
}

static void apt_refuses(Arena *arena, const char *words)
{
    script(arena, "bin/apt-get", arena_print(arena,
        "#!/bin/sh\necho 'Reading package lists...'\necho 'E: %s' >&2\n"
        "echo 'that was all'\nexit 100\n", words));
}

static void recipe_write(Arena *arena, const char *text, i64 bytes, bool fixed)
{
    char sha[HASH_HEX];
    hash_sha256(sha, text, bytes);
    const char *recipe = arena_print(arena,
        "name = \"t\"\nabout = \"made here\"\nlicence = \"MIT\"\n"
        "package = \"scalelaw-test\"\npackage_bytes = 1000\n"
        "paths = [\"usr/share/scalelaw-test/a.gz\"]\nsteps = [\"gunzip\"]\n"
        "bytes = %lld\nsha256 = \"%s\"\nfixed = %s\n"
        "yardsticks = [\"x\", \"y\"]\nyardstick_bpb = [2.5, 1.5]\n",
        (long long)bytes, sha, fixed ? "true" : "false");
    world_file(arena, "own/corpora/t.corpus", recipe, (i64)strlen(recipe));
}

/* This test's recipes and programs before all others. */
static void enter(Arena *arena)
{
    static char *path_before;
    if (!path_before)
        path_before = strdup(getenv("PATH"));
    setenv("PATH", arena_print(arena, "%s:%s", world_path(arena, "bin"),
                               path_before), 1);
    setenv("SCALELAW_DATA", world_path(arena, "own"), 1);
    said[0] = 0;
}

static bool get(Arena *arena, Err *err)
{
    CorpusRule  rule = corpus_rule();
    const char *path;
    *err = (Err){ 0 };
    rule.data_dir = world_path(arena, "data");
    return corpus_get(&path, arena, "t", &rule, note, err);
}

static i64 sold(Arena *arena)
{
    char *text;
    i64   count = 0;
    Err   none = { 0 };
    return file_read(&text, &count, arena, world_path(arena, "sold"), &none)
         ? count / 2 : 0;
}

TEST(a_package_becomes_a_corpus_with_its_licence_and_yardsticks)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    Corpus      c;
    i64         bytes;
    const char *text = shop_open(&arena, &bytes);
    apt_sells(&arena);
    recipe_write(&arena, text, bytes, true);
    enter(&arena);
    const char *data = world_path(&arena, "data");
    if (!CHECK(corpus_need(&c, &arena, "t", data, note, &err))) {
        printf("%s\n", err.text);
        return;
    }
    CHECK_TEXT(c.about, "made here");
    CHECK_TEXT(c.licence, "MIT");
    CHECK_TEXT(c.shard.source, "Debian package scalelaw-test 1.2");
    CHECK(c.shard.source_bytes == bytes && c.nyardstick == 2);
    CHECK_TEXT(c.yardstick[1].name, "y");
    CHECK_NEAR(c.yardstick[1].bpb, 1.5, 0);
    CHECK_HAS(said, "as it should be");
    corpus_close(&c);

    /* Neither fetched nor made twice; without the shard not fetched again. */
    said[0] = 0;
    CHECK(get(&arena, &err) && sold(&arena) == 1);
    CHECK_HAS(said, "there already, and whole");
    CHECK(!strstr(said, "unpacking"));
    CHECK(unlink(world_path(&arena, "data/t.shard")) == 0);
    CHECK(get(&arena, &err) && sold(&arena) == 1);
    CHECK_HAS(said, "unpacking");
    CHECK(!file_exists(world_path(&arena, "data/t.work")));
    CHECK(!file_exists(world_path(&arena, "data/t.text.tmp")));
    arena_free(&arena);
}

TEST(a_damaged_package_in_the_cache_is_fetched_again)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    i64         bytes;
    const char *text = shop_open(&arena, &bytes);
    apt_sells(&arena);
    recipe_write(&arena, text, bytes, true);
    enter(&arena);
    CHECK(dir_make(world_path(&arena, "data/cache"), &err));
    world_file(&arena, "data/cache/scalelaw-test_1.2_all.deb", "half", 4);
    CHECK(get(&arena, &err));
    CHECK_HAS(said, "is damaged");
    CHECK(sold(&arena) == 1);
    arena_free(&arena);
}

TEST(another_text_is_refused_where_the_recipe_is_fixed_and_taken_where_not)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    Shard       s;
    i64         bytes;
    const char *text = shop_open(&arena, &bytes);
    apt_sells(&arena);
    recipe_write(&arena, text, bytes - 1, true);
    enter(&arena);
    CHECK(!get(&arena, &err));
    CHECK(err.kind == ERR_FORMAT);
    CHECK_HAS(err.text, "not the text it should be");
    CHECK(!file_exists(world_path(&arena, "data/t.shard")));

    recipe_write(&arena, text, bytes - 1, false);
    CHECK(get(&arena, &err));
    CHECK_HAS(said, "another version than the catalogue knows");
    if (CHECK(shard_open(&s, world_path(&arena, "data/t.shard"), &err))) {
        CHECK(s.nyardstick == 1); /* the catalogue's are of another text */
        CHECK_TEXT(s.yardstick[0].name, "gzip -9");
        shard_close(&s);
    }
    arena_free(&arena);
}

TEST(without_network_the_remedies_are_named)
{
    static const struct { const char *apt, *words; } no[] = {
        { "Failed to fetch http://x Could not resolve x", "Could not resolve" },
        { "Unable to locate package scalelaw-test", "run apt-get update" },
    };
    for (int i = 0; i <= COUNT_OF(no); i++) {
        Arena       arena = { 0 };
        Err         err = { 0 };
        i64         bytes;
        const char *text = shop_open(&arena, &bytes);
        recipe_write(&arena, text, bytes, true);
        enter(&arena);
        if (i < COUNT_OF(no))
            apt_refuses(&arena, no[i].apt);
        else {
            unlink(world_path(&arena, "bin/apt-get"));
            setenv("PATH", world_path(&arena, "bin"), 1); /* and no other */
        }
        test_note("%s", i < COUNT_OF(no) ? no[i].apt : "no apt-get");
        CHECK(!get(&arena, &err));
        CHECK(err.kind == ERR_IO);
        CHECK_HAS(err.text, i < COUNT_OF(no) ? no[i].words
                                             : "there is no apt-get");
        CHECK_HAS(err.text, "scalelaw corpus prepare FILE");
        CHECK_HAS(err.text, "/usr/share/perl");
        CHECK(!strchr(err.text, '\n'));

        /* What somebody carried there by hand will do. */
        enter(&arena);
        CHECK(system(arena_print(&arena, "cp '%s'/shop/*.deb '%s/data/cache'",
                                 test_folder(), test_folder())) == 0);
        CHECK(get(&arena, &err));
        unlink(world_path(&arena, "data/t.shard"));
        unlink(world_path(&arena, "data/cache/scalelaw-test_1.2_all.deb"));
        arena_free(&arena);
    }
}

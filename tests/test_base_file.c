/* test_base_file.c - files and folders: what was written is whole or the old
 * one stands, and whatever the system refuses is said in words. */

#include "base/file.h"
#include "base/know.h"
#include "tests/test.h"

#include <fcntl.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static Arena arena; /* of the running test; freed at its end */

static const char *in_folder(const char *name)
{
    return arena_print(&arena, "%s/%s", test_folder(), name);
}

TEST(what_was_written_reads_and_maps_back)
{
    Err         err = { 0 };
    const char *path = in_folder("a");
    const char  bytes[] = "line\n\0more";
    char       *text;
    i64         count;
    FileMap     map;
    CHECK(file_write(path, bytes, sizeof bytes, &err));
    CHECK(file_read(&text, &count, &arena, path, &err));
    CHECK(count == sizeof bytes && !memcmp(text, bytes, sizeof bytes));
    CHECK(text[count] == 0);
    CHECK(file_map(&map, path, &err));
    CHECK(map.count == sizeof bytes && !memcmp(map.bytes, bytes, sizeof bytes));
    file_unmap(&map);
    CHECK(!map.bytes && !map.count);
    arena_free(&arena);
}

TEST(an_empty_file_is_a_file)
{
    Err         err = { 0 };
    const char *path = in_folder("empty");
    char       *text;
    i64         count;
    FileMap     map;
    CHECK(file_write(path, NULL, 0, &err));
    CHECK(file_read(&text, &count, &arena, path, &err));
    CHECK(count == 0 && text[0] == 0);
    CHECK(file_map(&map, path, &err) && !map.bytes && map.count == 0);
    file_unmap(&map);
    arena_free(&arena);
}

/* Were /dev/stdout or /dev/null replaced by a file, the machine would be the
 * poorer for it. */
TEST(a_link_a_pipe_and_a_device_are_written_to_and_stay)
{
    Err         err = { 0 };
    const char *link = in_folder("link"), *pipe = in_folder("pipe");
    struct stat there;
    char        got[8] = "";
    CHECK(symlink(in_folder("behind"), link) == 0);
    CHECK(file_write(link, "text", 4, &err));
    const bool stays = CHECK(lstat(link, &there) == 0
                             && S_ISLNK(there.st_mode));
    CHECK(stat(in_folder("behind"), &there) == 0 && there.st_size == 4);

    CHECK(mkfifo(pipe, 0600) == 0);
    const int in = open(pipe, O_RDONLY | O_NONBLOCK);
    CHECK(file_write(pipe, "text", 4, &err));
    CHECK(read(in, got, sizeof got) == 4 && memcmp(got, "text", 4) == 0);
    CHECK(lstat(pipe, &there) == 0 && S_ISFIFO(there.st_mode));
    close(in);

    /* Where a link is lost, the machine's own device would be as well. */
    CHECK(!stays || file_write("/dev/null", "text", 4, &err));
    CHECK(lstat("/dev/null", &there) == 0 && S_ISCHR(there.st_mode));
}

TEST(what_cannot_be_read_is_named)
{
    Err         err = { 0 };
    char       *text;
    i64         count;
    FileMap     map;
    const char *none = in_folder("none");
    CHECK(!file_read(&text, &count, &arena, none, &err));
    CHECK(err.kind == ERR_IO);
    CHECK_HAS(err.text, none);
    CHECK_HAS(err.text, "No such file");
    CHECK(!file_map(&map, test_folder(), &err));
    CHECK_HAS(err.text, "not a file");
    CHECK(!map.bytes);
    arena_free(&arena);
}

/* Names of what lies in the folder of this test. */
static i64 in_all(void)
{
    Err    err;
    char **names;
    i64    count = -1;
    CHECK(dir_list(&names, &count, &arena, test_folder(), &err));
    return count;
}

/* A file size limit makes write fail with EFBIG, as a full disk with ENOSPC,
 * for root too; in a child, for the limit cannot be lifted again. */
static int write_in_child(const char *path, i64 count)
{
    const pid_t child = fork();
    if (child == 0) {
        Err                 err = { 0 };
        const struct rlimit limit = { 4096, 4096 };
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        char      *bytes = calloc((size_t)count, 1);
        const bool done = file_write(path, bytes, count, &err);
        _exit(done ? 0 : err.kind == ERR_IO && strstr(err.text, path) ? 1 : 2);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(a_write_that_fails_leaves_the_old_file_and_nothing_beside_it)
{
    Err         err = { 0 };
    const char *path = in_folder("kept");
    char       *text;
    i64         count;
    CHECK(file_write(path, "old", 3, &err));
    CHECK(write_in_child(path, 4096) == 0);
    CHECK(file_write(path, "old", 3, &err));
    CHECK(write_in_child(path, 4097) == 1);
    CHECK(file_read(&text, &count, &arena, path, &err) && count == 3);
    CHECK_TEXT(text, "old");
    CHECK(in_all() == 1);
    arena_free(&arena);
}

TEST(a_full_disk_leaves_the_old_file_and_nothing_beside_it)
{
    if (mount("none", test_folder(), "tmpfs", 0, "size=64k") != 0)
        SKIP("a small file system can be mounted by root only");
    Err         err = { 0 };
    const char *path = in_folder("kept");
    char       *big = NEW(&arena, char, 1 << 20), *text;
    i64         count;
    CHECK(file_write(path, "old", 3, &err));
    CHECK(!file_write(path, big, 1 << 20, &err));
    CHECK(err.kind == ERR_IO);
    CHECK_HAS(err.text, "No space left");
    CHECK(file_read(&text, &count, &arena, path, &err) && count == 3);
    CHECK(in_all() == 1);
    CHECK(umount2(test_folder(), MNT_DETACH) == 0);
    arena_free(&arena);
}

TEST(a_device_is_written_to_and_not_replaced)
{
    Err         err = { 0 };
    struct stat is;
    const char *path = in_folder("pipe");
    char        seen[8] = "";
    if (!CHECK(mkfifo(path, 0600) == 0))
        return;
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    CHECK(file_write(path, "bytes", 5, &err));
    CHECK(stat(path, &is) == 0 && S_ISFIFO(is.st_mode));
    if (S_ISFIFO(is.st_mode))
        CHECK(read(fd, seen, 5) == 5 && memcmp(seen, "bytes", 5) == 0);
    close(fd);
}

TEST(a_folder_that_is_not_there_is_not_written_to)
{
    Err err = { 0 };
    CHECK(!file_write(in_folder("none/x"), "a", 1, &err));
    CHECK(err.kind == ERR_IO);
    CHECK_HAS(err.text, "none/x");
    arena_free(&arena);
}

TEST(folders_are_made_with_their_parents_and_listed_in_order)
{
    Err    err = { 0 };
    char **names;
    i64    count;
    CHECK(dir_make(in_folder("p/q//r/"), &err));
    CHECK(file_is_dir(in_folder("p/q/r")));
    CHECK(dir_make(in_folder("p/q/r"), &err));
    for (int i = 99; i >= 0; i--)
        CHECK(dir_make(arena_print(&arena, "%s/p/%02d", test_folder(), i),
                       &err));
    CHECK(dir_list(&names, &count, &arena, in_folder("p"), &err));
    CHECK(count == 101);
    CHECK_TEXT(names[0], "00");
    CHECK_TEXT(names[99], "99");
    CHECK_TEXT(names[100], "q");
    arena_free(&arena);
}

TEST(a_folder_is_not_made_where_a_file_is)
{
    Err err = { 0 };
    CHECK(file_write(in_folder("f"), "a", 1, &err));
    CHECK(!dir_make(in_folder("f"), &err));
    CHECK(!dir_make(in_folder("f/below"), &err));
    CHECK_HAS(err.text, "/f: the folder cannot be made");
    arena_free(&arena);
}

TEST(a_lock_keeps_others_out_and_names_its_holder)
{
    Err         err = { 0 };
    const char *path = in_folder("lock");
    int         mine, yours;
    CHECK(file_lock(&mine, path, &err));
    CHECK(!file_lock(&yours, path, &err)); /* another opening, same process */
    CHECK(err.kind == ERR_BUSY);
    CHECK_HAS(err.text, arena_print(&arena, "process %d", (int)getpid()));
    file_unlock(mine);
    CHECK(file_lock(&yours, path, &err));
    file_unlock(yours);
    arena_free(&arena);
}

TEST(a_lock_dies_with_its_holder)
{
    Err         err = { 0 };
    const char *path = in_folder("lock");
    int         handle, ready[2];
    CHECK(pipe(ready) == 0);
    const pid_t child = fork();
    if (child == 0) {
        const bool done = file_lock(&handle, path, &err);
        if (write(ready[1], done ? "y" : "n", 1) == 1)
            pause();
        _exit(0);
    }
    char answer = 0;
    CHECK(read(ready[0], &answer, 1) == 1 && answer == 'y');
    CHECK(!file_lock(&handle, path, &err) && err.kind == ERR_BUSY);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    CHECK(file_lock(&handle, path, &err));
    file_unlock(handle);
    close(ready[0]);
    close(ready[1]);
    arena_free(&arena);
}

TEST(a_lock_let_go_of_is_not_kept_by_a_child_that_inherited_it)
{
    Err         err = { 0 };
    const char *path = in_folder("lock");
    int         mine, again;
    CHECK(file_lock(&mine, path, &err));
    const pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    file_unlock(mine);
    if (CHECK(file_lock(&again, path, &err)))
        file_unlock(again);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    arena_free(&arena);
}

/* --- knowledge ----------------------------------------------------------- */

TEST(every_embedded_file_is_the_one_in_the_tree)
{
    CHECK(know_count > 0);
    for (int i = 0; i < know_count; i++) {
        Err         err = { 0 };
        char       *text;
        i64         count;
        const char *path = arena_print(&arena, "%s/%s", SCALELAW_ROOT,
                                       know_file[i].path);
        test_note("%s", know_file[i].path);
        if (!CHECK(file_read(&text, &count, &arena, path, &err)))
            continue;
        CHECK(count == know_file[i].count);
        CHECK(!memcmp(text, know_file[i].bytes, (size_t)count));
    }
    arena_free(&arena);
}

TEST(a_file_of_the_users_own_comes_before_the_embedded_one)
{
    Err          err = { 0 };
    const char  *text, *path, **names;
    const int    n = know_names(&names, &arena, "studies", ".study");
    if (!CHECK(n > 0))
        return;
    CHECK(know_load(&text, &path, &arena, "studies", names[0], ".study", &err));
    CHECK_TEXT(path, arena_print(&arena, "studies/%s.study", names[0]));

    const char *own = arena_print(&arena, "%s/studies/%s.study", test_folder(),
                                  names[0]);
    CHECK(dir_make(in_folder("studies"), &err));
    CHECK(file_write(own, "mine", 4, &err));
    setenv("SCALELAW_DATA", test_folder(), 1);
    CHECK(know_load(&text, &path, &arena, "studies", names[0], ".study", &err));
    CHECK_TEXT(text, "mine");
    CHECK_TEXT(path, own);
    unsetenv("SCALELAW_DATA");

    CHECK(know_load(&text, &path, &arena, "studies", own, ".study", &err));
    CHECK_TEXT(text, "mine");
    arena_free(&arena);
}

TEST(an_unknown_name_lists_what_there_is_or_the_nearest)
{
    Err         err = { 0 };
    const char *text, *path;
    CHECK(!know_load(&text, &path, &arena, "studies", "zzzzzzzzz", ".study",
                     &err));
    CHECK(err.kind == ERR_USAGE);
    CHECK_HAS(err.text, "demo");
    CHECK(!know_load(&text, &path, &arena, "studies", "demoo", ".study", &err));
    CHECK_HAS(err.text, "did you mean demo?");
    CHECK(!know_load(&text, &path, &arena, "studies", "x.study", ".study",
                     &err));
    CHECK(err.kind == ERR_IO);
    arena_free(&arena);
}

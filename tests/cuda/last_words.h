/* last_words.h - what a kernel that must not be run says before it ends its
 * process. */

#ifndef LAST_WORDS_H
#define LAST_WORDS_H

#include "host_cuda.h"

extern "C" {
#include "test.h"
}

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void go(const char *name, unsigned blocks, int threads,
                      size_t shared, std::function<void()> kernel)
{
    host_launch(NULL, name, dim3(blocks), threads, (int64_t)shared, kernel);
    CHECK(cudaGetLastError() == cudaSuccess);
}

static inline const char *last_words(unsigned blocks, int threads,
                                     size_t shared,
                                     std::function<void()> kernel)
{
    static char text[2048];
    int         pipe_[2], status = 0;
    size_t      size = 0;
    if (pipe(pipe_))
        return "no pipe";
    const pid_t child = fork();
    if (child == 0) {
        dup2(pipe_[1], 2);
        for (int number : { SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT })
            signal(number, SIG_DFL);
        go("wrong", blocks, threads, shared, kernel);
        _exit(0);
    }
    close(pipe_[1]);
    for (ssize_t n; (n = read(pipe_[0], text + size,
                              sizeof text - 1 - size)) > 0;)
        size += (size_t)n;
    text[size] = 0;
    close(pipe_[0]);
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK_HAS(text, "kernel wrong, block");
    return text;
}

#endif

/* host_signal.cpp - the end in words where the system stops a kernel: an address
 * that is nobody's, or (where the object was compiled to trap on them) one that
 * is not aligned as its type asks, which a device does not allow. */

#include "host_block.h"

#include <dlfcn.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

static const void *place_of(const ucontext_t *at)
{
#if defined(__x86_64__)
    return (const void *)at->uc_mcontext.gregs[REG_RIP];
#else
    return (const void *)at->uc_mcontext.pc;
#endif
}

static const char *reason(int number, const void *address)
{
    static char text[160];
    const ptrdiff_t shared = (const char *)address -
                             (const char *)shared_now();
    if (number == SIGILL || number == SIGTRAP)
        return "an address is not aligned as its type asks";
    if (host_fiber_overrun(address) >= 0)
        return "the stack is too small for what a thread keeps on it";
    if (shared >= -(1 << 20) && shared < 1 << 20)
        snprintf(text, sizeof text, "byte %td of %zu bytes of shared memory"
                 " was asked for", shared, shared_now_bytes());
    else
        snprintf(text, sizeof text, "nothing lies at address %p", address);
    return text;
}

static void caught(int number, siginfo_t *info, void *context)
{
    if (!host_kernel_name()) { /* not ours */
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    const void *at = place_of((const ucontext_t *)context);
    Dl_info     object;
    if (!dladdr(at, &object))
        object.dli_fbase = NULL;
    signal(SIGABRT, SIG_DFL);
    host_die("%s (at %s+0x%zx: addr2line -Cfe knows the line)",
             reason(number, info->si_addr),
             object.dli_fbase ? object.dli_fname : "",
             (size_t)((const char *)at - (const char *)object.dli_fbase));
}

static void catch_one(int number)
{
    struct sigaction old, mine;
    sigaction(number, NULL, &old);
    if (old.sa_handler != SIG_DFL)
        return; /* a sanitizer's, or the program's */
    memset(&mine, 0, sizeof mine);
    mine.sa_sigaction = caught;
    mine.sa_flags     = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaction(number, &mine, NULL);
}

/* The handler needs a stack of its own: that of a fiber may be what is full. */
static void own_stack(void)
{
    enum { BYTES = 64 << 10 };
    static thread_local char *stack;
    if (stack)
        return;
    stack_t old;
    if (sigaltstack(NULL, &old) == 0 && !(old.ss_flags & SS_DISABLE))
        return;
    stack = (char *)malloc(BYTES);
    stack_t mine = {};
    mine.ss_sp   = stack;
    mine.ss_size = BYTES;
    sigaltstack(&mine, NULL);
}

void host_catch_signals(void)
{
    static pid_t done;
    own_stack();
    if (done == getpid())
        return;
    done = getpid();
    catch_one(SIGSEGV);
    catch_one(SIGBUS);
    catch_one(SIGILL);
    catch_one(SIGTRAP);
}

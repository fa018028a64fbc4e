/* host_fiber.cpp - a switch pushes what a call must keep, exchanges the stack
 * pointer and pops. Nothing is asked of the system, so that a kernel whose 256
 * threads meet a hundred times costs microseconds.
 *
 * SOURCE: System V ABI, AMD64 supplement, figure 3.4; Arm, Procedure Call
 *         Standard for AArch64, section 6.1: which registers a call keeps. */

#include "host_fiber.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#if defined(__x86_64__)
asm(".text\n"
    ".hidden host_fiber_jump\n"
    ".globl host_fiber_jump\n"
    ".type host_fiber_jump, @function\n"
    "host_fiber_jump:\n"
    "    pushq %rbp\n"
    "    pushq %rbx\n"
    "    pushq %r12\n"
    "    pushq %r13\n"
    "    pushq %r14\n"
    "    pushq %r15\n"
    "    movq %rsp, (%rdi)\n"
    "    movq %rsi, %rsp\n"
    "    popq %r15\n"
    "    popq %r14\n"
    "    popq %r13\n"
    "    popq %r12\n"
    "    popq %rbx\n"
    "    popq %rbp\n"
    "    ret\n"
    ".size host_fiber_jump, . - host_fiber_jump\n");
/* Six registers, where to begin, and where that would return to. */
enum { FRAME = 8, FRAME_BEGIN = 6 };
#elif defined(__aarch64__)
asm(".text\n"
    ".hidden host_fiber_jump\n"
    ".globl host_fiber_jump\n"
    ".type host_fiber_jump, %function\n"
    "host_fiber_jump:\n"
    "    sub sp, sp, #160\n"
    "    stp x19, x20, [sp, #0]\n"
    "    stp x21, x22, [sp, #16]\n"
    "    stp x23, x24, [sp, #32]\n"
    "    stp x25, x26, [sp, #48]\n"
    "    stp x27, x28, [sp, #64]\n"
    "    stp x29, x30, [sp, #80]\n"
    "    stp d8, d9, [sp, #96]\n"
    "    stp d10, d11, [sp, #112]\n"
    "    stp d12, d13, [sp, #128]\n"
    "    stp d14, d15, [sp, #144]\n"
    "    mov x9, sp\n"
    "    str x9, [x0]\n"
    "    mov sp, x1\n"
    "    ldp x19, x20, [sp, #0]\n"
    "    ldp x21, x22, [sp, #16]\n"
    "    ldp x23, x24, [sp, #32]\n"
    "    ldp x25, x26, [sp, #48]\n"
    "    ldp x27, x28, [sp, #64]\n"
    "    ldp x29, x30, [sp, #80]\n"
    "    ldp d8, d9, [sp, #96]\n"
    "    ldp d10, d11, [sp, #112]\n"
    "    ldp d12, d13, [sp, #128]\n"
    "    ldp d14, d15, [sp, #144]\n"
    "    add sp, sp, #160\n"
    "    ret\n"
    ".size host_fiber_jump, . - host_fiber_jump\n");
enum { FRAME = 20, FRAME_BEGIN = 11 }; /* x30 */
#else
#error "fibers are written for x86-64 and 64-bit ARM"
#endif

extern "C" void host_fiber_jump(void **from, void *to);

enum { PAGE = 4096 };

/* One after the other, a page between that nobody may touch. Pages are there
 * once they are used. */
static char *stacks(void)
{
    static char *first;
    if (first)
        return first;
    const size_t bytes = (size_t)HOST_FIBERS * HOST_STACK;
    void *got = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (got == MAP_FAILED) {
        perror("emulator: stacks of fibers");
        abort();
    }
    first = (char *)got;
    for (int i = 0; i < HOST_FIBERS; i++)
        mprotect(first + (size_t)i * HOST_STACK, PAGE, PROT_NONE);
    return first;
}

void host_fiber_make(HostFiber *fiber, int number, void (*main)(void))
{
    /* Tops are spread over the lines of the cache. */
    char *top = stacks() + (size_t)(number + 1) * HOST_STACK -
                (size_t)(number % 61) * 192;
    uint64_t *frame = (uint64_t *)top - FRAME;
    for (int i = 0; i < FRAME; i++)
        frame[i] = 0;
    frame[FRAME_BEGIN] = (uint64_t)(uintptr_t)main;
    fiber->stack_top = frame;
}

void host_fiber_switch(HostFiber *from, const HostFiber *to)
{
    host_fiber_jump(&from->stack_top, to->stack_top);
}

int host_fiber_overrun(const void *address)
{
    const intptr_t at = (const char *)address - stacks();
    if (at < 0 || at >= (intptr_t)HOST_FIBERS * HOST_STACK ||
        at % HOST_STACK >= PAGE)
        return -1;
    return (int)(at / HOST_STACK);
}

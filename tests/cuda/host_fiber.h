/* host_fiber.h - stacks of their own, between which this processor goes back
 * and forth in a few nanoseconds. */

#ifndef HOST_FIBER_H
#define HOST_FIBER_H

#pragma GCC visibility push(hidden)

/* Where to go on: all else that a call keeps lies on the stack. */
struct HostFiber { void *stack_top; };

/* A fiber that begins with main(), which never returns. number: which of the
 * stacks, of HOST_FIBERS. */
enum { HOST_FIBERS = 1024, HOST_STACK = 256 << 10 };
void host_fiber_make(HostFiber *fiber, int number, void (*main)(void));

/* Leave `from` here, to come back some day, and go on in `to`. */
void host_fiber_switch(HostFiber *from, const HostFiber *to);

/* Which stack's guard page an address lies in; -1: none's. */
int host_fiber_overrun(const void *address);

#pragma GCC visibility pop

#endif

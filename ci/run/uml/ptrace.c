/* SPDX-License-Identifier: MIT */
/* For ci/run/uml.sh, to be preloaded into user-mode-linux. Its kernel 6.1 hands
 * back 2696 bytes of a program's registers; a host wants as many as its
 * processor has (with AMX 11008), or says EFAULT (Linux, xstateregs_set), and
 * the guest panics. So the others are set to what they are. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

typedef long call(enum __ptrace_request request, ...);

static long set_registers(call *next, pid_t pid, void *what,
                          const struct iovec *some) {
  static char bytes[65536];
  struct iovec all = {bytes, sizeof bytes};
  long rc = next(PTRACE_GETREGSET, pid, what, &all);
  if (rc == 0) {
    memcpy(bytes, some->iov_base, some->iov_len);
    rc = next(PTRACE_SETREGSET, pid, what, &all);
  }
  return rc;
}

long ptrace(enum __ptrace_request request, ...) {
  call *next = (call *)dlsym(RTLD_NEXT, "ptrace");
  va_list list;
  va_start(list, request);
  pid_t pid = va_arg(list, pid_t);
  void *address = va_arg(list, void *), *data = va_arg(list, void *);
  va_end(list);
  long rc = next(request, pid, address, data);
  if (rc < 0 && errno == EFAULT && request == PTRACE_SETREGSET &&
      address == (void *)NT_X86_XSTATE) {
    rc = set_registers(next, pid, address, data);
  }
  return rc;
}

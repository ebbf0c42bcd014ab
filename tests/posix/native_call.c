/* SPDX-License-Identifier: MIT */
/* What skt does not do. The twin is win32/native_call.c. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier): the C library has the name */
#define _GNU_SOURCE /* setgroups */
#define _FILE_OFFSET_BITS 64
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../skt_test.h"

bool test_send_urgent(uintptr_t native, char byte) {
  return send((int)native, &byte, 1, MSG_OOB) == 1;
}

bool test_close_native(uintptr_t native) { return close((int)native) == 0; }

bool test_hear_all_groups(uintptr_t native) {
#ifdef IP_MULTICAST_ALL
  int on = 1;
  return setsockopt((int)native, IPPROTO_IP, IP_MULTICAST_ALL, &on,
                    sizeof on) == 0;
#else
  (void)native;
  return false;
#endif
}

enum { MOST_DESCRIPTORS = 253 }; /* unix(7) */

bool test_send_with(uintptr_t channel, const void *bytes, size_t n,
                    uintptr_t handed, int count) {
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
  } control;
  char copy[64];
  struct iovec v = {copy, n};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
  int file = handed == TEST_A_FILE ? open("/", O_RDONLY) : -1;
  int sent = file < 0 ? (int)handed : file;
  memset(&control, 0, sizeof control);
  memcpy(copy, bytes, n);
  if (count > 0) {
    m.msg_control = &control;
    m.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
    control.head.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
    control.head.cmsg_level = SOL_SOCKET;
    control.head.cmsg_type = SCM_RIGHTS;
  }
  for (size_t i = 0; i < (size_t)count; ++i) {
    memcpy(CMSG_DATA(&control.head) + i * sizeof sent, &sent, sizeof sent);
  }
  ptrdiff_t rc = sendmsg((int)channel, &m, 0);
  if (file >= 0) {
    close(file);
  }
  return rc == (ptrdiff_t)n;
}

bool test_bind_path(uintptr_t native, const char *path, size_t n) {
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  memcpy(a.sun_path, path, n < sizeof a.sun_path ? n : sizeof a.sun_path);
  size_t length = offsetof(struct sockaddr_un, sun_path) + n;
  return length <= sizeof a &&
         bind((int)native, (struct sockaddr *)&a, (socklen_t)length) == 0;
}

enum { OTHER_USER = 65534, NO_OTHER_USER = 101 };

static int become_other_user(void) {
  return setgroups(0, NULL) < 0 || setgid(OTHER_USER) < 0 ||
         setuid(OTHER_USER) < 0;
}

bool test_as_other_user(int (*run)(const void *), const void *argument,
                        int *result) {
  int status = 0;
  pid_t child = geteuid() == 0 ? fork() : -1;
  if (child == 0) {
    _exit(become_other_user() != 0 ? NO_OTHER_USER : run(argument));
  }
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
    return false;
  }
  *result = WEXITSTATUS(status);
  return *result != NO_OTHER_USER;
}

bool test_take_address(const void *native, size_t length, bool stream,
                       int options) {
  const struct sockaddr *a = native;
  int on = 1, s = socket(a->sa_family, stream ? SOCK_STREAM : SOCK_DGRAM, 0);
  if ((options & 1) != 0) {
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  }
  if ((options & 2) != 0) {
    setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  }
  bool taken = bind(s, a, (socklen_t)length) == 0;
  taken = taken && (!stream || listen(s, 1) == 0);
  close(s);
  return taken;
}

int test_umask(int mask) { return (int)umask((mode_t)mask); }

bool test_chmod(const char *path, int mode) {
  return chmod(path, (mode_t)mode) == 0;
}

bool test_link(const char *to, const char *path) {
  return symlink(to, path) == 0;
}

intptr_t test_open_folder(const char *path) { return open(path, O_RDONLY); }

bool test_pipe(intptr_t *read_end, intptr_t *write_end) {
  int ends[2] = {-1, -1};
  bool made = pipe(ends) == 0;
  *read_end = ends[0];
  *write_end = ends[1];
  return made;
}

void test_close_file(intptr_t file) { close((int)file); }

intptr_t test_lock_file(const char *path) {
  int fd = open(path, O_RDWR);
  return fd >= 0 && flock(fd, LOCK_EX) == 0 ? fd : -1;
}

bool test_set_length(intptr_t file, int64_t length) {
  return ftruncate((int)file, (off_t)length) == 0;
}

bool test_write_at(intptr_t file, int64_t offset, const char *text) {
  ptrdiff_t n = (ptrdiff_t)strlen(text);
  return offset < 0 ? write((int)file, text, (size_t)n) == n
                    : pwrite((int)file, text, (size_t)n, (off_t)offset) == n;
}

int test_sigpipe(void) {
  sigset_t blocked, pending;
  struct sigaction action;
  sigprocmask(SIG_BLOCK, NULL, &blocked);
  sigpending(&pending);
  sigaction(SIGPIPE, NULL, &action);
  return (sigismember(&blocked, SIGPIPE) ? TEST_BLOCKED : 0) |
         (sigismember(&pending, SIGPIPE) ? TEST_PENDING : 0) |
         (action.sa_handler != SIG_DFL ? TEST_HANDLED : 0);
}

static sigset_t sigpipe(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

void test_block_sigpipe(bool blocked) {
  sigset_t set = sigpipe();
  sigprocmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

void test_raise_sigpipe(void) { raise(SIGPIPE); }

void test_take_sigpipe(void) {
  sigset_t set = sigpipe();
  int number;
  if ((test_sigpipe() & TEST_PENDING) != 0) {
    sigwait(&set, &number);
  }
}

int64_t test_process_id(void) { return getpid(); }

int64_t test_user_id(void) { return geteuid(); }

int64_t test_group_id(void) { return getegid(); }

bool test_set_native(uintptr_t native, enum test_setting what, int value) {
  struct timeval limit = {.tv_sec = value};
  struct linger linger = {.l_onoff = value > 0, .l_linger = value};
  int s = (int)native, flags = fcntl(s, F_GETFL);
  switch (what) {
  case TEST_READ_LIMIT:
    return setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0;
  case TEST_WRITE_LIMIT:
    return setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0;
  case TEST_LINGER:
    return setsockopt(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0;
  case TEST_SHUT_WRITE:
    return shutdown(s, SHUT_WR) == 0;
  default:
    flags = value != 0 ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
    return fcntl(s, F_SETFL, flags) == 0;
  }
}

bool test_would_block(uintptr_t native) {
  return (fcntl((int)native, F_GETFL) & O_NONBLOCK) == 0;
}

bool test_is_inherited(uintptr_t native) {
  int flags =
      native == (uintptr_t)(int)native ? fcntl((int)native, F_GETFD) : -1;
  return flags >= 0 && (flags & FD_CLOEXEC) == 0;
}

bool test_allow_descriptors(int below) {
  static struct rlimit at_first;
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  if (below < 0) {
    limit = at_first;
  } else {
    at_first = limit;
    limit.rlim_cur = (rlim_t)below;
  }
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static double ms_of(struct timeval t) {
  return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

double test_cpu_ms(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return ms_of(used.ru_utime) + ms_of(used.ru_stime);
}

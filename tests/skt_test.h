/* SPDX-License-Identifier: MIT */
/* Tests in C: TEST defines one, a failing CHECK reports and ends it, SKIP ends
 * it with a reason. runner.h runs them. */
#ifndef SKT_TEST_H
#define SKT_TEST_H

#include <skt.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct test_case {
  const char *suite, *name, *file;
  int line;
  void (*run)(void);
} test_case;

#ifndef __cplusplus /* GoogleTest has one of this name */
/* A test must also stand in test_list.h (or fake_list.h). */
#define TEST(suite, name)                                                      \
  static void suite##_##name(void);                                            \
  extern const test_case test_##suite##_##name;                                \
  const test_case test_##suite##_##name = {#suite, #name, __FILE__, __LINE__,  \
                                           suite##_##name};                    \
  static void suite##_##name(void)
#endif

/* All arguments are evaluated once. CHECK_EQ is for codes and counts, and says
 * the names of codes. */
#define CHECK(condition)                                                       \
  TEST__UNLESS(test_check(__FILE__, __LINE__, #condition, (condition)))
#define CHECK_EQ(got, want)                                                    \
  TEST__UNLESS(test_check_eq(__FILE__, __LINE__, #got, (long long)(got),       \
                             (long long)(want)))
#define CHECK_STR(got, want)                                                   \
  TEST__UNLESS(test_check_str(__FILE__, __LINE__, #got, (got), (want)))

#define SKIP(reason)                                                           \
  do {                                                                         \
    test_skip(__FILE__, __LINE__, (reason));                                   \
    return;                                                                    \
  } while (0)

#define TEST__UNLESS(good)                                                     \
  do {                                                                         \
    if (!(good)) {                                                             \
      return;                                                                  \
    }                                                                          \
  } while (0)

bool test_check(const char *file, int line, const char *what, bool good);
bool test_check_eq(const char *file, int line, const char *what, long long got,
                   long long want);
bool test_check_str(const char *file, int line, const char *what,
                    const char *got, const char *want);
void test_skip(const char *file, int line, const char *reason);

/* A thread; test_join waits for its end and frees it. */
typedef struct test_thread test_thread;
test_thread *test_start(void (*run)(void *), void *argument);
void test_join(test_thread *thread);

/* Interrupt the call a thread is in; false where nothing can. */
bool test_interrupt(test_thread *thread);

/* Send a byte of urgent data on a stream socket. */
bool test_send_urgent(uintptr_t native, char byte);

/* Close a socket behind skt's back. */
bool test_close_native(uintptr_t native);

/* Send bytes over a unix socket with a descriptor, so many times; false where
 * descriptors do not go with bytes. TEST_A_FILE is that of a file. */
#define TEST_A_FILE UINTPTR_MAX
bool test_send_with(uintptr_t channel, const void *bytes, size_t n,
                    uintptr_t handed, int count);

/* Bind a unix socket to a path of n bytes without an end. */
bool test_bind_path(uintptr_t native, const char *path, size_t n);

/* Run a function in a child process of another user; false where this process
 * may not do so. *result receives what the function returns, 0 to 100. */
bool test_as_other_user(int (*run)(const void *), const void *argument,
                        int *result);

/* Whether a new socket gets an address (and listens, if it is a stream) that
 * another socket has; bits of options: 1 SO_REUSEADDR, 2 SO_REUSEPORT. */
bool test_take_address(const void *native, size_t length, bool stream,
                       int options);

/* The permissions that new files lack; returns what they lacked before. */
int test_umask(int mask);

/* Change the permissions of a file; false where files have none. */
bool test_chmod(const char *path, int mode);

/* Make a link at `path` to what need not be there; false where links are none.
 */
bool test_link(const char *to, const char *path);

/* Files by their native handles, -1 for none: a folder; both ends of a pipe; a
 * length, which a hole fills, and bytes at an offset. */
intptr_t test_open_folder(const char *path);
bool test_pipe(intptr_t *read_end, intptr_t *write_end);
void test_close_file(intptr_t file);

/* Lock a file that is there, as SKT_REPLACE_STALE does, until it is closed. */
intptr_t test_lock_file(const char *path);
bool test_set_length(intptr_t file, int64_t length);
bool test_write_at(intptr_t file, int64_t offset, const char *text);

/* SIGPIPE of this thread: whether it is blocked, whether it is pending, whether
 * its action is no longer the default; -1 where there is none. And block or
 * unblock it, raise it while it is blocked, take it. */
enum { TEST_BLOCKED = 1, TEST_PENDING = 2, TEST_HANDLED = 4 };
int test_sigpipe(void);
void test_block_sigpipe(bool blocked);
void test_raise_sigpipe(void);
void test_take_sigpipe(void);

/* The number of this process, of its user, of its group; -1 for none. */
int64_t test_process_id(void);
int64_t test_user_id(void);
int64_t test_group_id(void);

/* What other code may do to a socket behind skt's back: limit its reads or
 * writes to so many seconds; let its close wait for so many; shut down writing;
 * choose whether it blocks. */
enum test_setting {
  TEST_READ_LIMIT,
  TEST_WRITE_LIMIT,
  TEST_LINGER,
  TEST_SHUT_WRITE,
  TEST_BLOCKING
};
bool test_set_native(uintptr_t native, enum test_setting what, int value);

/* Let a socket receive what is sent to groups that others have joined; false
 * where no system has that. */
bool test_hear_all_groups(uintptr_t native);

/* Whether a read of a connected socket, for which no byte is there, would
 * block. On Windows it loses its native limit. */
bool test_would_block(uintptr_t native);

/* Whether a child process would inherit it; false if it is no handle. */
bool test_is_inherited(uintptr_t native);

/* Let this process have no descriptor of that number or above, or with -1 as
 * many as at first; false where there is no such limit. */
bool test_allow_descriptors(int below);

/* Milliseconds of a clock that never goes back. */
double test_now_ms(void);

/* Milliseconds of the processor that this process has used. */
double test_cpu_ms(void);

/* Run this program again as a child, with one argument for test_child, as any
 * program would start another; wait for its end. Returns what system() does. */
int test_run_child(const char *argument);

/* What the child does; supplied by the test program. Its exit code. */
int test_child(const char *argument);

#ifdef __cplusplus
}
#endif

#endif

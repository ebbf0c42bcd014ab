/* SPDX-License-Identifier: MIT */
/* Sending files: what arrives, and how much was sent. Files are made in the
 * current folder, each test its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

enum { PATIENCE_MS = 10000, SMALL = 70000, LARGE = 8 << 20 };

static unsigned char byte_at(uint64_t i) {
  return (unsigned char)(i ^ (i >> 8) ^ (i >> 17));
}

/* A file of n bytes that can be read and written, unbuffered. */
static FILE *make_file(const char *name, size_t n) {
  FILE *f = fopen(name, "w+b");
  for (size_t i = 0; f != NULL && i < n; ++i) {
    putc(byte_at(i), f);
  }
  if (f != NULL) {
    fflush(f);
    setvbuf(f, NULL, _IONBF, 0);
    rewind(f);
  }
  return f;
}

static void remove_file(FILE *f, const char *name) {
  fclose(f);
  remove(name);
}

/* A connection of a domain; of unix sockets, a pair. */
static bool connect_any(int domain, skt *client, skt *server) {
  return domain == SKT_UNIX ? skt_pair(client, server, SKT_STREAM) == 0
                            : connect_pair(domain, client, server);
}

/* A thread that reads to the end: how many bytes, and whether they are those of
 * the file from an offset on. */
typedef struct reader {
  skt s;
  uint64_t offset, got;
  bool right;
} reader;

static void read_to_end(void *argument) {
  static unsigned char buffer[1 << 16];
  reader *r = argument;
  ptrdiff_t n;
  r->right = true;
  while ((n = skt_read(&r->s, buffer, sizeof buffer)) > 0) {
    for (ptrdiff_t i = 0; i < n; ++i) {
      r->right = r->right && buffer[i] == byte_at(r->offset + r->got);
      ++r->got;
    }
  }
}

/* What the other end gets of a part of a file. */
static void check_part(int domain, FILE *f, uint64_t offset, uint64_t count,
                       int rc, uint64_t n) {
  reader r = {.offset = offset};
  skt s = {0};
  uint64_t done = 99;
  CHECK(connect_any(domain, &s, &r.s));
  test_thread *thread = test_start(read_to_end, &r);
  CHECK_EQ(skt_send_file(&s, skt_file_of(f), offset, count, &done), rc);
  CHECK_EQ(done, n);
  skt_shutdown(&s, SKT_WRITE);
  test_join(thread);
  CHECK_EQ(r.got, n);
  CHECK(r.right);
  skt_close(&s);
  skt_close(&r.s);
}

TEST(file, part_of_any_size_arrives_as_it_is) {
  static const struct {
    uint64_t offset, count, n;
    int rc;
  } cases[] = {
      {0, SMALL, SMALL, 0},
      {0, UINT64_MAX, SMALL, 0},
      {1, 1, 1, 0},
      {5, 32767, 32767, 0},
      {0, 32768, 32768, 0},
      {0, 32769, 32769, 0},
      {4097, 50001, 50001, 0},
      {SMALL - 1, UINT64_MAX, 1, 0},
      {SMALL, UINT64_MAX, 0, 0},
      {SMALL - 10, 11, 10, SKT_ENODATA},
      {0, SMALL + 1, SMALL, SKT_ENODATA},
      {0, UINT64_MAX - 1, SMALL, SKT_ENODATA},
      {SMALL, 1, 0, SKT_ENODATA},
      {SMALL + 1, SMALL, 0, SKT_ENODATA},
      {INT64_MAX, 100000, 0, SKT_ENODATA},
      {(uint64_t)INT64_MAX + 1, UINT64_MAX, 0, 0},
      {UINT64_MAX, UINT64_MAX, 0, 0},
      {UINT64_MAX, 1, 0, SKT_ENODATA},
  };
  FILE *f = make_file("skt_file_part", SMALL);
  CHECK(f != NULL);
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
      check_part(*domain, f, cases[i].offset, cases[i].count, cases[i].rc,
                 cases[i].n);
    }
  }
  if (skt_supports(SKT_UNIX, SKT_STREAM, 0) == 1) {
    check_part(SKT_UNIX, f, 3, UINT64_MAX, 0, SMALL - 3);
    check_part(SKT_UNIX, f, 3, 20, 0, 20);
  }
  remove_file(f, "skt_file_part");
}

TEST(file, own_position_of_the_file_stays) {
  FILE *f = make_file("skt_file_position", SMALL);
  skt a = {0}, b = {0};
  char got[600];
  CHECK(f != NULL && connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(fseek(f, 7, SEEK_SET), 0);
  CHECK_EQ(skt_send_file(&a, skt_file_of(f), 100, 500, NULL), 0);
  CHECK_EQ(skt_send_file(&a, skt_file_of(f), 600, 40000, NULL), 0);
  CHECK_EQ(getc(f), byte_at(7));
  CHECK_EQ(read_n(&b, got, 500), 500);
  CHECK_EQ((unsigned char)got[0], byte_at(100));
  remove_file(f, "skt_file_position");
  skt_close(&a);
  skt_close(&b);
}

/* Reads what is there, until there is nothing; checks it. */
static void drain(reader *r) {
  unsigned char buffer[4096];
  ptrdiff_t n;
  while (skt_wait(&r->s, SKT_READ, 0, NULL) > 0 &&
         (n = skt_read(&r->s, buffer, sizeof buffer)) > 0) {
    for (ptrdiff_t i = 0; i < n; ++i) {
      r->right = r->right && buffer[i] == byte_at(r->offset + r->got);
      ++r->got;
    }
  }
}

TEST(file, nonblocking_socket_takes_what_there_is_room_for) {
  FILE *f = make_file("skt_file_nonblock", LARGE);
  reader r = {.right = true};
  skt s = {0};
  uint64_t offset = 0, done;
  int rc, waits = 0;
  CHECK(f != NULL && connect_pair(SKT_IPV4, &s, &r.s));
  CHECK_EQ(skt_set_blocking(&s, false), 0);
  while ((rc = skt_send_file(&s, skt_file_of(f), offset, LARGE - offset,
                             &done)) == SKT_EAGAIN) {
    offset += done;
    ++waits;
    drain(&r);
    CHECK_EQ(skt_wait(&s, SKT_WRITE, PATIENCE_MS, NULL), SKT_WRITE);
  }
  CHECK_EQ(rc, 0);
  CHECK(waits > 0);
  CHECK_EQ(offset + done, LARGE);
  skt_close(&s);
  while (skt_wait(&r.s, SKT_READ, PATIENCE_MS, NULL) > 0 && r.got < LARGE) {
    drain(&r);
  }
  CHECK_EQ(r.got, LARGE);
  CHECK(r.right);
  skt_close(&r.s);
  remove_file(f, "skt_file_nonblock");
}

/* Fill a non-blocking connection; how much of the file has gone. */
static uint64_t send_until_full(skt *s, FILE *f, uint64_t count) {
  uint64_t done;
  return skt_send_file(s, skt_file_of(f), 0, count, &done) == SKT_EAGAIN ? done
                                                                         : 0;
}

TEST(file, one_that_is_cut_meanwhile_ends_with_an_exact_count) {
  FILE *f = make_file("skt_file_cut", LARGE);
  reader r = {.right = true};
  skt s = {0};
  uint64_t done = 0;
  CHECK(f != NULL && connect_pair(SKT_IPV4, &s, &r.s));
  CHECK_EQ(skt_set_blocking(&s, false), 0);
  uint64_t sent = send_until_full(&s, f, LARGE);
  CHECK(sent > 0);
  if (!test_set_length(skt_file_of(f), (int64_t)sent + 5)) {
    SKIP("this file cannot be cut");
  }
  drain(&r);
  CHECK_EQ(skt_wait(&s, SKT_WRITE, PATIENCE_MS, NULL), SKT_WRITE);
  CHECK_EQ(skt_send_file(&s, skt_file_of(f), sent, LARGE - sent, &done),
           SKT_ENODATA);
  CHECK_EQ(done, 5);
  CHECK(test_set_length(skt_file_of(f), 10));
  CHECK_EQ(skt_send_file(&s, skt_file_of(f), sent, LARGE - sent, &done),
           SKT_ENODATA);
  CHECK_EQ(done, 0);
  CHECK_EQ(skt_send_file(&s, skt_file_of(f), sent, UINT64_MAX, &done), 0);
  CHECK_EQ(done, 0);
  skt_close(&s);
  skt_close(&r.s);
  remove_file(f, "skt_file_cut");
}

TEST(file, one_that_grows_meanwhile_is_sent_as_far_as_was_asked) {
  FILE *f = make_file("skt_file_grow", SMALL);
  skt a = {0}, b = {0};
  char got[8] = "";
  uint64_t done;
  CHECK(f != NULL && connect_pair(SKT_IPV4, &a, &b));
  CHECK(test_write_at(skt_file_of(f), SMALL, "grown"));
  CHECK_EQ(skt_send_file(&a, skt_file_of(f), SMALL - 2, 2, &done), 0);
  CHECK_EQ(done, 2);
  CHECK_EQ(skt_send_file(&a, skt_file_of(f), SMALL, UINT64_MAX, &done), 0);
  CHECK_EQ(done, 5);
  CHECK_EQ(read_n(&b, got, 7), 7);
  CHECK_STR(got + 2, "grown");
  skt_close(&a);
  skt_close(&b);
  remove_file(f, "skt_file_grow");
}

/* A hole of 5 GiB takes no room. ci/run/files.sh sends all of such a file. */
TEST(file, offsets_beyond_4_gib_are_exact) {
  const int64_t far_off = ((int64_t)5 << 30) - 3;
  FILE *f = make_file("skt_file_far", 10);
  skt a = {0}, b = {0};
  char got[10] = "";
  uint64_t done;
  CHECK(f != NULL);
  if (!test_set_length(skt_file_of(f), far_off) ||
      !test_write_at(skt_file_of(f), far_off, "abcdef")) {
    remove_file(f, "skt_file_far");
    SKIP("this file system has no such files");
  }
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_send_file(&a, skt_file_of(f), (uint64_t)far_off - 1, UINT64_MAX,
                         &done),
           0);
  CHECK_EQ(done, 7);
  CHECK_EQ(read_n(&b, got, 7), 7);
  CHECK_EQ(got[0], 0);
  CHECK_STR(got + 1, "abcdef");
  CHECK_EQ(skt_send_file(&a, skt_file_of(f), (uint64_t)far_off + 2, 3, &done),
           0);
  CHECK_EQ(read_n(&b, got, 3), 3);
  CHECK_EQ(memcmp(got, "cde", 3), 0);
  skt_close(&a);
  skt_close(&b);
  remove_file(f, "skt_file_far");
}

/* Sends a file again and again, beside others. */
typedef struct sender {
  FILE *f;
  bool right;
} sender;

static void send_some_times(void *argument) {
  sender *me = argument;
  unsigned char got[1000];
  skt a = {0}, b = {0};
  me->right = connect_pair(SKT_IPV4, &a, &b);
  for (uint64_t i = 0; i < 300 && me->right; ++i) {
    me->right =
        skt_send_file(&a, skt_file_of(me->f), i * 200, 1000, NULL) == 0 &&
        read_n(&b, got, 1000) == 1000 && got[0] == byte_at(i * 200) &&
        got[999] == byte_at(i * 200 + 999);
  }
  skt_close(&a);
  skt_close(&b);
}

TEST(file, threads_send_one_file_at_the_same_time) {
  FILE *f = make_file("skt_file_threads", SMALL);
  sender senders[3] = {{f, false}, {f, false}, {f, false}};
  test_thread *threads[3];
  CHECK(f != NULL);
  for (int i = 0; i < 3; ++i) {
    threads[i] = test_start(send_some_times, &senders[i]);
  }
  for (int i = 0; i < 3; ++i) {
    test_join(threads[i]);
  }
  CHECK(senders[0].right && senders[1].right && senders[2].right);
  remove_file(f, "skt_file_threads");
}

/* Some of /proc is refused by sendfile and has no size; a device is no file. */
TEST(file, what_the_system_does_not_send_is_read_and_written) {
  static const char *const names[] = {"/proc/self/maps", "/proc/version",
                                      "/dev/null", "/proc/self/mountinfo"};
  static char want[1 << 17], got[1 << 17];
  int tried = 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    skt a = {0}, b = {0};
    uint64_t done;
    FILE *f = fopen(names[i], "rb");
    if (f == NULL) {
      continue;
    }
    ++tried;
    size_t n = fread(want, 1, sizeof want, f);
    CHECK(connect_pair(SKT_IPV4, &a, &b));
    CHECK_EQ(skt_send_file(&a, skt_file_of(f), 0, UINT64_MAX, &done), 0);
    skt_close(&a);
    CHECK_EQ(read_n(&b, got, sizeof got), done);
    CHECK(i == 0 || (done == n && memcmp(want, got, n) == 0));
    CHECK(done > 0 || n == 0);
    skt_close(&b);
    fclose(f);
  }
  if (tried == 0) {
    SKIP("this system has no /proc and no /dev/null");
  }
}

/* SPDX-License-Identifier: MIT */
/* Sending what is no file, to what is no stream, or not to its end. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

enum { LARGE = 16 << 20 };

/* A file of zeros, most of them a hole. */
static FILE *zeros(const char *name, int64_t n) {
  FILE *f = fopen(name, "w+b");
  if (f != NULL && !test_set_length(skt_file_of(f), n)) {
    fclose(f);
    f = NULL;
  }
  return f;
}

static void remove_file(FILE *f, const char *name) {
  fclose(f);
  remove(name);
}

TEST(file, count_0_asks_the_system_nothing) {
  skt a = {0}, b = {0};
  uint64_t done = 99;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_send_file(&a, 0x7ffffff, 0, 0, &done), 0);
  CHECK_EQ(done, 0);
  CHECK_EQ(skt_send_file(&a, 0x7ffffff, UINT64_MAX, 0, NULL), 0);
  skt_close(&a);
  skt_close(&b);
}

/* Refused in both ways, and nothing of it is sent. */
static bool is_refused(skt *s, intptr_t file, uint64_t offset, int rc) {
  static const uint64_t counts[] = {1, 100000, UINT64_MAX};
  bool same = true;
  for (size_t i = 0; i < 3 && same; ++i) {
    uint64_t done = 99;
    same = test_check_eq(__FILE__, __LINE__, "skt_send_file",
                         skt_send_file(s, file, offset, counts[i], &done), rc);
    same = same && done == 0;
  }
  return same;
}

TEST(file, what_is_no_file_to_read_reports_einval) {
  skt a = {0}, b = {0};
  char got[2] = "";
  FILE *f = fopen("skt_file_bad", "wb"), *readable = zeros("skt_file_good", 9);
  CHECK(f != NULL && readable != NULL && connect_pair(SKT_IPV4, &a, &b));
  fputs("bytes", f);
  fflush(f);
  CHECK(is_refused(&a, skt_file_of(f), 0, SKT_EINVAL)); /* only to write */
  intptr_t folder = test_open_folder(".");
  CHECK(folder != -1);
  CHECK(is_refused(&a, folder, 0, SKT_EINVAL));
  test_close_file(folder);
  CHECK(is_refused(&a, folder, 0, SKT_EINVAL));
  CHECK(is_refused(&a, -1, 0, SKT_EINVAL));
  CHECK(is_refused(&a, -2, 0, SKT_EINVAL));
  CHECK(is_refused(&a, INTPTR_MAX, 0, SKT_EINVAL));
  intptr_t beyond = (intptr_t)((uint64_t)1 << 40); /* 0 in 32 bits */
  CHECK(test_sigpipe() < 0 || beyond == 0 ||       /* descriptors are ints */
        is_refused(&a, beyond + skt_file_of(readable), 0, SKT_EINVAL));
  CHECK_EQ(skt_file_of(NULL), -1);
  CHECK_EQ(skt_write(&a, "x", 1), 1); /* nothing came before, nothing ended */
  CHECK_EQ(skt_read(&b, got, 2), 1);
  CHECK_STR(got, "x");
  remove_file(f, "skt_file_bad");
  remove_file(readable, "skt_file_good");
  skt_close(&a);
  skt_close(&b);
}

TEST(file, what_is_no_connected_stream_is_refused) {
  FILE *f = zeros("skt_file_state", 100);
  skt s = {0}, a = {0}, b = {0};
  skt_addr at = loopback(SKT_IPV4);
  CHECK(f != NULL);
  intptr_t file = skt_file_of(f);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK(is_refused(&s, file, 0, SKT_ENOTCONN));
  CHECK(is_refused(&s, -1, 0, SKT_EINVAL)); /* the argument wins */
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  CHECK_EQ(skt_listen(&s, 0), 0);
  CHECK(is_refused(&s, file, 0, SKT_ENOTCONN));
  skt_close(&s);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  CHECK_EQ(skt_local(&s, &at), 0);
  CHECK_EQ(skt_socket(&a, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_connect(&a, &at), 0);
  CHECK(is_refused(&a, file, 0, SKT_EOPNOTSUPP));
  skt_close(&s);
  skt_close(&a);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
  CHECK(is_refused(&a, file, 0, SKT_EPIPE));
  CHECK_EQ(skt_cancel(&b), 0);
  CHECK(is_refused(&b, file, 0, SKT_ECANCELED));
  skt_close(&a);
  skt_close(&b);
  remove_file(f, "skt_file_state");
}

/* Other code has closed the handle of the socket, not that of the file. */
TEST(file, socket_that_other_code_closed_is_not_the_files_fault) {
  FILE *f = zeros("skt_file_closed", 100000);
  skt a = {0}, b = {0};
  CHECK(f != NULL && connect_pair(SKT_IPV4, &a, &b));
  CHECK(test_close_native(skt_native(&a)));
  CHECK(is_refused(&a, skt_file_of(f), 0, SKT_ENOTSOCK));
  skt_close(&b);
  remove_file(f, "skt_file_closed");
}

TEST(file, limit_ends_it_with_an_exact_count) {
  FILE *f = zeros("skt_file_limit", LARGE);
  skt a = {0}, b = {0};
  static char got[1 << 16];
  uint64_t done = 0, arrived = 0;
  CHECK(f != NULL && connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_limit(&a, SKT_WRITE, 50), 0);
  int rc = skt_send_file(&a, skt_file_of(f), 0, LARGE, &done);
  if (rc == 0) {
    SKIP("this system takes 16 MiB that no one reads");
  }
  CHECK_EQ(rc, SKT_ETIMEDOUT);
  CHECK(done > 0 && done < LARGE);
  skt_close(&a);
  for (ptrdiff_t n; (n = skt_read(&b, got, sizeof got)) > 0;) {
    arrived += (uint64_t)n;
  }
  CHECK_EQ(arrived, done);
  skt_close(&b);
  remove_file(f, "skt_file_limit");
}

/* Reads on and on, a little at a time. */
static void read_slowly(void *s) {
  char got[1000];
  while (skt_read(s, got, sizeof got) > 0) {
    skt_wait(s, SKT_READ, 1, NULL);
  }
}

/* Else each part of the file would have the whole time. */
TEST(file, limit_is_for_the_whole_though_the_peer_reads_on) {
  FILE *f = zeros("skt_file_slow", (int64_t)8 << 30);
  skt a = {0}, b = {0};
  uint64_t done = 0;
  if (f == NULL) {
    SKIP("this file system has no such files");
  }
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_limit(&a, SKT_WRITE, 100), 0);
  test_thread *thread = test_start(read_slowly, &b);
  CHECK_EQ(skt_send_file(&a, skt_file_of(f), 0, UINT64_MAX, &done),
           SKT_ETIMEDOUT);
  CHECK(done > 0);
  skt_close(&a);
  test_join(thread);
  skt_close(&b);
  remove_file(f, "skt_file_slow");
}

/* A limit for reading is none for a file. */
TEST(file, limit_for_reading_does_not_count) {
  FILE *f = zeros("skt_file_reading", 100000);
  skt a = {0}, b = {0};
  static char got[100000];
  uint64_t done = 0;
  CHECK(f != NULL && connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_limit(&a, SKT_READ, 1), 0);
  CHECK_EQ(skt_send_file(&a, skt_file_of(f), 0, 100000, &done), 0);
  CHECK_EQ(done, 100000);
  CHECK_EQ(read_n(&b, got, sizeof got), 100000);
  skt_close(&a);
  skt_close(&b);
  remove_file(f, "skt_file_reading");
}

typedef struct long_send {
  skt s;
  FILE *f;
  int rc;
  uint64_t done;
} long_send;

static void send_all(void *argument) {
  long_send *me = argument;
  me->rc = skt_send_file(&me->s, skt_file_of(me->f), 0, UINT64_MAX, &me->done);
}

TEST(file, cancel_ends_it) {
  long_send l = {.f = zeros("skt_file_cancel", (int64_t)4 << 30)};
  skt b = {0};
  char byte;
  if (l.f == NULL) {
    SKIP("this file system has no such files");
  }
  CHECK(connect_pair(SKT_IPV4, &l.s, &b));
  test_thread *thread = test_start(send_all, &l);
  CHECK_EQ(skt_read(&b, &byte, 1), 1); /* it has begun */
  CHECK_EQ(skt_cancel(&l.s), 0);
  test_join(thread);
  CHECK_EQ(l.rc, SKT_ECANCELED);
  CHECK(l.done > 0);
  skt_close(&l.s);
  skt_close(&b);
  remove_file(l.f, "skt_file_cancel");
}

TEST(file, pipe_is_read_on_by_a_socket_that_waits) {
  skt a = {0}, b = {0};
  intptr_t from, to;
  char got[8] = "";
  uint64_t done = 99;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(test_pipe(&from, &to));
  CHECK(is_refused(&a, from, 1, SKT_EINVAL));
  CHECK_EQ(skt_set_blocking(&a, false), 0);
  CHECK(is_refused(&a, from, 0, SKT_EOPNOTSUPP));
  CHECK_EQ(skt_set_blocking(&a, true), 0);
  CHECK_EQ(skt_set_limit(&a, SKT_WRITE, 1000), 0);
  CHECK(is_refused(&a, from, 0, SKT_EOPNOTSUPP));
  CHECK_EQ(skt_set_limit(&a, SKT_WRITE, -1), 0);
  CHECK(test_write_at(to, -1, "abcdefg"));
  CHECK_EQ(skt_send_file(&a, from, 0, 3, &done), 0);
  CHECK_EQ(done, 3);
  CHECK(test_write_at(to, -1, "hijk"));
  test_close_file(to);
  CHECK_EQ(skt_send_file(&a, from, 0, 2, &done), 0);
  CHECK_EQ(skt_send_file(&a, from, 0, 100000, &done), SKT_ENODATA);
  CHECK_EQ(done, 6);
  CHECK_EQ(skt_send_file(&a, from, 0, UINT64_MAX, &done), 0);
  CHECK_EQ(done, 0);
  CHECK_EQ(read_n(&b, got, 7), 7);
  CHECK_EQ(memcmp(got, "abcdefg", 7), 0);
  CHECK_EQ(read_n(&b, got, 4), 4);
  CHECK_EQ(memcmp(got, "hijk", 4), 0);
  test_close_file(from);
  skt_close(&a);
  skt_close(&b);
}

/* SPDX-License-Identifier: MIT */
/* skt_pair, skt_duplicate, skt_inherit. */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

static const int types[] = {SKT_STREAM, SKT_DATAGRAM, SKT_SEQPACKET};

static bool carries(skt *from, skt *to, const char *text) {
  char got[32];
  ptrdiff_t n = (ptrdiff_t)strlen(text);
  return skt_write(from, text, (size_t)n) == n &&
         skt_wait(to, SKT_READ, 5000, NULL) == SKT_READ &&
         skt_read(to, got, sizeof got) == n &&
         memcmp(got, text, (size_t)n) == 0;
}

TEST(pair, ends_of_each_type_are_connected_to_each_other) {
  int made = 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; ++i) {
    skt a = SKT_NONE, b = SKT_NONE;
    int rc = skt_pair(&a, &b, types[i]);
    if (types[i] == SKT_SEQPACKET && rc == SKT_EPROTONOSUPPORT) {
      CHECK_EQ(skt_kind(&a), SKT_EBADF);
      continue;
    }
    CHECK_EQ(rc, 0);
    ++made;
    CHECK_EQ(skt_kind(&a) & SKT_TYPES, types[i]);
    CHECK_EQ(skt_kind(&b) & SKT_STATES, SKT_CONNECTED);
    CHECK_EQ(skt_blocking(&a), 1);
    CHECK(!test_is_inherited(skt_native(&a)));
    CHECK(!test_is_inherited(skt_native(&b)));
    CHECK(carries(&a, &b, "there"));
    CHECK(carries(&b, &a, "and back"));
    CHECK_EQ(skt_wait(&a, SKT_READ, 0, NULL), 0);
    CHECK_EQ(skt_wait(&b, SKT_READ, 0, NULL), 0);
    CHECK_EQ(skt_close(&a), 0);
    CHECK_EQ(skt_close(&b), 0);
  }
  CHECK(made >= 2);
}

TEST(pair, nonblocking_ends_do_not_wait) {
  skt a, b;
  char byte;
  CHECK_EQ(skt_pair(&a, &b, SKT_STREAM | (int)SKT_NONBLOCK), 0);
  CHECK_EQ(skt_read(&a, &byte, 1), SKT_EAGAIN);
  CHECK_EQ(skt_read(&b, &byte, 1), SKT_EAGAIN);
  skt_close(&a);
  skt_close(&b);
}

TEST(pair, stream_ends_when_one_end_does) {
  skt a, b;
  char got[4];
  CHECK_EQ(skt_pair(&a, &b, SKT_STREAM), 0);
  CHECK_EQ(skt_write_all(&a, "abc", 3, NULL), 0);
  CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
  CHECK_EQ(skt_read_all(&b, got, 3, NULL), 0);
  CHECK_EQ(skt_read(&b, got, 1), 0);
  CHECK_EQ(skt_write_all(&b, "d", 1, NULL), 0);
  CHECK_EQ(skt_read(&a, got, 1), 1);
  skt_close(&a);
  skt_close(&b);
}

TEST(pair, bad_arguments_are_refused) {
  skt a, b;
  CHECK_EQ(skt_pair(NULL, &b, SKT_STREAM), SKT_EFAULT);
  CHECK_EQ(skt_pair(&a, NULL, SKT_STREAM), SKT_EFAULT);
  CHECK_EQ(skt_pair(&a, &a, SKT_STREAM), SKT_EINVAL);
  CHECK_EQ(skt_pair(&a, &b, 0), SKT_EINVAL);
  CHECK_EQ(skt_pair(&a, &b, SKT_STREAM | 1), SKT_EINVAL);
  CHECK_EQ(skt_pair(&a, &b, SKT_PACKET + 0x10), SKT_EINVAL);
  CHECK_EQ(skt_pair(&a, &b, SKT_RAW), SKT_EPROTONOSUPPORT);
  CHECK_EQ(skt_kind(&a), SKT_EBADF);
  CHECK_EQ(skt_kind(&b), SKT_EBADF);
}

static bool make_and_close(int type) {
  skt a, b;
  return skt_pair(&a, &b, type) == 0 && skt_close(&a) == 0 &&
         skt_close(&b) == 0;
}

/* What the system opens for the first pair, as Wine does, is no leak. */
TEST(pair, thousands_leak_nothing) {
  CHECK(make_and_close(SKT_STREAM) && make_and_close(SKT_DATAGRAM));
  uintptr_t before = highest_of_eight();
  for (int i = 0; i < 400; ++i) {
    CHECK(make_and_close(i % 2 == 0 ? SKT_STREAM : SKT_DATAGRAM));
  }
  CHECK(highest_of_eight() <= before);
}

TEST(duplicate, is_the_same_socket) {
  skt a, b, copy;
  char byte = 0;
  CHECK_EQ(skt_pair(&a, &b, SKT_STREAM), 0);
  CHECK_EQ(skt_set_limit(&b, SKT_READ, 50), 0);
  CHECK_EQ(skt_duplicate(&b, &copy), 0);
  CHECK(skt_native(&copy) != skt_native(&b));
  CHECK(!test_is_inherited(skt_native(&copy)));
  CHECK_EQ(skt_kind(&copy), skt_kind(&b));
  CHECK_EQ(skt_close(&b), 0);
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK_EQ(skt_read(&copy, &byte, 1), 1);
  CHECK_EQ(byte, 'x');
  CHECK_EQ(skt_read(&copy, &byte, 1), SKT_ETIMEDOUT);
  CHECK_EQ(skt_close(&copy), 0);
  CHECK_EQ(skt_read(&a, &byte, 1), 0);
  skt_close(&a);
}

TEST(duplicate, of_a_nonblocking_socket_does_not_wait) {
  skt a, b, copy;
  char byte;
  CHECK_EQ(skt_pair(&a, &b, SKT_STREAM | (int)SKT_NONBLOCK), 0);
  CHECK_EQ(skt_duplicate(&b, &copy), 0);
  CHECK_EQ(skt_blocking(&copy), 0);
  CHECK_EQ(skt_read(&copy, &byte, 1), SKT_EAGAIN);
  skt_close(&a);
  skt_close(&b);
  skt_close(&copy);
}

TEST(duplicate, bad_arguments_are_refused) {
  skt a, b, none = SKT_NONE;
  CHECK_EQ(skt_pair(&a, &b, SKT_STREAM), 0);
  CHECK_EQ(skt_duplicate(&a, NULL), SKT_EFAULT);
  CHECK_EQ(skt_duplicate(NULL, &none), SKT_EFAULT);
  CHECK_EQ(skt_duplicate(&a, &a), SKT_EINVAL);
  CHECK_EQ(skt_kind(&a) & SKT_STATES, SKT_CONNECTED);
  skt_close(&a);
  CHECK_EQ(skt_duplicate(&a, &none), SKT_EBADF);
  CHECK_EQ(skt_cancel(&b), 0);
  CHECK_EQ(skt_duplicate(&b, &none), SKT_ECANCELED);
  skt_close(&b);
}

TEST(inherit, is_switched_on_and_off) {
  skt a, b;
  CHECK_EQ(skt_pair(&a, &b, SKT_STREAM), 0);
  CHECK_EQ(skt_inherit(&a, true), 0);
  CHECK(test_is_inherited(skt_native(&a)));
  CHECK(!test_is_inherited(skt_native(&b)));
  CHECK_EQ(skt_inherit(&a, false), 0);
  CHECK(!test_is_inherited(skt_native(&a)));
  skt_close(&a);
  skt_close(&b);
  CHECK_EQ(skt_inherit(&a, true), SKT_EBADF);
  CHECK_EQ(skt_inherit(NULL, true), SKT_EFAULT);
}

/* SPDX-License-Identifier: MIT */
/* The backend over a getsockopt that succeeds and writes nothing, as emulators
 * of system calls have it. This one takes the C library's place. */
#include <sys/socket.h>

#include "../skt_test.h"

static bool writes_nothing;

/* Of the options that a test asks for, the true answer is 1. */
int getsockopt(int s, int level, int name, void *value, socklen_t *length) {
  (void)s;
  (void)level;
  (void)name;
  if (writes_nothing) {
    *length = 0;
  } else {
    *(int *)value = 1;
  }
  return 0;
}

TEST(short_answer, option_cannot_be_read) {
  skt s = {0};
  int value = 7;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  writes_nothing = false;
  CHECK_EQ(skt_get_option(&s, SKT_OPT_NODELAY, &value), 0);
  CHECK_EQ(value, 1);
  writes_nothing = true;
  CHECK_EQ(skt_get_option(&s, SKT_OPT_NODELAY, &value), SKT_EOPNOTSUPP);
  CHECK_EQ(value, 0);
  skt_close(&s);
}

TEST(short_answer, limit_is_not_taken_for_none) {
  skt s = {0};
  int limit_ms;
  writes_nothing = true;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_set_limit(&s, SKT_READ, 1000), 0);
  CHECK_EQ(skt_limit(&s, SKT_READ, &limit_ms), SKT_EUNKNOWN);
  CHECK_EQ(limit_ms, -1);
  skt_close(&s);
}

TEST(short_answer, outcome_of_a_connect_is_not_taken_for_success) {
  skt s = {0};
  skt_addr nowhere;
  writes_nothing = true;
  CHECK_EQ(skt_addr_parse(&nowhere, "127.0.0.1:1"), 0);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
  int rc = skt_connect(&s, &nowhere);
  if (rc != SKT_EINPROGRESS) {
    skt_close(&s);
    SKIP("this system knows the outcome at once");
  }
  CHECK_EQ(skt_wait(&s, SKT_WRITE, 10000, NULL), SKT_WRITE);
  CHECK_EQ(skt_connect_finish(&s), SKT_EUNKNOWN);
  skt_close(&s);
}

TEST(short_answer, adopted_socket_of_unknown_type_is_refused) {
  skt s = {0}, adopted = {0};
  writes_nothing = true;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_adopt(&adopted, skt_native(&s), 0), SKT_EUNKNOWN);
  skt_close(&s);
}

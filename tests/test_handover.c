/* SPDX-License-Identifier: MIT */
/* skt_send_socket and skt_receive_socket, between two threads. */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

typedef struct sending {
  skt *channel;
  const skt *s;
  int rc;
} sending;

static void send_it(void *argument) {
  sending *x = argument;
  x->rc = skt_send_socket(x->channel, x->s);
}

/* Hand s over; returns the first code that is not 0. */
static int hand_over(skt *from, skt *to, const skt *s, skt *out) {
  sending x = {from, s, 1};
  test_thread *thread = test_start(send_it, &x);
  int rc = skt_receive_socket(to, out);
  test_join(thread);
  return rc < 0 ? rc : x.rc;
}

static bool channel_pair(skt *a, skt *b) {
  return skt_pair(a, b, SKT_STREAM) == 0 &&
         skt_set_limit(a, SKT_BOTH, 5000) == 0 &&
         skt_set_limit(b, SKT_BOTH, 5000) == 0;
}

TEST(handover, connection_arrives_and_carries) {
  skt a, b, client, server, arrived;
  char got[5];
  CHECK(channel_pair(&a, &b));
  CHECK(connect_pair(SKT_IPV4, &client, &server));
  CHECK_EQ(hand_over(&a, &b, &server, &arrived), 0);
  CHECK(skt_native(&arrived) != skt_native(&server));
  CHECK_EQ(skt_kind(&arrived), skt_kind(&server));
  CHECK(!test_is_inherited(skt_native(&arrived)));
  CHECK_EQ(skt_close(&server), 0);
  CHECK_EQ(skt_write_all(&client, "hello", 5, NULL), 0);
  CHECK_EQ(skt_read_all(&arrived, got, 5, NULL), 0);
  CHECK_EQ(memcmp(got, "hello", 5), 0);
  CHECK_EQ(skt_close(&arrived), 0);
  CHECK_EQ(skt_read(&client, got, 1), 0);
  skt_close(&client);
  skt_close(&a);
  skt_close(&b);
}

TEST(handover, kind_mode_state_and_limits_arrive) {
  skt a, b, s, arrived, client, server;
  skt_addr at;
  char byte;
  int limit = 0;
  CHECK(channel_pair(&a, &b));
  CHECK(listen_loopback(SKT_IPV4, &s, &at));
  CHECK_EQ(hand_over(&a, &b, &s, &arrived), 0);
  CHECK_EQ(skt_kind(&arrived) & SKT_STATES, SKT_LISTENING);
  CHECK_EQ(skt_close(&s), 0);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_accept(&arrived, &server, NULL, SKT_NONBLOCK), 0);
  skt_close(&arrived);

  CHECK_EQ(hand_over(&a, &b, &server, &arrived), 0);
  CHECK_EQ(skt_blocking(&arrived), 0);
  CHECK_EQ(skt_read(&arrived, &byte, 1), SKT_EAGAIN);
  skt_close(&arrived);
  skt_close(&server);

  CHECK_EQ(skt_set_limit(&client, SKT_READ, 70), 0);
  CHECK_EQ(skt_shutdown(&client, SKT_WRITE), 0);
  CHECK_EQ(hand_over(&b, &a, &client, &arrived), 0);
  CHECK_EQ(skt_limit(&arrived, SKT_READ, &limit), 0);
  CHECK(limit >= 70 && limit <= 90); /* rounded to ticks */
  CHECK_EQ(skt_write(&arrived, "x", 1), SKT_EPIPE);
  skt_close(&arrived);
  skt_close(&client);
  skt_close(&a);
  skt_close(&b);
}

TEST(handover, bytes_behind_a_socket_stay_in_the_channel) {
  skt a, b, c, d, arrived;
  char got[4];
  CHECK(channel_pair(&a, &b));
  CHECK(channel_pair(&c, &d));
  for (int i = 0; i < 3; ++i) {
    CHECK_EQ(hand_over(&a, &b, &c, &arrived), 0);
    CHECK_EQ(skt_write_all(&a, "next", 4, NULL), 0);
    CHECK_EQ(skt_read_all(&b, got, 4, NULL), 0);
    CHECK_EQ(memcmp(got, "next", 4), 0);
    skt_close(&arrived);
  }
  skt_close(&a);
  skt_close(&b);
  skt_close(&c);
  skt_close(&d);
}

TEST(handover, works_with_pollers_at_once) {
  skt a, b, c, d, arrived;
  skt_poller p;
  skt_event event;
  CHECK(channel_pair(&a, &b));
  CHECK(channel_pair(&c, &d));
  CHECK_EQ(hand_over(&a, &b, &d, &arrived), 0);
  CHECK_EQ(skt_close(&d), 0);
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_add(&p, &arrived, SKT_READ, &arrived), 0);
  CHECK_EQ(skt_write(&c, "x", 1), 1);
  CHECK_EQ(skt_poller_wait(&p, &event, 1, 5000), 1);
  CHECK(event.user == &arrived);
  CHECK_EQ(skt_poller_destroy(&p), 0);
  skt_close(&a);
  skt_close(&b);
  skt_close(&c);
  skt_close(&arrived);
}

TEST(handover, channel_that_ends_reports_enodata) {
  skt a, b, out;
  CHECK(channel_pair(&a, &b));
  CHECK_EQ(skt_close(&a), 0);
  CHECK_EQ(skt_receive_socket(&b, &out), SKT_ENODATA);
  CHECK_EQ(skt_kind(&out), SKT_EBADF);
  skt_close(&b);
  CHECK(channel_pair(&a, &b));
  CHECK_EQ(skt_write_all(&a, "skt", 3, NULL), 0);
  CHECK_EQ(skt_close(&a), 0);
  CHECK_EQ(skt_receive_socket(&b, &out), SKT_ENODATA);
  skt_close(&b);
}

TEST(handover, channel_whose_reader_is_gone_reports_it) {
  skt a, b, c, d;
  CHECK(channel_pair(&a, &b));
  CHECK(channel_pair(&c, &d));
  CHECK_EQ(skt_close(&b), 0);
  int rc = skt_send_socket(&a, &c);
  CHECK(rc == SKT_ECONNRESET || rc == SKT_ENODATA);
  CHECK(skt_kind(&c) > 0);
  skt_close(&a);
  skt_close(&c);
  skt_close(&d);
}

TEST(handover, bytes_that_are_none_report_eproto) {
  static const char junk[200] =
      "this is not what belongs here, nor is the rest";
  skt a, b, out;
  CHECK(channel_pair(&a, &b));
  CHECK_EQ(skt_write_all(&a, junk, sizeof junk, NULL), 0);
  CHECK_EQ(skt_receive_socket(&b, &out), SKT_EPROTO);
  CHECK_EQ(skt_kind(&out), SKT_EBADF);
  skt_close(&a);
  skt_close(&b);
}

TEST(handover, nonblocking_channel_without_a_socket_reports_eagain) {
  skt a, b, out;
  CHECK_EQ(skt_pair(&a, &b, SKT_STREAM | (int)SKT_NONBLOCK), 0);
  CHECK_EQ(skt_receive_socket(&b, &out), SKT_EAGAIN);
  skt c, d;
  CHECK(channel_pair(&c, &d));
  sending x = {&a, &c, 1};
  test_thread *thread = test_start(send_it, &x);
  CHECK_EQ(skt_wait(&b, SKT_READ, 5000, NULL), SKT_READ);
  CHECK_EQ(skt_receive_socket(&b, &out), 0);
  test_join(thread);
  CHECK_EQ(x.rc, 0);
  skt_close(&out);
  skt_close(&a);
  skt_close(&b);
  skt_close(&c);
  skt_close(&d);
}

TEST(handover, limit_of_the_channel_expires) {
  skt a, b, out;
  CHECK_EQ(skt_pair(&a, &b, SKT_STREAM), 0);
  CHECK_EQ(skt_set_limit(&b, SKT_READ, 30), 0);
  CHECK_EQ(skt_receive_socket(&b, &out), SKT_ETIMEDOUT);
  skt_close(&a);
  skt_close(&b);
}

TEST(handover, bad_arguments_are_refused) {
  skt a, b, c, d, out, none = SKT_NONE;
  skt_addr at;
  CHECK(channel_pair(&a, &b));
  CHECK_EQ(skt_send_socket(NULL, &a), SKT_EFAULT);
  CHECK_EQ(skt_send_socket(&a, NULL), SKT_EFAULT);
  CHECK_EQ(skt_send_socket(&a, &none), SKT_EBADF);
  CHECK_EQ(skt_send_socket(&none, &a), SKT_EBADF);
  CHECK_EQ(skt_send_socket(&a, &a), SKT_EINVAL);
  CHECK_EQ(skt_receive_socket(NULL, &out), SKT_EFAULT);
  CHECK_EQ(skt_receive_socket(&a, NULL), SKT_EFAULT);
  CHECK_EQ(skt_receive_socket(&none, &out), SKT_EBADF);
  CHECK_EQ(skt_receive_socket(&a, &a), SKT_EINVAL);
  CHECK(skt_kind(&a) > 0);
  CHECK_EQ(skt_pair(&c, &d, SKT_DATAGRAM), 0);
  CHECK_EQ(skt_send_socket(&c, &a), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_receive_socket(&c, &out), SKT_EOPNOTSUPP);
  skt_close(&c);
  skt_close(&d);
  CHECK(listen_loopback(SKT_IPV4, &c, &at));
  int rc = skt_send_socket(&c, &a);
  CHECK(rc == SKT_EOPNOTSUPP || rc == SKT_ENOTCONN);
  CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
  CHECK_EQ(skt_send_socket(&a, &c), SKT_EPIPE);
  CHECK_EQ(skt_cancel(&b), 0);
  CHECK_EQ(skt_receive_socket(&b, &out), SKT_ECANCELED);
  skt_close(&a);
  skt_close(&b);
  skt_close(&c);
}

TEST(handover, thousand_leak_nothing) {
  skt a, b, c, d, arrived;
  CHECK(channel_pair(&a, &b));
  CHECK(channel_pair(&c, &d));
  uintptr_t before = highest_of_eight();
  for (int i = 0; i < 200; ++i) {
    CHECK_EQ(hand_over(&a, &b, &c, &arrived), 0);
    CHECK_EQ(skt_close(&arrived), 0);
  }
  CHECK(highest_of_eight() <= before);
  skt_close(&a);
  skt_close(&b);
  skt_close(&c);
  skt_close(&d);
}

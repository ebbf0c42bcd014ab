/* SPDX-License-Identifier: MIT */
#include "peer.h"
#include "skt_test.h"

TEST(shutdown, of_writing_ends_the_peers_stream_and_keeps_reading) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
  CHECK_EQ(skt_read(&b, &byte, 1), 1);
  CHECK_EQ(skt_read(&b, &byte, 1), 0);
  CHECK_EQ(skt_write(&b, "y", 1), 1);
  CHECK_EQ(skt_read(&a, &byte, 1), 1);
  CHECK_EQ(byte, 'y');
  skt_close(&a);
  skt_close(&b);
}

TEST(shutdown, write_after_own_shutdown_reports_epipe) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
  CHECK_EQ(skt_write(&a, "x", 1), SKT_EPIPE);
  CHECK_EQ(skt_write(&a, "x", 0), SKT_EPIPE);
  CHECK_EQ(skt_write(&a, "x", 1), SKT_EPIPE);
  skt_close(&a);
  skt_close(&b);
}

TEST(shutdown, end_of_stream_after_own_shutdown_is_0) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
  CHECK_EQ(skt_close(&b), 0);
  CHECK_EQ(skt_read(&a, &byte, 1), 0);
  CHECK_EQ(skt_read(&a, &byte, 1), 0);
  skt_close(&a);
}

/* Windows would reset the connection when bytes come after a native shutdown
 * of reading. */
TEST(shutdown, of_reading_gives_0_and_the_peer_notices_nothing) {
  skt a = {0}, b = {0};
  char got[4096] = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&b, "queued", 6), 6);
  CHECK_EQ(skt_shutdown(&a, SKT_READ), 0);
  CHECK_EQ(skt_read(&a, got, sizeof got), 0);
  for (int i = 0; i < 16; ++i) {
    CHECK_EQ(skt_write(&b, got, sizeof got), sizeof got);
  }
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK_EQ(skt_read(&b, got, 1), 1);
  CHECK_EQ(skt_read(&a, got, sizeof got), 0);
  skt_close(&a);
  skt_close(&b);
}

TEST(shutdown, of_what_has_ended_already_succeeds) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  for (int i = 0; i < 2; ++i) {
    CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
    CHECK_EQ(skt_shutdown(&a, SKT_READ), 0);
    CHECK_EQ(skt_shutdown(&a, SKT_BOTH), 0);
  }
  skt_close(&a);
  skt_close(&b);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(reset_by(&a, &b));
  CHECK_EQ(skt_read(&b, &byte, 1), SKT_ECONNRESET);
  CHECK_EQ(skt_shutdown(&b, SKT_BOTH), 0);
  CHECK_EQ(skt_read(&b, &byte, 1), SKT_ECONNRESET); /* the first end stays */
  skt_close(&b);
}

TEST(shutdown, after_a_reset_nobody_has_seen_yet_succeeds) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(reset_by(&a, &b));
  CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
  CHECK_EQ(skt_write(&b, "x", 1), SKT_EPIPE);
  skt_close(&b);
}

TEST(shutdown, wrong_argument_or_state_is_told) {
  skt fresh = {0}, listener = {0}, client = {0}, a = {0}, b = {0};
  skt_addr at;
  CHECK_EQ(skt_socket(&fresh, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_shutdown(&fresh, SKT_WRITE), SKT_ENOTCONN);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_shutdown(&a, 0), SKT_EINVAL);
  CHECK_EQ(skt_shutdown(&a, 4), SKT_EINVAL);
  CHECK_EQ(skt_shutdown(&a, -1), SKT_EINVAL);
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_shutdown(&listener, SKT_BOTH), SKT_EINVAL);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0); /* and it still listens */
  skt_close(&client);
  skt_close(&fresh);
  skt_close(&listener);
  skt_close(&a);
  skt_close(&b);
}

/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

TEST(listen, wrong_state_reports_einval) {
  skt s = {0}, client = {0}, server = {0};
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_listen(&s, 0), SKT_EINVAL); /* not bound */
  skt_close(&s);
  CHECK(connect_pair(SKT_IPV4, &client, &server));
  CHECK_EQ(skt_listen(&client, 0), SKT_EINVAL);
  CHECK_EQ(skt_listen(&server, 0), SKT_EINVAL);
  skt_close(&client);
  skt_close(&server);
}

TEST(listen, again_changes_only_the_backlog) {
  skt s = {0};
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &s, &at));
  CHECK_EQ(skt_listen(&s, 5), 0);
  CHECK_EQ(skt_listen(&s, 0), 0);
  skt_close(&s);
}

/* Every backlog lets somebody in; -1 and 0 and huge ones are no error. */
TEST(listen, any_backlog_is_a_hint) {
  static const int backlogs[] = {-1000, -1, 0, 1, 128, 201, 100000};
  for (size_t i = 0; i < sizeof backlogs / sizeof *backlogs; ++i) {
    skt s = {0}, client = {0};
    skt_addr at;
    CHECK(bind_loopback(SKT_IPV4, &s, &at));
    CHECK_EQ(skt_listen(&s, backlogs[i]), 0);
    CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&client, &at), 0);
    skt_close(&client);
    skt_close(&s);
  }
}

TEST(listen, hundred_clients_connect_before_the_first_accept) {
  static skt clients[100];
  skt listener = {0}, server = {0};
  skt_addr at;
  CHECK(bind_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_listen(&listener, 128), 0);
  for (int i = 0; i < 100; ++i) {
    CHECK_EQ(skt_socket(&clients[i], SKT_IPV4, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&clients[i], &at), 0);
  }
  for (int i = 0; i < 100; ++i) {
    CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
    skt_close(&server);
    skt_close(&clients[i]);
  }
  skt_close(&listener);
}

TEST(accept, tells_the_peers_address) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt listener = {0}, client = {0}, server = {0};
    skt_addr at, peer, local;
    CHECK(listen_loopback(*domain, &listener, &at));
    CHECK_EQ(skt_socket(&client, *domain, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&client, &at), 0);
    CHECK_EQ(skt_accept(&listener, &server, &peer, 0), 0);
    CHECK_EQ(skt_local(&client, &local), 0);
    CHECK_EQ(memcmp(&peer, &local, sizeof peer), 0);
    CHECK_EQ(skt_peer(&server, &peer), 0);
    CHECK_EQ(memcmp(&peer, &local, sizeof peer), 0);
    CHECK_EQ(skt_peer(&client, &peer), 0);
    CHECK_EQ(memcmp(&peer, &at, sizeof peer), 0);
    skt_close(&server);
    skt_close(&client);
    skt_close(&listener);
  }
}

/* The mode of the listener on one side, what was asked for on the other. */
static bool accepts(int listener_mode, int flags, int *blocking,
                    ptrdiff_t *read) {
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at = loopback(SKT_IPV4);
  char byte;
  bool good =
      skt_socket(&listener, SKT_IPV4, SKT_STREAM | listener_mode, 0) == 0 &&
      skt_bind(&listener, &at, 0) == 0 && skt_listen(&listener, 0) == 0 &&
      skt_local(&listener, &at) == 0 &&
      skt_socket(&client, SKT_IPV4, SKT_STREAM, 0) == 0 &&
      skt_connect(&client, &at) == 0 &&
      skt_wait(&listener, SKT_READ, 10000, NULL) == SKT_READ &&
      skt_accept(&listener, &server, NULL, flags) == 0;
  *blocking = skt_blocking(&server);
  if (flags == 0) { /* a byte that comes, for a read that waits */
    good = good && skt_write(&client, "x", 1) == 1;
  }
  *read = skt_read(&server, &byte, 1);
  skt_close(&server);
  skt_close(&client);
  skt_close(&listener);
  return good;
}

TEST(accept, mode_is_what_the_call_says_whatever_the_listener_is) {
  int blocking;
  ptrdiff_t read;
  CHECK(accepts(0, 0, &blocking, &read));
  CHECK_EQ(blocking, 1);
  CHECK_EQ(read, 1);
  CHECK(accepts(SKT_NONBLOCK, 0, &blocking, &read));
  CHECK_EQ(blocking, 1);
  CHECK_EQ(read, 1);
  CHECK(accepts(0, SKT_NONBLOCK, &blocking, &read));
  CHECK_EQ(blocking, 0);
  CHECK_EQ(read, SKT_EAGAIN);
  CHECK(accepts(SKT_NONBLOCK, SKT_NONBLOCK, &blocking, &read));
  CHECK_EQ(blocking, 0);
  CHECK_EQ(read, SKT_EAGAIN);
}

/* The native mode, not only what skt believes: the read must wait. */
TEST(accept, socket_from_a_nonblocking_listener_really_waits) {
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at = loopback(SKT_IPV4);
  char byte = 0;
  CHECK_EQ(skt_socket(&listener, SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
  CHECK_EQ(skt_bind(&listener, &at, 0), 0);
  CHECK_EQ(skt_listen(&listener, 0), 0);
  CHECK_EQ(skt_local(&listener, &at), 0);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_wait(&listener, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  test_thread *writer = test_start(write_later, &client);
  ptrdiff_t got = skt_read(&server, &byte, 1);
  test_join(writer);
  CHECK_EQ(got, 1);
  CHECK_EQ(byte, 'x');
  skt_close(&server);
  skt_close(&client);
  skt_close(&listener);
}

/* A client that is gone before it is accepted is the client's misfortune: the
 * next one is served. The dead one may be passed over or handed out dead. */
TEST(accept, client_that_gave_up_does_not_stop_the_server) {
  skt listener = {0}, gone = {0}, good = {0}, server = {0};
  skt_addr at;
  char byte = 0;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  for (int i = 0; i < 100; ++i) {
    CHECK_EQ(skt_socket(&gone, SKT_IPV4, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&gone, &at), 0);
    CHECK_EQ(skt_close(&gone), 0);
  }
  CHECK_EQ(skt_socket(&good, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&good, &at), 0);
  CHECK_EQ(skt_write(&good, "g", 1), 1);
  for (int i = 0; byte != 'g'; ++i) {
    CHECK(i <= 100);
    CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
    skt_read(&server, &byte, 1);
    skt_close(&server);
  }
  skt_close(&good);
  skt_close(&listener);
}

TEST(accept, wrong_argument_or_state_reports_einval) {
  skt s = {0}, out = {0}, client = {0}, server = {0};
  skt_addr at;
  CHECK(bind_loopback(SKT_IPV4, &s, &at));
  CHECK_EQ(skt_accept(&s, &out, NULL, 0), SKT_EINVAL); /* does not listen */
  CHECK_EQ(skt_listen(&s, 0), 0);
  CHECK_EQ(skt_accept(&s, &out, NULL, 1), SKT_EINVAL);
  CHECK_EQ(skt_accept(&s, &s, NULL, 0), SKT_EINVAL);
  CHECK(skt_native(&s) != UINTPTR_MAX); /* and lost nothing */
  CHECK(connect_pair(SKT_IPV4, &client, &server));
  CHECK_EQ(skt_accept(&client, &out, NULL, 0), SKT_EINVAL);
  skt_close(&client);
  skt_close(&server);
  skt_close(&s);
}

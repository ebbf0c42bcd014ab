/* SPDX-License-Identifier: MIT */
/* SCTP, which the usual machine lacks; ci/run/uml.sh boots one that has it. */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

enum { PATIENCE_MS = 10000, SCTP = 132 };

static const int types[] = {SKT_STREAM, SKT_SEQPACKET};

static bool listen_sctp(int domain, int type, skt *s, skt_addr *at) {
  *at = loopback(domain);
  return skt_socket(s, domain, type, SCTP) == 0 && skt_bind(s, at, 0) == 0 &&
         skt_listen(s, 0) == 0 && skt_local(s, at) == 0;
}

static bool connect_sctp(int domain, int type, skt *client, skt *server) {
  skt listener = {0};
  skt_addr at, name;
  bool made = listen_sctp(domain, type, &listener, &at) &&
              skt_socket(client, domain, type, SCTP) == 0 &&
              skt_connect(client, &at) == 0 &&
              skt_accept(&listener, server, &name, 0) == 0 &&
              skt_local(client, &at) == 0 && memcmp(&at, &name, sizeof at) == 0;
  skt_close(&listener);
  return made;
}

/* Both sides' ends: of a closed peer, and of one that aborts. */
static void check_ends(int domain, int type) {
  skt client = {0}, server = {0};
  char got[8];
  CHECK(connect_sctp(domain, type, &client, &server));
  CHECK_EQ(skt_write(&client, "bye", 3), 3);
  CHECK_EQ(skt_shutdown(&client, SKT_WRITE), 0);
  CHECK_EQ(skt_write(&client, "x", 1), SKT_EPIPE);
  CHECK_EQ(skt_read(&server, got, sizeof got), 3);
  CHECK_EQ(skt_read(&server, got, sizeof got), 0);
  CHECK_EQ(skt_read(&server, got, sizeof got), 0);
  CHECK_EQ(skt_write(&server, "x", 1), SKT_ECONNRESET); /* no half is left */
  CHECK_EQ(skt_read(&client, NULL, 0), 0);
  ptrdiff_t rc = skt_read(&client, got, sizeof got);
  CHECK(rc == 0 || rc == SKT_ENOTCONN);
  skt_close(&client);
  skt_close(&server);

  CHECK(connect_sctp(domain, type, &client, &server));
  CHECK_EQ(skt_abort(&client), 0);
  CHECK_EQ(skt_wait(&server, SKT_BOTH, PATIENCE_MS, NULL), SKT_BOTH);
  CHECK_EQ(skt_read(&server, got, sizeof got), SKT_ECONNRESET);
  CHECK_EQ(skt_read(&server, got, sizeof got), SKT_ECONNRESET);
  CHECK_EQ(skt_write(&server, "x", 1), SKT_ECONNRESET);
  skt_close(&server);
}

static void check_refusals(int domain, int type) {
  skt listener = {0}, s = {0};
  skt_addr at;
  CHECK(listen_sctp(domain, type, &listener, &at));
  CHECK_EQ(skt_socket(&s, domain, type, SCTP), 0);
  CHECK_EQ(skt_bind(&s, &at, 0), SKT_EADDRINUSE);
  skt_close(&listener);
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  CHECK_EQ(skt_connect(&s, &at), SKT_ECONNREFUSED); /* to itself */
  skt_close(&s);
  CHECK_EQ(skt_socket(&s, domain, type | SKT_NONBLOCK, SCTP), 0);
  CHECK_EQ(skt_connect(&s, &at), SKT_EINPROGRESS);
  CHECK_EQ(skt_wait(&s, SKT_WRITE, PATIENCE_MS, NULL), SKT_WRITE);
  CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
  skt_close(&s);
}

static void check_stream(int domain) {
  skt client = {0}, server = {0};
  char got[16];
  CHECK(connect_sctp(domain, SKT_STREAM, &client, &server));
  CHECK_EQ(skt_write(&client, "hello", 5), 5);
  CHECK_EQ(skt_write(&client, "world", 5), 5);
  CHECK_EQ(skt_peek(&server, got, 2), 2);
  CHECK_EQ(skt_read_all(&server, got, 10, NULL), 0);
  CHECK_EQ(memcmp(got, "helloworld", 10), 0);
  CHECK_EQ(skt_write(&server, "back", 4), 4);
  CHECK_EQ(skt_read_all(&client, got, 4, NULL), 0);
  CHECK_EQ(memcmp(got, "back", 4), 0);
  CHECK_EQ(skt_adopt(&client, skt_release(&client), 0), 0);
  CHECK_EQ(skt_write_all(&client, "again", 5, NULL), 0);
  CHECK_EQ(skt_read_all(&server, got, 5, NULL), 0);
  skt_close(&client);
  skt_close(&server);
}

static void check_seqpacket(int domain) {
  skt client = {0}, server = {0};
  char got[16];
  CHECK(connect_sctp(domain, SKT_SEQPACKET, &client, &server));
  CHECK_EQ(skt_write(&client, "one", 3), 3);
  CHECK_EQ(skt_write(&client, "", 0), 0); /* nothing is sent */
  CHECK_EQ(skt_write(&client, "three", 5), 5);
  CHECK_EQ(skt_read(&server, got, sizeof got), 3);
  CHECK_EQ(skt_read(&server, got, sizeof got), 5);
  CHECK_EQ(memcmp(got, "three", 5), 0);
  CHECK_EQ(skt_read_all(&server, got, 1, NULL), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_write(&server, "a long one", 10), 10);
  CHECK_EQ(skt_write(&server, "x", 1), 1);
  CHECK_EQ(skt_read(&client, got, 2), 2); /* the rest stays */
  CHECK_EQ(skt_read(&client, got, sizeof got), 8);
  CHECK_EQ(skt_read(&client, got, sizeof got), 1);
  CHECK_EQ(skt_disconnect(&client), SKT_EINVAL);
  skt_close(&client);
  skt_close(&server);
}

TEST(sctp, streams_and_seqpacket_connect_carry_and_end) {
  if (skt_supports(SKT_IPV4, SKT_STREAM, SCTP) == 0) {
    SKIP("this system has no SCTP (ci/run/uml.sh boots one that has)");
  }
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    check_stream(*domain);
    check_seqpacket(*domain);
    for (int i = 0; i < 2; ++i) {
      CHECK_EQ(skt_supports(*domain, types[i], SCTP), 1);
      check_ends(*domain, types[i]);
      check_refusals(*domain, types[i]);
    }
    CHECK_EQ(skt_supports(*domain, SKT_SEQPACKET, 0), 1);
  }
}

/* Messages go whole or not at all, and several can wait. */
TEST(sctp, full_connection_takes_no_part_of_a_message) {
  static char sent[30000], got[30000];
  skt client = {0}, server = {0};
  ptrdiff_t rc = 0;
  int n = 0;
  if (skt_supports(SKT_IPV4, SKT_SEQPACKET, SCTP) == 0) {
    SKIP("this system has no SCTP (ci/run/uml.sh boots one that has)");
  }
  CHECK(connect_sctp(SKT_IPV4, SKT_SEQPACKET, &client, &server));
  CHECK_EQ(skt_set_blocking(&client, false), 0);
  while (n < 1000 && (rc = skt_write(&client, sent, sizeof sent)) > 0) {
    CHECK_EQ(rc, sizeof sent);
    ++n;
  }
  CHECK_EQ(rc, SKT_EAGAIN);
  CHECK(n > 1);
  CHECK_EQ(skt_set_limit(&server, SKT_READ, PATIENCE_MS), 0);
  for (; n > 0; --n) {
    CHECK_EQ(skt_read(&server, got, sizeof got), sizeof got);
  }
  CHECK_EQ(skt_wait(&server, SKT_READ, 0, NULL), 0);
  skt_close(&client);
  skt_close(&server);
}

/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

TEST(native, lent_handle_stays_ours_and_released_one_does_not) {
  skt a = {0}, b = {0}, again = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  uintptr_t native = skt_native(&a);
  CHECK(native != UINTPTR_MAX);
  CHECK_EQ(skt_native(&a), native);
  CHECK_EQ(skt_release(&a), native);
  CHECK_EQ(skt_close(&a), SKT_EBADF);
  CHECK_EQ(skt_release(&a), UINTPTR_MAX);
  CHECK_EQ(skt_native(&a), UINTPTR_MAX);

  CHECK_EQ(skt_adopt(&again, native, 0), 0); /* it was not closed */
  CHECK_EQ(skt_write(&again, "x", 1), 1);
  CHECK_EQ(skt_read(&b, &byte, 1), 1);
  skt_close(&again);
  skt_close(&b);
}

/* Release and adopt again, telling or asking; what skt then knows must be what
 * it knew. */
static int readopt(skt *s, int kind) {
  return skt_adopt(s, skt_release(s), kind);
}

TEST(native, adopted_socket_is_asked_what_it_is) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt s = {0}, client = {0}, server = {0};
    skt_addr at, local;
    char byte;
    at = loopback(*domain);
    CHECK_EQ(skt_socket(&s, *domain, SKT_STREAM, 0), 0);
    CHECK_EQ(readopt(&s, 0), 0);
    CHECK_EQ(skt_listen(&s, 0), SKT_EINVAL); /* fresh */
    CHECK_EQ(skt_bind(&s, &at, 0), 0);
    CHECK_EQ(readopt(&s, 0), 0);
    CHECK_EQ(skt_bind(&s, &at, 0), SKT_EINVAL); /* bound */
    CHECK_EQ(skt_listen(&s, 0), 0);
    CHECK_EQ(readopt(&s, 0), 0);
    CHECK_EQ(skt_local(&s, &at), 0);
    CHECK_EQ(skt_socket(&client, *domain, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&client, &at), 0);
    CHECK_EQ(skt_accept(&s, &server, NULL, 0), 0); /* listening */
    CHECK_EQ(readopt(&client, 0), 0);
    CHECK_EQ(skt_write(&client, "x", 1), 1); /* connected */
    CHECK_EQ(skt_read(&server, &byte, 1), 1);
    CHECK_EQ(skt_local(&client, &local), 0);
    CHECK_EQ(skt_addr_domain(&local), *domain);
    skt_close(&server);
    skt_close(&client);
    skt_close(&s);
  }
}

TEST(native, adopted_socket_gets_the_mode_that_was_told) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(readopt(&a, SKT_NONBLOCK), 0);
  CHECK_EQ(skt_blocking(&a), 0);
  CHECK_EQ(skt_read(&a, &byte, 1), SKT_EAGAIN);
  CHECK_EQ(readopt(&a, 0), 0);
  CHECK_EQ(skt_blocking(&a), 1);
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_read(&a, &byte, 1), 1);
  skt_close(&a);
  skt_close(&b);
}

TEST(native, stated_kind_is_believed) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(readopt(&a, SKT_IPV4 | SKT_STREAM | SKT_CONNECTED), 0);
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK_EQ(skt_read(&b, &byte, 1), 1);
  CHECK_EQ(readopt(&a, SKT_IPV4 | SKT_STREAM), 0);
  CHECK_EQ(skt_write(&a, "x", 1), SKT_ENOTCONN);
  skt_close(&a);
  skt_close(&b);
}

TEST(native, stated_states_and_mode_are_believed) {
  enum { TCP = SKT_IPV4 | SKT_STREAM };
  skt s = {0}, client = {0}, server = {0};
  skt_addr at;
  char byte;
  CHECK(bind_loopback(SKT_IPV4, &s, &at));
  CHECK_EQ(readopt(&s, TCP | SKT_BOUND), 0);
  CHECK_EQ(skt_listen(&s, 0), 0);
  CHECK_EQ(readopt(&s, TCP | SKT_LISTENING), 0);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_accept(&s, &server, NULL, 0), 0);
  CHECK_EQ(skt_set_blocking(&server, false), 0);
  CHECK_EQ(readopt(&server, TCP | SKT_CONNECTED | SKT_NONBLOCK), 0);
  CHECK_EQ(skt_blocking(&server), 0);
  CHECK_EQ(skt_read(&server, &byte, 1), SKT_EAGAIN);
  skt_close(&server);
  skt_close(&client);
  skt_close(&s);
}

TEST(native, wrong_kind_reports_einval_and_leaves_the_handle) {
  static const int bad[] = {
      SKT_IPV4,
      SKT_STREAM,
      SKT_CONNECTED,
      SKT_IPV4 | SKT_STREAM | 0x0500,
      SKT_IPV4 | SKT_STREAM | SKT_DUAL_STACK,
      SKT_IPV4 | SKT_STREAM | 0x10000,
      4 | SKT_STREAM,
      SKT_IPV4 | SKT_PACKET,
      SKT_IPV4 | 0x70,
      SKT_IPV4 | SKT_DATAGRAM | SKT_LISTENING,
      SKT_IPV4 | SKT_RAW | SKT_LISTENING,
      -1,
  };
  skt s = {0}, adopted = {0};
  skt_addr at;
  CHECK(bind_loopback(SKT_IPV4, &s, &at));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    CHECK_EQ(skt_adopt(&adopted, skt_native(&s), bad[i]), SKT_EINVAL);
    CHECK_EQ(skt_close(&adopted), SKT_EBADF);
  }
  CHECK_EQ(skt_listen(&s, 0), 0);
  skt_close(&s);
}

TEST(native, handle_that_is_no_socket_reports_enotsock) {
  enum { STATED = SKT_IPV4 | SKT_STREAM };
  skt s = {0}, out;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  uintptr_t closed = skt_native(&s);
  CHECK_EQ(skt_close(&s), 0);
  memset(&out, 0xff, sizeof out);
  CHECK_EQ(skt_adopt(&out, closed, 0), SKT_ENOTSOCK);
  CHECK_EQ(skt_close(&out), SKT_EBADF);
  CHECK_EQ(skt_adopt(&out, UINTPTR_MAX, 0), SKT_ENOTSOCK);
  CHECK_EQ(skt_adopt(&out, UINTPTR_MAX, STATED), SKT_ENOTSOCK);
  CHECK_EQ(skt_adopt(&out, 0x7ffffff0, 0), SKT_ENOTSOCK);

  /* Standard input is descriptor 0, and 0 is no socket on Windows. Make sure
   * that it is a file. */
  CHECK(freopen("skt_test_stdin", "w", stdin) != NULL);
  CHECK_EQ(skt_adopt(&out, 0, 0), SKT_ENOTSOCK);
  fclose(stdin); /* Windows removes no open file */
  remove("skt_test_stdin");
}

/* Cut to an int it would be a good one. */
TEST(native, handle_wider_than_the_systems_reports_enotsock) {
  skt s = {0}, out;
  if (sizeof(uintptr_t) < sizeof(uint64_t)) {
    SKIP("no handle can be wider here");
  }
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  uintptr_t wide = skt_native(&s) + (uintptr_t)((uint64_t)1 << 32);
  CHECK_EQ(skt_adopt(&out, wide, 0), SKT_ENOTSOCK);
  skt_close(&s);
}

/* Descriptor 0 is a good socket on POSIX: closing standard input makes it the
 * next one. On Windows this shows nothing, and does no harm. */
TEST(native, descriptor_0_is_no_exception) {
  skt a = {0}, b = {0};
  char byte;
  fclose(stdin);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK_EQ(skt_read(&b, &byte, 1), 1);
  CHECK_EQ(skt_close(&a), 0);
  CHECK_EQ(skt_read(&b, &byte, 1), 0);
  skt_close(&b);
}

/* A socket that is waited for, a poller, a waker: each is first in its turn. */
TEST(native, descriptor_0_is_waited_for_like_any_other) {
  skt s = {0};
  skt_poller p;
  skt_waker w;
  skt_event e;
  fclose(stdin);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_wait(&s, SKT_WRITE, 10000, NULL), SKT_WRITE);
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_add(&p, &s, SKT_WRITE, &s), 0);
  CHECK_EQ(skt_poller_wait(&p, &e, 1, 10000), 1);
  CHECK(e.user == &s);
  CHECK_EQ(skt_close(&s), 0);
  CHECK_EQ(skt_poller_wait(&p, &e, 1, 0), 0);
  CHECK_EQ(skt_poller_destroy(&p), 0);
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_wake(&p), 0);
  CHECK_EQ(skt_poller_wait(&p, &e, 1, 10000), 1);
  CHECK_EQ(skt_poller_destroy(&p), 0);
  CHECK_EQ(skt_waker_create(&w), 0);
  CHECK_EQ(skt_wake(&w), 0);
  CHECK_EQ(skt_poll(NULL, 0, 10000, &w), 1);
  CHECK_EQ(skt_waker_destroy(&w), 0);
}

TEST(native, negative_handle_is_none) {
  static const int kinds[] = {0, SKT_IPV4 | SKT_STREAM};
  skt out;
  for (int i = 0; i < 2; ++i) {
    CHECK_EQ(skt_adopt(&out, (uintptr_t)-1, kinds[i]), SKT_ENOTSOCK);
    CHECK_EQ(skt_adopt(&out, (uintptr_t)-2, kinds[i]), SKT_ENOTSOCK);
    CHECK_EQ(skt_adopt(&out, (uintptr_t)INTPTR_MIN, kinds[i]), SKT_ENOTSOCK);
    CHECK_EQ(skt_close(&out), SKT_EBADF);
  }
}

/* What a call does is what skt_limit says, whoever set the limit. */
TEST(native, limits_of_other_code_are_taken_over) {
  skt a = {0}, b = {0};
  int limit_ms = 0;
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(test_set_native(skt_native(&a), TEST_WRITE_LIMIT, 3));
  CHECK_EQ(skt_set_limit(&a, SKT_READ, 120), 0);
  CHECK_EQ(readopt(&a, 0), 0);
  CHECK_EQ(skt_limit(&a, SKT_WRITE, &limit_ms), 0);
  CHECK(limit_ms >= 3000 && limit_ms <= 3010);
  CHECK_EQ(skt_limit(&a, SKT_READ, &limit_ms), 0);
  CHECK(limit_ms >= 120 && limit_ms <= 130);
  for (int i = 0; i < 2; ++i) {
    CHECK_EQ(skt_read(&a, &byte, 1), SKT_ETIMEDOUT);
  }
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_read(&a, &byte, 1), 1);
  CHECK_EQ(skt_set_limit(&a, SKT_BOTH, -1), 0);
  CHECK_EQ(readopt(&a, 0), 0);
  CHECK_EQ(skt_limit(&a, SKT_READ, &limit_ms), 0);
  CHECK_EQ(limit_ms, -1);
  skt_close(&a);
  skt_close(&b);
}

TEST(native, limit_over_what_an_int_holds_is_int_max) {
  skt s = {0};
  int limit_ms = 0;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK(test_set_native(skt_native(&s), TEST_READ_LIMIT, 4000000));
  CHECK_EQ(readopt(&s, 0), 0);
  CHECK_EQ(skt_limit(&s, SKT_READ, &limit_ms), 0);
  CHECK_EQ(limit_ms, INT_MAX);
  skt_close(&s);
}

/* On Windows a socket with a limit is natively non-blocking while skt has it.
 */
TEST(native, released_socket_is_in_the_mode_that_skt_reported) {
  for (int blocking = 0; blocking < 2; ++blocking) {
    skt a = {0}, b = {0};
    CHECK(connect_pair(SKT_IPV4, &a, &b));
    CHECK_EQ(skt_set_limit(&a, SKT_BOTH, 5000), 0);
    CHECK_EQ(skt_set_blocking(&a, blocking != 0), 0);
    uintptr_t native = skt_release(&a);
    CHECK_EQ(test_would_block(native), blocking);
    CHECK_EQ(skt_adopt(&a, native, 0), 0);
    skt_close(&a);
    skt_close(&b);
  }
}

/* Fill a listener's backlog, so that the last of them connects for long. */
static bool connect_for_long(skt *listener, skt *s, int n) {
  skt_addr at;
  bool good =
      bind_loopback(SKT_IPV4, listener, &at) && skt_listen(listener, 1) == 0;
  for (int i = 0; i < n && good; ++i) {
    good = skt_socket(&s[i], SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0) == 0 &&
           skt_connect(&s[i], &at) == SKT_EINPROGRESS;
    skt_wait(&s[i], SKT_WRITE, 100, NULL);
  }
  return good;
}

TEST(native, connecting_socket_is_recognised_or_stated) {
  enum {
    N = 5,
    STATED = SKT_IPV4 | SKT_STREAM | SKT_CONNECTING | SKT_NONBLOCK
  };
  skt listener = {0}, s[N] = {{0}}, out = {0};
  bool recognised = false;
  CHECK(connect_for_long(&listener, s, N));
  CHECK_EQ(skt_connect_finish(&s[N - 1]), SKT_EINPROGRESS);
  CHECK_EQ(readopt(&s[N - 1], SKT_NONBLOCK), 0);
  recognised = skt_connect_finish(&s[N - 1]) == SKT_EINPROGRESS;
  CHECK_EQ(readopt(&s[N - 1], STATED), 0);
  CHECK_EQ(skt_connect_finish(&s[N - 1]), SKT_EINPROGRESS);
  skt_close(&s[N - 2]); /* one less that waits */
  for (int i = 0; i < 2; ++i) {
    CHECK_EQ(skt_accept(&listener, &out, NULL, 0), 0);
    skt_close(&out);
  }
  CHECK_EQ(skt_wait(&s[N - 1], SKT_WRITE, 20000, NULL), SKT_WRITE);
  CHECK_EQ(skt_connect_finish(&s[N - 1]), 0);
  for (int i = 0; i < N; ++i) {
    skt_close(&s[i]);
  }
  skt_close(&listener);
  if (!recognised) {
    SKIP("this system does not say that a socket connects; skt was told");
  }
}

/* Where the system does not say it, skt_connect does; a second native connect
 * on a connected socket makes no other. */
TEST(native, connect_that_other_code_began_is_found_by_connecting) {
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), SKT_EINPROGRESS);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  CHECK_EQ(skt_wait(&client, SKT_WRITE, 10000, NULL), SKT_WRITE);
  CHECK_EQ(readopt(&client, SKT_IPV4 | SKT_STREAM | SKT_NONBLOCK), 0);
  int rc = skt_connect(&client, &at);
  CHECK(rc == 0 || rc == SKT_EISCONN); /* Linux, the others */
  CHECK_EQ(skt_write(&client, "x", 1), 1);
  skt_close(&server);
  skt_close(&client);
  skt_close(&listener);
}

/* skt_close never blocks, whatever other code has asked for. */
TEST(native, linger_of_other_code_holds_up_no_close) {
  enum { MUCH = 1 << 20 };
  static char bytes[MUCH];
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(test_set_native(skt_native(&a), TEST_LINGER, 8));
  CHECK_EQ(readopt(&a, SKT_NONBLOCK), 0);
  while (skt_write(&a, bytes, MUCH) > 0) {
  }
  CHECK_EQ(skt_set_blocking(&a, true), 0);
  double start = test_now_ms();
  CHECK_EQ(skt_close(&a), 0);
  CHECK(test_now_ms() - start < 4000);
  skt_close(&b);
}

/* Linux and others have no peer's address for it any more. */
TEST(native, connection_that_was_reset_before_is_still_one) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(reset_by(&b, &a));
  CHECK_EQ(readopt(&a, 0), 0);
  CHECK_EQ(skt_read(&a, &byte, 1), SKT_ECONNRESET);
  CHECK_EQ(skt_write(&a, "x", 1), SKT_ECONNRESET);
  skt_close(&a);
}

TEST(native, connect_that_failed_before_has_failed) {
  skt s = {0};
  skt_addr at;
  CHECK(bind_loopback(SKT_IPV4, &s, &at));
  CHECK_EQ(skt_close(&s), 0);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
  CHECK_EQ(skt_connect(&s, &at), SKT_EINPROGRESS);
  CHECK_EQ(skt_wait(&s, SKT_WRITE, 10000, NULL), SKT_WRITE);
  CHECK_EQ(readopt(&s, SKT_NONBLOCK), 0);
  int rc = skt_connect_finish(&s);
  skt_close(&s);
  if (rc == SKT_EINVAL) {
    SKIP("this system does not say that a connect has failed");
  }
  CHECK_EQ(rc, SKT_ECONNREFUSED);
}

/* No system can be asked; the first write finds out. */
TEST(native, direction_that_other_code_has_ended_is_a_reset) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(test_set_native(skt_native(&a), TEST_SHUT_WRITE, 0));
  CHECK_EQ(readopt(&a, 0), 0);
  CHECK_EQ(skt_write(&a, "x", 1), SKT_ECONNRESET);
  CHECK_EQ(skt_read(&b, &byte, 1), 0);
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_read(&a, &byte, 1), 1);
  skt_close(&a);
  skt_close(&b);
}

/* A process or a library that shares the open socket. */
TEST(native, mode_that_other_code_changes_later_ends_no_call) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(test_set_native(skt_native(&a), TEST_BLOCKING, 0));
  test_thread *writer = test_start(write_later, &b);
  CHECK_EQ(skt_read(&a, &byte, 1), 1);
  test_join(writer);
  skt_close(&a);
  skt_close(&b);
}

TEST(native, handle_closed_by_another_reports_enotsock) {
  skt s = {0}, thief = {0};
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &s, &at));
  CHECK_EQ(skt_adopt(&thief, skt_native(&s), 0), 0);
  CHECK_EQ(skt_close(&thief), 0);
  CHECK_EQ(skt_listen(&s, 0), SKT_ENOTSOCK);
  CHECK_EQ(skt_local(&s, &at), SKT_ENOTSOCK);
  CHECK_EQ(skt_set_blocking(&s, true), SKT_ENOTSOCK);
  CHECK_EQ(skt_wait(&s, SKT_READ, 0, NULL), SKT_ENOTSOCK);
  CHECK_EQ(skt_accept(&s, &thief, NULL, 0), SKT_ENOTSOCK);
  CHECK_EQ(skt_close(&s), SKT_ENOTSOCK);
}

TEST(local, of_a_fresh_socket_is_the_wildcard_and_port_0) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt s = {0};
    skt_addr at;
    char text[SKT_ADDR_TEXT_MAX];
    CHECK_EQ(skt_socket(&s, *domain, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_local(&s, &at), 0);
    CHECK(skt_addr_format(&at, text, sizeof text) > 0);
    CHECK_STR(text, *domain == SKT_IPV4 ? "0.0.0.0:0" : "[::]:0");
    skt_close(&s);
  }
}

TEST(peer, of_an_unconnected_socket_reports_enotconn) {
  skt s = {0};
  skt_addr at, peer;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_peer(&s, &peer), SKT_ENOTCONN);
  skt_close(&s);
  CHECK(listen_loopback(SKT_IPV4, &s, &at));
  CHECK_EQ(skt_peer(&s, &peer), SKT_ENOTCONN);
  CHECK_EQ(skt_addr_domain(&peer), SKT_EINVAL);
  skt_close(&s);
}

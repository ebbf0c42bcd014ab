/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

enum { PATIENCE_MS = 20000 };

/* A port that is bound and does not listen refuses, and nobody else can get
 * it meanwhile. */
TEST(connect, port_without_listener_reports_econnrefused) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt deaf = {0}, s = {0};
    skt_addr at;
    CHECK(bind_loopback(*domain, &deaf, &at));
    CHECK_EQ(skt_socket(&s, *domain, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&s, &at), SKT_ECONNREFUSED);
    skt_close(&s);
    skt_close(&deaf);
  }
}

/* A call on it has the connect's code, as on a connection that broke. */
TEST(connect, socket_that_failed_only_closes) {
  skt deaf = {0}, s = {0};
  skt_addr at;
  char byte;
  CHECK(bind_loopback(SKT_IPV4, &deaf, &at));
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&s, &at), SKT_ECONNREFUSED);
  CHECK_EQ(skt_connect(&s, &at), SKT_EINVAL);
  CHECK_EQ(skt_bind(&s, &at, 0), SKT_EINVAL);
  CHECK_EQ(skt_listen(&s, 0), SKT_EINVAL);
  CHECK_EQ(skt_read(&s, &byte, 1), SKT_ECONNREFUSED);
  CHECK_EQ(skt_write(&s, "x", 1), SKT_ECONNREFUSED);
  CHECK_EQ(skt_shutdown(&s, SKT_BOTH), SKT_ENOTCONN);
  CHECK_EQ(skt_close_graceful(&s, 0, 0), SKT_ENOTCONN);
  CHECK_EQ(skt_peer(&s, &at), SKT_ENOTCONN);
  CHECK_EQ(skt_wait(&s, SKT_BOTH, 10000, NULL), SKT_BOTH);
  CHECK_EQ(skt_close(&s), 0);
  skt_close(&deaf);
}

TEST(connect, odd_destination_reports_einval) {
  static const char *const bad[] = {"0.0.0.0:80", "127.0.0.1:0", "[::]:80",
                                    "[::1]:0", "[::ffff:127.0.0.1]:80"};
  skt_addr none = {0};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    skt s = {0};
    skt_addr to;
    CHECK_EQ(skt_addr_parse(&to, bad[i]), 0);
    int domain = skt_addr_domain(&to);
    int other = domain == SKT_IPV4 ? SKT_IPV6 : SKT_IPV4;
    CHECK_EQ(skt_socket(&s, domain, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&s, &to), SKT_EINVAL);
    CHECK_EQ(skt_connect(&s, &none), SKT_EINVAL);
    skt_close(&s);
    CHECK_EQ(skt_addr_parse(&to, other == SKT_IPV4 ? "127.0.0.1:1" : "[::1]:1"),
             0);
    CHECK_EQ(skt_socket(&s, domain, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&s, &to), SKT_EINVAL);
    skt_close(&s);
  }
}

TEST(connect, wrong_state_tells_which) {
  skt listener = {0}, s = {0};
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_connect(&listener, &at), SKT_EINVAL);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect_finish(&s), SKT_EINVAL);
  CHECK_EQ(skt_connect(&s, &at), 0);
  CHECK_EQ(skt_connect(&s, &at), SKT_EISCONN);
  CHECK_EQ(skt_bind(&s, &at, 0), SKT_EINVAL);
  CHECK_EQ(skt_connect_finish(&s), 0);
  skt_close(&s);
  skt_close(&listener);
}

TEST(connect, finish_without_a_connect_reports_einval) {
  skt s = {0};
  skt_addr at = loopback(SKT_IPV4);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect_finish(&s), SKT_EINVAL);
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  CHECK_EQ(skt_connect_finish(&s), SKT_EINVAL);
  CHECK_EQ(skt_listen(&s, 0), 0);
  CHECK_EQ(skt_connect_finish(&s), SKT_EINVAL);
  skt_close(&s);
}

TEST(connect, bound_socket_keeps_its_address) {
  skt listener = {0}, s = {0};
  skt_addr at, ours, after;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK(bind_loopback(SKT_IPV4, &s, &ours));
  CHECK_EQ(skt_connect(&s, &at), 0);
  CHECK_EQ(skt_local(&s, &after), 0);
  CHECK_EQ(skt_addr_port(&after), skt_addr_port(&ours));
  skt_close(&s);
  skt_close(&listener);
}

/* Linux and Wine would succeed: both ends are the one socket. */
TEST(connect, to_itself_is_refused) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt s = {0};
    skt_addr at;
    CHECK(bind_loopback(*domain, &s, &at));
    CHECK_EQ(skt_connect(&s, &at), SKT_ECONNREFUSED);
    CHECK_EQ(skt_write(&s, "x", 1), SKT_ECONNREFUSED);
    skt_close(&s);
    CHECK(bind_loopback(*domain, &s, &at));
    CHECK_EQ(skt_set_blocking(&s, false), 0);
    int rc = skt_connect(&s, &at);
    if (rc == SKT_EINPROGRESS) {
      CHECK(skt_wait(&s, SKT_WRITE, PATIENCE_MS, NULL) > 0);
      rc = skt_connect_finish(&s);
    }
    CHECK_EQ(rc, SKT_ECONNREFUSED);
    CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
    skt_close(&s);
  }
}

/* Other bytes say the same address: what nobody reads of a sockaddr_in, and the
 * scope of one that has none. */
TEST(connect, to_itself_is_refused_however_the_address_is_written) {
  skt s = {0};
  skt_addr at, same;
  char native[16], text[SKT_ADDR_TEXT_MAX];
  size_t length;
  CHECK(bind_loopback(SKT_IPV4, &s, &at));
  memcpy(native, skt_addr_native(&at, &length), sizeof native);
  CHECK_EQ(length, sizeof native);
  memset(native + 8, 7, 8);
  CHECK_EQ(skt_addr_from_native(&same, native, sizeof native), 0);
  CHECK_EQ(skt_connect(&s, &same), SKT_ECONNREFUSED);
  skt_close(&s);
  if (ipv6_here()) {
    CHECK(bind_loopback(SKT_IPV6, &s, &at));
    snprintf(text, sizeof text, "[::1%%1]:%d", skt_addr_port(&at));
    CHECK_EQ(skt_addr_parse(&same, text), 0);
    CHECK(skt_connect(&s, &same) < 0);
    skt_close(&s);
  }
}

/* The system knows that address as one of IPv6. */
TEST(connect, of_a_dual_stack_socket_to_its_own_ipv4_address_is_refused) {
  skt s = {0};
  skt_addr at;
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound here");
  }
  CHECK_EQ(skt_socket(&s, SKT_IPV6, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_addr_parse(&at, "[::]:0"), 0);
  CHECK_EQ(skt_bind(&s, &at, SKT_DUAL_STACK), 0);
  CHECK_EQ(skt_local(&s, &at), 0);
  CHECK(ipv4_loopback_at(skt_addr_port(&at), &at));
  CHECK_EQ(skt_connect(&s, &at), SKT_ECONNREFUSED);
  skt_close(&s);
}

/* Windows takes 2 s by default (see src/win32/socket.c); compared with what the
 * machine needs for other things, not with a clock. */
TEST(connect, refusal_on_loopback_is_as_quick_as_a_connection) {
  skt deaf = {0}, listener = {0}, s = {0};
  skt_addr nobody, somebody;
  CHECK(bind_loopback(SKT_IPV4, &deaf, &nobody));
  CHECK(listen_loopback(SKT_IPV4, &listener, &somebody));
  double start = test_now_ms();
  for (int i = 0; i < 20; ++i) {
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&s, &somebody), 0);
    skt_close(&s);
  }
  double good = test_now_ms() - start;
  start = test_now_ms();
  for (int i = 0; i < 20; ++i) {
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&s, &nobody), SKT_ECONNREFUSED);
    skt_close(&s);
  }
  CHECK(test_now_ms() - start < 100 * good + 10000);
  skt_close(&listener);
  skt_close(&deaf);
}

static int begin(skt *s, int domain, const skt_addr *at) {
  int rc = skt_socket(s, domain, SKT_STREAM | SKT_NONBLOCK, 0);
  return rc == 0 ? skt_connect(s, at) : rc;
}

TEST(connect, nonblocking_connect_finishes_as_often_as_asked) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt listener = {0}, s = {0}, server = {0};
    skt_addr at;
    CHECK(listen_loopback(*domain, &listener, &at));
    CHECK_EQ(begin(&s, *domain, &at), SKT_EINPROGRESS);
    CHECK_EQ(skt_wait(&s, SKT_WRITE, PATIENCE_MS, NULL), SKT_WRITE);
    for (int i = 0; i < 3; ++i) {
      CHECK_EQ(skt_connect_finish(&s), 0);
    }
    CHECK_EQ(skt_connect(&s, &at), SKT_EISCONN);
    CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
    CHECK_EQ(skt_write(&s, "x", 1), 1);
    skt_close(&server);
    skt_close(&s);
    skt_close(&listener);
  }
}

TEST(connect, nonblocking_refusal_is_announced_and_stays) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    for (int events = SKT_READ; events <= SKT_BOTH; ++events) {
      skt deaf = {0}, s = {0};
      skt_addr at;
      CHECK(bind_loopback(*domain, &deaf, &at));
      CHECK_EQ(begin(&s, *domain, &at), SKT_EINPROGRESS);
      CHECK_EQ(skt_wait(&s, events, PATIENCE_MS, NULL), events);
      for (int i = 0; i < 3; ++i) {
        CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
      }
      CHECK_EQ(skt_connect(&s, &at), SKT_EINVAL);
      skt_close(&s);
      skt_close(&deaf);
    }
  }
}

/* As on POSIX systems: connect, poll, write. Nothing asks for the outcome. */
TEST(connect, verbs_finish_a_nonblocking_connect) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt listener = {0}, s = {0}, server = {0};
    skt_addr at;
    char got[2];
    for (int first = 0; first < 4; ++first) {
      CHECK(listen_loopback(*domain, &listener, &at));
      CHECK_EQ(begin(&s, *domain, &at), SKT_EINPROGRESS);
      CHECK_EQ(skt_wait(&s, SKT_WRITE, PATIENCE_MS, NULL), SKT_WRITE);
      switch (first) {
      case 0:
        CHECK_EQ(skt_write(&s, "x", 1), 1);
        break;
      case 1:
        CHECK_EQ(skt_read(&s, got, 1), SKT_EAGAIN);
        CHECK_EQ(skt_write(&s, "x", 1), 1);
        break;
      case 2:
        CHECK_EQ(skt_set_option(&s, SKT_OPT_NODELAY, 1), 0);
        CHECK_EQ(skt_peer(&s, &at), 0);
        CHECK_EQ(skt_writev(&s, &(skt_buffer){"x", 1}, 1), 1);
        break;
      default:
        CHECK_EQ(skt_set_blocking(&s, true), 0);
        CHECK_EQ(skt_write_all(&s, "x", 1, NULL), 0);
        CHECK_EQ(skt_set_blocking(&s, false), 0);
      }
      CHECK_EQ(skt_shutdown(&s, SKT_WRITE), 0);
      CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
      CHECK_EQ(skt_read_all(&server, got, 2, NULL), SKT_ENODATA);
      CHECK_EQ(got[0], 'x');
      skt_close(&server);
      skt_close(&s);
      skt_close(&listener);
    }
  }
}

TEST(connect, verbs_report_why_a_nonblocking_connect_failed) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    for (int first = 0; first < 4; ++first) {
      skt deaf = {0}, s = {0};
      skt_addr at;
      char byte;
      int value;
      CHECK(bind_loopback(*domain, &deaf, &at));
      CHECK_EQ(begin(&s, *domain, &at), SKT_EINPROGRESS);
      CHECK_EQ(skt_wait(&s, SKT_WRITE, PATIENCE_MS, NULL), SKT_WRITE);
      CHECK(skt_get_option(&s, SKT_OPT_NODELAY, &value) != SKT_EALREADY);
      switch (first) {
      case 0:
        CHECK_EQ(skt_write(&s, "x", 1), SKT_ECONNREFUSED);
        break;
      case 1:
        CHECK_EQ(skt_read(&s, &byte, 1), SKT_ECONNREFUSED);
        break;
      case 2:
        CHECK_EQ(skt_shutdown(&s, SKT_WRITE), SKT_ENOTCONN);
        break;
      default:
        CHECK(skt_set_option(&s, SKT_OPT_NODELAY, 1) != SKT_EALREADY);
      }
      CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
      CHECK_EQ(skt_write_all(&s, "x", 1, NULL), SKT_ECONNREFUSED);
      CHECK_EQ(skt_read(&s, &byte, 1), SKT_ECONNREFUSED);
      CHECK_EQ(skt_wait(&s, SKT_READ, PATIENCE_MS, NULL), SKT_READ);
      CHECK_EQ(skt_wait(&s, SKT_BOTH, PATIENCE_MS, NULL), SKT_BOTH);
      skt_close(&s);
      skt_close(&deaf);
    }
  }
}

/* As POSIX has it: a program may ask by connect alone. */
TEST(connect, second_call_reports_what_became_of_the_first) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt listener = {0}, deaf = {0}, s = {0};
    skt_addr at;
    int rc;
    CHECK(listen_loopback(*domain, &listener, &at));
    CHECK_EQ(begin(&s, *domain, &at), SKT_EINPROGRESS);
    while ((rc = skt_connect(&s, &at)) == SKT_EALREADY) {
      CHECK(skt_wait(&s, SKT_WRITE, PATIENCE_MS, NULL) > 0);
    }
    CHECK_EQ(rc, SKT_EISCONN);
    CHECK_EQ(skt_write(&s, "x", 1), 1);
    skt_close(&s);
    CHECK(bind_loopback(*domain, &deaf, &at));
    CHECK_EQ(begin(&s, *domain, &at), SKT_EINPROGRESS);
    while ((rc = skt_connect(&s, &at)) == SKT_EALREADY) {
      CHECK(skt_wait(&s, SKT_WRITE, PATIENCE_MS, NULL) > 0);
    }
    CHECK_EQ(rc, SKT_ECONNREFUSED);
    CHECK_EQ(skt_connect(&s, &at), SKT_EINVAL);
    skt_close(&s);
    skt_close(&deaf);
    skt_close(&listener);
  }
}

/* A full backlog is the one way to a pending connect on loopback: Linux and
 * Wine drop the request, Windows refuses it after a while. */
TEST(connect, calls_on_a_pending_connect_would_block) {
  skt listener = {0}, waiting[8] = {{0}};
  skt_addr at, none;
  char byte;
  int i = 0, value;
  CHECK(bind_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_listen(&listener, 1), 0);
  for (; i < 8; ++i) {
    CHECK_EQ(begin(&waiting[i], SKT_IPV4, &at), SKT_EINPROGRESS);
    if (skt_wait(&waiting[i], SKT_WRITE, 200, NULL) == 0) {
      break;
    }
  }
  bool refused = i == 8;
  if (!refused) {
    CHECK_EQ(skt_connect_finish(&waiting[i]), SKT_EINPROGRESS);
    CHECK_EQ(skt_connect(&waiting[i], &at), SKT_EALREADY);
    CHECK_EQ(skt_read(&waiting[i], &byte, 1), SKT_EAGAIN);
    CHECK_EQ(skt_write(&waiting[i], "x", 1), SKT_EAGAIN);
    CHECK_EQ(skt_shutdown(&waiting[i], SKT_WRITE), SKT_ENOTCONN);
    CHECK_EQ(skt_peer(&waiting[i], &none), SKT_ENOTCONN);
    CHECK_EQ(skt_set_option(&waiting[i], SKT_OPT_NODELAY, 1), SKT_EALREADY);
    CHECK_EQ(skt_get_option(&waiting[i], SKT_OPT_NODELAY, &value),
             SKT_EALREADY);
    CHECK_EQ(skt_set_limit(&waiting[i], SKT_BOTH, 20), 0);
    CHECK_EQ(skt_set_blocking(&waiting[i], true), 0);
    CHECK_EQ(skt_read(&waiting[i], &byte, 1), SKT_ETIMEDOUT);
    CHECK_EQ(skt_write_all(&waiting[i], "x", 1, NULL), SKT_ETIMEDOUT);
    CHECK_EQ(skt_connect_finish(&waiting[i]), SKT_EINPROGRESS);
    skt_close(&waiting[i]);
    CHECK_EQ(skt_socket(&waiting[i], SKT_IPV4, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect_within(&waiting[i], &at, 20), SKT_ETIMEDOUT);
    CHECK_EQ(skt_write(&waiting[i], "x", 1), SKT_ETIMEDOUT);
  }
  for (i = 0; i < 8; ++i) {
    skt_close(&waiting[i]);
  }
  skt_close(&listener);
  if (refused) {
    SKIP("this system refuses when the backlog is full");
  }
}

TEST(connect, within_a_time_connects_or_fails_and_keeps_the_mode) {
  for (int mode = 0; mode <= SKT_NONBLOCK; mode += SKT_NONBLOCK) {
    skt listener = {0}, deaf = {0}, s = {0};
    skt_addr at, nobody;
    int limit_ms;
    CHECK(listen_loopback(SKT_IPV4, &listener, &at));
    CHECK(bind_loopback(SKT_IPV4, &deaf, &nobody));
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM | mode, 0), 0);
    CHECK_EQ(skt_set_limit(&s, SKT_WRITE, 30000), 0);
    CHECK_EQ(skt_connect_within(&s, &at, -2), SKT_EINVAL);
    CHECK_EQ(skt_connect_within(&s, NULL, 10), SKT_EFAULT);
    CHECK_EQ(skt_connect_within(&s, &at, PATIENCE_MS), 0);
    CHECK_EQ(skt_connect_within(&s, &at, 10), SKT_EISCONN);
    CHECK_EQ(skt_blocking(&s), mode == 0);
    CHECK_EQ(skt_limit(&s, SKT_WRITE, &limit_ms), 0);
    CHECK(limit_ms >= 30000);
    CHECK_EQ(skt_write(&s, "x", 1), 1);
    skt_close(&s);
    CHECK_EQ(skt_connect_within(&s, &at, 10), SKT_EBADF);
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM | mode, 0), 0);
    CHECK_EQ(skt_connect_within(&s, &nobody, PATIENCE_MS), SKT_ECONNREFUSED);
    CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
    skt_close(&s);
    skt_close(&deaf);
    skt_close(&listener);
  }
}

typedef struct attempt {
  skt s;
  skt_addr to;
  int rc;
  double ms;
} attempt;

static void connect_it(void *argument) {
  attempt *a = argument;
  double start = test_now_ms();
  a->rc = skt_connect(&a->s, &a->to);
  a->ms = test_now_ms() - start;
}

/* The backlog is full, so that the connect waits for all of its limit; a
 * signal comes, and neither ends it nor makes it begin again. */
TEST(connect, signal_does_not_end_a_blocking_connect) {
  enum { LIMIT_MS = 200 };
  skt listener = {0}, waiting[8] = {{0}};
  attempt last = {.rc = 1};
  int i = 0;
  CHECK(bind_loopback(SKT_IPV4, &listener, &last.to));
  CHECK_EQ(skt_listen(&listener, 1), 0);
  do {
    CHECK_EQ(begin(&waiting[i], SKT_IPV4, &last.to), SKT_EINPROGRESS);
  } while (skt_wait(&waiting[i], SKT_WRITE, 100, NULL) > 0 && ++i < 8);
  CHECK_EQ(skt_socket(&last.s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_set_limit(&last.s, SKT_WRITE, LIMIT_MS), 0);
  test_thread *thread = test_start(connect_it, &last);
  skt_wait(&waiting[0], SKT_READ, LIMIT_MS / 4, NULL); /* let it begin */
  bool interrupted = test_interrupt(thread);
  test_join(thread);
  for (int n = 0; n < 8; ++n) {
    skt_close(&waiting[n]);
  }
  skt_close(&last.s);
  skt_close(&listener);
  if (i == 8) {
    SKIP("this system refuses when the backlog is full");
  }
  CHECK_EQ(last.rc, SKT_ETIMEDOUT);
  CHECK(last.ms >= LIMIT_MS);
  if (!interrupted) {
    SKIP("this system has no signals that interrupt a call");
  }
}

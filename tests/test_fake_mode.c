/* SPDX-License-Identifier: MIT */
/* Limits and modes without timing: one deadline for a call, though signals
 * come; and a would-block of a socket that skt knows as blocking. */
#include "fake_sys.h"
#include "skt_test.h"

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static char bytes[64];
static skt out;

static skt socket_of(int kind) {
  skt s;
  skt__fill(&s, (skt__os_handle)42, kind);
  return s;
}

/* 50 ms, set by hand, so that no call is scripted for it. */
static skt limited(int kind) {
  skt s = socket_of(kind);
  s.kind |= SKT__LIMITED | SKT__WAS_LIMITED;
  fake_limit_ms = 50;
  return s;
}

enum { TCP = SKT_IPV4 | SKT_STREAM, UDP = SKT_IPV4 | SKT_DATAGRAM };

static skt_addr address(const char *text) {
  skt_addr a;
  skt_addr_parse(&a, text);
  return a;
}

static long long call_accept(skt *s) { return skt_accept(s, &out, NULL, 0); }
static long long call_peek(skt *s) { return skt_peek(s, bytes, 1); }
static long long call_readv(skt *s) {
  return skt_readv(s, &(skt_buffer){bytes, 1}, 1);
}
static long long call_writev(skt *s) {
  return skt_writev(s, &(skt_buffer){bytes, 1}, 1);
}
static long long call_read_all(skt *s) {
  return skt_read_all(s, bytes, 1, NULL);
}
static long long call_write_all(skt *s) {
  return skt_write_all(s, bytes, 1, NULL);
}
static long long call_receive(skt *s) {
  return skt_receive_from(s, bytes, 1, NULL, NULL);
}
static long long call_send(skt *s) {
  skt_addr to = address("192.0.2.1:7");
  return skt_send_to(s, bytes, 1, &to);
}
static long long call_connect(skt *s) {
  skt_addr to = address("192.0.2.1:7");
  return skt_connect(s, &to);
}

static const struct verb {
  const char *name;
  int kind;
  long long (*call)(skt *s);
} verbs[] = {
    {"accept", TCP | SKT_LISTENING, call_accept},
    {"peek", TCP | SKT_CONNECTED, call_peek},
    {"readv", TCP | SKT_CONNECTED, call_readv},
    {"writev", TCP | SKT_CONNECTED, call_writev},
    {"read", TCP | SKT_CONNECTED, call_read_all},
    {"write", TCP | SKT_CONNECTED, call_write_all},
    {"receive", UDP | SKT_BOUND, call_receive},
    {"send_to", UDP | SKT_BOUND, call_send},
    {"connect", TCP, call_connect},
};

TEST(limit, deadline_is_fixed_when_the_call_begins) {
  if (!skt__system.keeps_limits) {
    SKIP("no signals come here");
  }
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; ++i) {
    skt s = limited(verbs[i].kind);
    if (verbs[i].call == call_connect && !skt__system.limits_connect) {
      continue;
    }
    PLAY({verbs[i].name, SKT__EINTR}, {"pass_us", 30000}, {"limit", 0},
         {"wait", SKT__EINTR}, {"pass_us", 15000}, {"wait", 0},
         {"pass_us", 5000});
    CHECK_EQ(verbs[i].call(&s), SKT_ETIMEDOUT);
    CHECK_EQ(fake_timeout_ms, 5);
    CHECK_PLAYED();
  }
}

/* They ask no clock when they begin. */
TEST(limit, of_plain_reads_and_writes_starts_again_once) {
  for (int i = 0; i < 2; ++i) {
    skt s = limited(TCP | SKT_CONNECTED);
    PLAY({i == 0 ? "read" : "write", SKT__EINTR}, {"pass_us", 30000},
         {"limit", 0}, {"wait", SKT__EINTR}, {"pass_us", 45000}, {"wait", 0},
         {"pass_us", 5000});
    CHECK_EQ(i == 0 ? skt_read(&s, bytes, 1) : skt_write(&s, bytes, 1),
             SKT_ETIMEDOUT);
    CHECK_EQ(fake_timeout_ms, 5);
    CHECK_PLAYED();
  }
}

/* The kernel would start the limit anew. */
TEST(limit, write_after_a_signal_does_not_wait_in_the_kernel) {
  skt s = limited(TCP | SKT_CONNECTED);
  size_t done = 0;
  skt_buffer parts[] = {{bytes, 4}, {bytes, 6}};
  if (!skt__system.keeps_limits) {
    SKIP("no signals come here");
  }
  PLAY({"writev", SKT__EINTR}, {"limit", 0}, {"wait", SKT_WRITE},
       {"write_now", 4}, {"limit", 0}, {"is_blocking", 1});
  CHECK_EQ(skt_writev(&s, parts, 2), 4);
  CHECK_PLAYED();
  PLAY({"write", SKT__EINTR}, {"pass_us", 20000}, {"limit", 0},
       {"wait", SKT_WRITE}, {"write_now", 3}, {"pass_us", 29000},
       {"wait", SKT_WRITE}, {"write_now", 2}, {"pass_us", 1000});
  CHECK_EQ(skt_write_all(&s, bytes, 10, &done), SKT_ETIMEDOUT);
  CHECK_EQ(done, 5);
  CHECK_PLAYED();
}

/* Each part is there in time, and the next is ready too. */
TEST(limit, trickle_prolongs_no_call) {
  skt s = limited(TCP | SKT_CONNECTED);
  size_t done = 0;
  PLAY({"read", 1}, {"pass_us", 25000}, {"limit", 0}, {"wait", SKT_READ},
       {"read", 1}, {"pass_us", 25000});
  CHECK_EQ(skt_read_all(&s, bytes, 10, &done), SKT_ETIMEDOUT);
  CHECK_EQ(done, 2);
  CHECK_PLAYED();
  if (skt__system.keeps_limits) {
    return;
  }
  PLAY({"write", 3}, {"write", SKT_EAGAIN}, {"limit", 0}, {"wait", SKT_WRITE},
       {"pass_us", 50000}, {"write", 3}, {"write", SKT_EAGAIN});
  CHECK_EQ(skt_write(&s, bytes, 10), 6);
  CHECK_PLAYED();
}

/* macOS: EINVAL for a connection that is gone. */
TEST(limit, of_a_connection_that_is_gone_does_no_harm) {
  skt s = limited(TCP | SKT_CONNECTED);
  int limit_ms = 0;
  PLAY({"set_limit", SKT_EINVAL}, {"peer", SKT_ENOTCONN},
       {"set_limit", SKT_EINVAL}, {"peer", 0}, {"limit", SKT_EINVAL},
       {"peer", SKT_ENOTCONN}, {"limit", SKT_ECONNRESET});
  CHECK_EQ(skt_set_limit(&s, SKT_BOTH, 70), 0);
  CHECK_EQ(skt_set_limit(&s, SKT_BOTH, 70), SKT_EINVAL);
  CHECK_EQ(skt_limit(&s, SKT_READ, &limit_ms), 0);
  CHECK_EQ(limit_ms, -1);
  CHECK_EQ(skt_limit(&s, SKT_READ, &limit_ms), 0);
  CHECK_PLAYED();
  PLAY({"read", SKT__EINTR}, {"limit", SKT_EINVAL}, {"wait", SKT_READ},
       {"read", SKT_ECONNRESET});
  CHECK_EQ(skt_read(&s, bytes, 1), SKT_ECONNRESET);
  CHECK_PLAYED();
}

/* Other code has made the open socket non-blocking. */
TEST(mode, connect_of_a_blocking_socket_is_waited_for) {
  skt_addr ip = address("192.0.2.1:7");
  for (int i = 0; i < 2; ++i) {
    skt s = i == 0 ? socket_of(TCP) : limited(TCP);
    bool apart =
        i == 1 && skt__system.keeps_limits && !skt__system.limits_connect;
    if (apart) {
      continue; /* such a socket is non-blocking in any case */
    }
    static const fake_step asks[] = {{"connect", SKT_EINPROGRESS},
                                     {"limit", 0},
                                     {"wait", SKT_WRITE},
                                     {"pending_error", 0},
                                     {NULL, 0}};
    static const fake_step waits[] = {{"connect", SKT_EINPROGRESS},
                                      {"wait", SKT_WRITE},
                                      {"pending_error", 0},
                                      {NULL, 0}};
    fake_script(i == 0 ? waits : asks);
    CHECK_EQ(skt_connect(&s, &ip), 0);
    CHECK_PLAYED();
  }
}

/* The queue of the listener is full, and no event says when it is not. */
TEST(mode, unix_connect_of_a_blocking_socket_is_tried_again) {
  skt_addr path = address("unix:/x");
  skt s = socket_of(SKT_UNIX | SKT_STREAM);
  PLAY({"connect", SKT_EAGAIN}, {"set_blocking", 0}, {"wait", 0},
       {"connect", SKT_EAGAIN}, {"wait", 0}, {"connect", 0},
       {"set_blocking", 0});
  CHECK_EQ(skt_connect(&s, &path), 0);
  CHECK_PLAYED();
  s = limited(SKT_UNIX | SKT_STREAM);
  PLAY({"connect", SKT__EINTR}, {"pass_us", 30000}, {"set_blocking", 0},
       {"limit", 0}, {"wait", 0}, {"connect", SKT__EINTR}, {"pass_us", 19000},
       {"wait", 0}, {"connect", SKT_EAGAIN}, {"pass_us", 1000},
       {"set_blocking", 0});
  CHECK_EQ(skt_connect(&s, &path), SKT_ETIMEDOUT);
  CHECK_EQ(fake_blocking, !skt__enforces_limits(&s));
  CHECK_PLAYED();
  s = socket_of(SKT_UNIX | SKT_STREAM);
  fake_cancelled = &s;
  PLAY({"connect", SKT_EAGAIN}, {"set_blocking", 0}, {"wait", 0},
       {"connect", SKT_EAGAIN}, {"is_cancelled", 0}, {"set_blocking", 0});
  CHECK_EQ(skt_connect(&s, &path), SKT_ECANCELED);
  CHECK_PLAYED();
}

/* The socket is non-blocking for the time of the call, whatever comes of it. */
TEST(mode, connect_within_a_time_waits_as_long) {
  skt_addr ip = address("192.0.2.1:7"), path = address("unix:/x");
  skt s = socket_of(TCP);
  PLAY({"set_blocking", 0}, {"connect", SKT_EINPROGRESS}, {"wait", 0},
       {"pass_us", 20000}, {"set_blocking", 0});
  CHECK_EQ(skt_connect_within(&s, &ip, 20), SKT_ETIMEDOUT);
  CHECK(fake_blocking);
  CHECK_PLAYED();
  s = socket_of(TCP | SKT_NONBLOCK);
  PLAY({"connect", SKT_EINPROGRESS}, {"wait", SKT_WRITE}, {"pending_error", 0});
  CHECK_EQ(skt_connect_within(&s, &ip, -1), 0);
  CHECK_PLAYED();
  s = socket_of(TCP | SKT_NONBLOCK);
  PLAY({"connect", SKT_EINPROGRESS}, {"wait", 0});
  CHECK_EQ(skt_connect_within(&s, &ip, 0), SKT_ETIMEDOUT);
  CHECK_PLAYED();
  s = socket_of(SKT_UNIX | SKT_STREAM);
  PLAY({"set_blocking", 0}, {"connect", SKT_EAGAIN}, {"wait", 0},
       {"connect", SKT_EAGAIN}, {"pass_us", 20000}, {"set_blocking", 0});
  CHECK_EQ(skt_connect_within(&s, &path, 20), SKT_ETIMEDOUT);
  CHECK_PLAYED();
}

/* A partial write, too, is no expired limit then. */
TEST(mode, partial_write_of_a_blocking_socket_goes_on) {
  skt s = limited(TCP | SKT_CONNECTED);
  if (!skt__system.keeps_limits) {
    SKIP("a socket with a limit is non-blocking here");
  }
  PLAY({"write", 3}, {"limit", 0}, {"is_blocking", 0}, {"write", SKT_EAGAIN},
       {"is_blocking", 0}, {"limit", 0}, {"wait", SKT_WRITE}, {"write", 7});
  CHECK_EQ(skt_write(&s, bytes, 10), 10);
  CHECK_PLAYED();
}

/* Calls that take buffers and addresses. */
TEST(mode, would_block_of_a_blocking_socket_leaves_no_call) {
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; ++i) {
    const char *name = verbs[i].name;
    skt s = socket_of(verbs[i].kind);
    if (verbs[i].call == call_connect) {
      continue; /* see above */
    }
    bool now = verbs[i].call == call_writev;
    int done = verbs[i].call == call_accept ? 0 : 1;
    const char *again = now ? "write_now" : name;
    PLAY({name, SKT_EAGAIN}, {"wait", SKT_BOTH}, {again, SKT_EAGAIN},
         {"wait", SKT_BOTH}, {again, done});
    CHECK(verbs[i].call(&s) >= 0);
    CHECK_PLAYED();
  }
}

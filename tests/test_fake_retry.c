/* SPDX-License-Identifier: MIT */
/* Interrupts, short counts and failures of every call, without timing; and how
 * many calls each function makes. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "fake_sys.h"
#include "skt_test.h"

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static char bytes[64];

static skt socket_in(int state) {
  skt s = fake_connected();
  skt__set_state(&s, state);
  return s;
}

static skt_addr somewhere(void) {
  skt_addr a;
  skt_addr_parse(&a, "192.0.2.1:7");
  return a;
}

TEST(retry, interrupted_read_is_repeated) {
  skt s = fake_connected();
  PLAY({"read", SKT__EINTR}, {"read", SKT__EINTR}, {"read", 3});
  CHECK_EQ(skt_read(&s, bytes, sizeof bytes), 3);
  CHECK_PLAYED();
}

TEST(retry, interrupted_and_short_writes_are_completed) {
  skt s = fake_connected();
  PLAY({"write", SKT__EINTR}, {"write", 3}, {"write", SKT__EINTR},
       {"write", 7});
  CHECK_EQ(skt_write(&s, bytes, 10), 10);
  CHECK_EQ(fake_n, 7);
  CHECK_PLAYED();
}

TEST(retry, short_write_goes_on_where_it_ended) {
  skt s = fake_connected();
  PLAY({"write", 3}, {"write", 5}, {"write", SKT__EINTR}, {"write", 2});
  CHECK_EQ(skt_write(&s, bytes, 10), 10);
  CHECK(fake_buffer == bytes + 8);
  CHECK_PLAYED();
}

TEST(retry, write_that_breaks_half_way_returns_the_count_then_the_error) {
  skt s = fake_connected();
  PLAY({"write", 3}, {"write", SKT_EPIPE});
  CHECK_EQ(skt_write(&s, bytes, 10), 3);
  CHECK_EQ(skt_write(&s, bytes, 10), SKT_ECONNRESET);
  CHECK_EQ(skt_write(&s, bytes, 10), SKT_ECONNRESET);
  CHECK_PLAYED();
}

TEST(retry, nonblocking_write_is_one_call_and_may_be_short) {
  skt s = socket_in(SKT_CONNECTED);
  s.kind |= SKT_NONBLOCK;
  PLAY({"write", 3}, {"write", SKT__EINTR}, {"write", SKT_EAGAIN});
  CHECK_EQ(skt_write(&s, bytes, 10), 3);
  CHECK_EQ(skt_write(&s, bytes, 10), SKT_EAGAIN);
  CHECK_PLAYED();
}

TEST(retry, length_given_to_the_system_is_bounded) {
  skt s = fake_connected();
  PLAY({"read", 1});
  CHECK_EQ(skt_read(&s, bytes, PTRDIFF_MAX), 1);
  CHECK_EQ(fake_n, SKT__IO_MAX);
  s.kind |= SKT_NONBLOCK;
  PLAY({"write", 1});
  CHECK_EQ(skt_write(&s, bytes, PTRDIFF_MAX), 1);
  CHECK_EQ(fake_n, skt__system.write_max);
  CHECK_PLAYED();
}

TEST(retry, length_of_the_bound_is_one_call_and_one_more_is_two) {
  skt s = fake_connected();
  const size_t max = skt__system.write_max;
  PLAY({"read", 1}, {"read", 1}, {"write", (long long)max},
       {"write", (long long)max}, {"write", 1});
  CHECK_EQ(skt_read(&s, bytes, SKT__IO_MAX), 1);
  CHECK_EQ(fake_n, SKT__IO_MAX);
  CHECK_EQ(skt_read(&s, bytes, SKT__IO_MAX + 1), 1);
  CHECK_EQ(fake_n, SKT__IO_MAX);
  CHECK_EQ(skt_write(&s, bytes, max), max);
  CHECK_EQ(fake_n, max);
  CHECK_EQ(skt_write(&s, bytes, max + 1), max + 1);
  CHECK_EQ(fake_n, 1);
  CHECK_PLAYED();
}

/* Winsock counts in an int, and macOS refuses more than one holds. */
TEST(retry, bounds_are_what_every_system_takes) {
  CHECK(SKT__IO_MAX <= INT_MAX && SKT__IO_MAX >= 1 << 20);
  CHECK(skt__system.write_max <= SKT__IO_MAX &&
        skt__system.write_max >= 1 << 16);
}

TEST(retry, write_of_5_gib_is_one_call_of_skt) {
  enum { GIB = 1 << 30 };
  const uint64_t n = (uint64_t)5 * GIB;
  skt s = fake_connected();
  if (PTRDIFF_MAX / 5 < GIB) {
    SKIP("this system's memory ends below 5 GiB");
  }
  if (skt__system.write_max < GIB) {
    SKIP("it takes more parts than a script has steps");
  }
  PLAY({"write", GIB}, {"write", GIB}, {"write", GIB}, {"write", GIB},
       {"write", GIB});
  CHECK_EQ(skt_write(&s, bytes, (size_t)n), (ptrdiff_t)n);
  CHECK_PLAYED();
}

TEST(retry, fatal_errors_are_kept_and_others_are_not) {
  static const int fatal[] = {SKT_EIO,        SKT_ENETDOWN,  SKT_ENETUNREACH,
                              SKT_ECONNRESET, SKT_EHOSTDOWN, SKT_EHOSTUNREACH};
  static const int passing[] = {SKT_ENOTCONN, SKT_ENOMEM, SKT_ENOBUFS,
                                SKT_EACCES};
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; ++i) {
    skt s = fake_connected();
    PLAY({"read", fatal[i]}, {"write", fatal[i]});
    CHECK_EQ(skt_read(&s, bytes, 1), fatal[i]);
    CHECK_EQ(skt_read(&s, bytes, 1), fatal[i]);
    CHECK_EQ(skt_write(&s, bytes, 1), fatal[i]);
    CHECK_EQ(skt_write(&s, bytes, 1), fatal[i]);
    CHECK_PLAYED();
  }
  for (size_t i = 0; i < sizeof passing / sizeof *passing; ++i) {
    skt s = fake_connected();
    PLAY({"read", passing[i]}, {"read", 1}, {"write", passing[i]},
         {"write", 1});
    CHECK_EQ(skt_read(&s, bytes, 1), passing[i]);
    CHECK_EQ(skt_read(&s, bytes, 1), 1);
    CHECK_EQ(skt_write(&s, bytes, 1), passing[i]);
    CHECK_EQ(skt_write(&s, bytes, 1), 1);
    CHECK_PLAYED();
  }
}

#define ENTRY(name, value, text) name,
static const int every_code[] = {SKT_ERRORS(ENTRY)};
#undef ENTRY
enum { CODES = sizeof every_code / sizeof *every_code };

static bool is_one_of(int code, const int *codes, size_t n) {
  size_t i = 0;
  while (i < n && codes[i] != code) {
    ++i;
  }
  return i < n;
}

TEST(retry, no_code_but_those_of_a_broken_connection_is_kept) {
  static const int kept[] = {
      SKT_EIO,        SKT_ENETDOWN,     SKT_ENETUNREACH,
      SKT_ECONNRESET, SKT_EHOSTDOWN,    SKT_EHOSTUNREACH,
      SKT_EPIPE,      SKT_ECONNABORTED, SKT_EPROTONOSUPPORT};
  for (int i = 0; i < CODES; ++i) {
    skt s = fake_connected();
    s.kind |= SKT_NONBLOCK;
    PLAY({"read", every_code[i]}, {"read", 1});
    CHECK(skt_read(&s, bytes, 1) < 0);
    bool ended = is_one_of(every_code[i], kept, sizeof kept / sizeof *kept);
    CHECK_EQ(skt_read(&s, bytes, 1) < 0, ended);
    CHECK_EQ(fake_trouble() == NULL, !ended);
  }
}

TEST(retry, lost_connection_has_one_name) {
  static const int names[] = {SKT_ECONNRESET, SKT_ECONNABORTED, SKT_EPIPE};
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    skt s = fake_connected();
    PLAY({"read", names[i]}, {"write", names[i]});
    CHECK_EQ(skt_read(&s, bytes, 1), SKT_ECONNRESET);
    CHECK_EQ(skt_write(&s, bytes, 1), SKT_ECONNRESET);
    CHECK_PLAYED();
  }
}

TEST(retry, end_of_stream_after_a_write_was_told_of_a_reset_is_a_reset) {
  skt s = fake_connected();
  PLAY({"write", SKT_ECONNRESET}, {"read", 2}, {"read", 0});
  CHECK_EQ(skt_write(&s, bytes, 1), SKT_ECONNRESET);
  CHECK_EQ(skt_read(&s, bytes, 4), 2); /* what had arrived is not lost */
  CHECK_EQ(skt_read(&s, bytes, 4), SKT_ECONNRESET);
  CHECK_EQ(skt_read(&s, bytes, 4), SKT_ECONNRESET);
  CHECK_PLAYED();
}

TEST(retry, interrupted_connect_is_waited_for_and_not_repeated) {
  skt s = socket_in(SKT__FRESH);
  skt_addr to = somewhere();
  PLAY({"connect", SKT__EINTR}, {"wait", SKT__EINTR}, {"wait", SKT_WRITE},
       {"pending_error", 0});
  CHECK_EQ(skt_connect(&s, &to), 0);
  CHECK_EQ(fake_timeout_ms, skt__system.cancel_poll_ms);
  CHECK_EQ(skt_connect_finish(&s), 0);
  CHECK_PLAYED();
}

TEST(retry, interrupted_connect_tells_how_it_ended) {
  skt s = socket_in(SKT__FRESH);
  skt_addr to = somewhere();
  PLAY({"connect", SKT__EINTR}, {"wait", SKT_WRITE | SKT__FAILED},
       {"pending_error", SKT_EHOSTDOWN});
  CHECK_EQ(skt_connect(&s, &to), SKT_EHOSTDOWN);
  CHECK_EQ(skt_connect_finish(&s), SKT_EHOSTDOWN);
  CHECK_EQ(skt_connect_finish(&s), SKT_EHOSTDOWN);
  CHECK_PLAYED();
}

/* The first call after it asks, and no other call of the system is made. */
TEST(retry, verb_finishes_a_connect) {
  skt s = socket_in(SKT_CONNECTING | SKT_NONBLOCK);
  PLAY({"wait", 0}, {"wait", 0}, {"wait", SKT_WRITE}, {"pending_error", 0},
       {"write", 4}, {"read", SKT_EAGAIN});
  CHECK_EQ(skt_write(&s, "abcd", 4), SKT_EAGAIN);
  CHECK_EQ(skt_read(&s, bytes, 4), SKT_EAGAIN);
  CHECK_EQ(skt_write(&s, "abcd", 4), 4);
  CHECK_EQ(skt_read(&s, bytes, 4), SKT_EAGAIN);
  CHECK_PLAYED();
}

TEST(retry, verb_reports_the_code_of_a_connect_that_failed) {
  skt s = socket_in(SKT_CONNECTING | SKT_NONBLOCK);
  PLAY({"wait", SKT_WRITE | SKT__FAILED}, {"pending_error", SKT_EHOSTDOWN});
  CHECK_EQ(skt_read(&s, bytes, 4), SKT_EHOSTDOWN);
  CHECK_EQ(skt_write(&s, "abcd", 4), SKT_EHOSTDOWN);
  CHECK_EQ(skt_read_all(&s, bytes, 4, NULL), SKT_EHOSTDOWN);
  CHECK_EQ(skt_connect_finish(&s), SKT_EHOSTDOWN);
  CHECK_PLAYED();
}

/* Other code has begun to connect, and the socket blocks. */
TEST(retry, verb_waits_for_a_connect_within_its_limit) {
  skt s = socket_in(SKT_CONNECTING);
  s.kind |= SKT__LIMITED;
  fake_limit_ms = 50;
  PLAY({"limit", 0}, {"wait", 0}, {"pass_us", 50000}, {"limit", 0},
       {"wait", SKT_WRITE}, {"pending_error", 0}, {"write", 4});
  CHECK_EQ(skt_write(&s, "abcd", 4), SKT_ETIMEDOUT);
  CHECK_EQ(skt_write(&s, "abcd", 4), 4);
  CHECK_PLAYED();
}

/* skt_cancel makes the socket non-blocking, and so the call that was about to
 * wait tells that it goes on. */
TEST(retry, connect_that_is_cancelled_as_it_begins_says_so) {
  skt s = socket_in(SKT__FRESH);
  skt_addr to = somewhere();
  fake_cancelled = &s;
  PLAY({"connect", SKT_EINPROGRESS}, {"is_cancelled", 0});
  CHECK_EQ(skt_connect(&s, &to), SKT_ECANCELED);
  CHECK_EQ(skt_connect_finish(&s), SKT_ECANCELED);
  CHECK_PLAYED();
}

TEST(retry, connect_that_failed_without_a_reason_was_refused) {
  skt s = socket_in(SKT_CONNECTING);
  PLAY({"wait", SKT__FAILED}, {"pending_error", 0});
  CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
  CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
  CHECK_PLAYED();
}

TEST(retry, unfinished_connect_is_asked_again) {
  skt s = socket_in(SKT_CONNECTING);
  PLAY({"wait", 0}, {"wait", 0}, {"wait", SKT_WRITE}, {"pending_error", 0});
  CHECK_EQ(skt_connect_finish(&s), SKT_EINPROGRESS);
  CHECK_EQ(skt_connect_finish(&s), SKT_EINPROGRESS);
  CHECK_EQ(skt_connect_finish(&s), 0);
  CHECK_PLAYED();
}

TEST(retry, interrupted_close_is_done_and_not_repeated) {
  skt s = fake_connected();
  PLAY({"close", SKT__EINTR});
  CHECK_EQ(skt_close(&s), 0);
  CHECK_EQ(skt_close(&s), SKT_EBADF);
  CHECK_PLAYED();
}

TEST(retry, failing_close_has_closed) {
  skt s = fake_connected();
  PLAY({"close", SKT_EIO});
  CHECK_EQ(skt_close(&s), SKT_EIO);
  CHECK_EQ(skt_close(&s), SKT_EBADF);
  CHECK_PLAYED();
}

TEST(retry, accept_passes_over_one_clients_misfortune) {
  skt s = socket_in(SKT_LISTENING), out;
  PLAY({"accept", SKT__EINTR}, {"accept", SKT_ECONNABORTED},
       {"accept", SKT_ECONNRESET}, {"accept", SKT_EPROTO},
       {"accept", SKT_ENOPROTOOPT}, {"accept", SKT_EHOSTDOWN},
       {"accept", SKT_ENOTCONN}, {"accept", SKT_ENETUNREACH},
       {"accept", SKT_EHOSTUNREACH}, {"accept", 0});
  CHECK_EQ(skt_accept(&s, &out, NULL, 0), 0);
  CHECK_EQ(skt_native(&out), 43);
  CHECK_PLAYED();
}

TEST(retry, cancelled_listener_that_listens_again_asks_for_nobody) {
  skt s = socket_in(SKT_LISTENING), out;
  PLAY({"cancel", 0}, {"listen", 0});
  CHECK_EQ(skt_cancel(&s), 0);
  CHECK_EQ(skt_listen(&s, 0), 0);
  CHECK_EQ(skt_accept(&s, &out, NULL, 0), SKT_ECANCELED);
  CHECK_PLAYED();
}

TEST(retry, accept_reports_what_is_ours) {
  static const int ours[] = {SKT_EAGAIN,   SKT_EACCES,  SKT_EMFILE,
                             SKT_ENFILE,   SKT_ENOBUFS, SKT_ENOMEM,
                             SKT_ENETDOWN, SKT_EUNKNOWN};
  for (size_t i = 0; i < sizeof ours / sizeof *ours; ++i) {
    skt s = socket_in(SKT_LISTENING), out;
    s.kind |= SKT_NONBLOCK;
    PLAY({"accept", ours[i]});
    CHECK_EQ(skt_accept(&s, &out, NULL, 0), ours[i]);
    CHECK_EQ(skt_close(&out), SKT_EBADF);
    CHECK_PLAYED();
  }
}

TEST(retry, accept_passes_over_no_other_code) {
  static const int passed_over[] = {
      SKT_ECONNABORTED, SKT_ECONNRESET, SKT_EPROTO,      SKT_ENOPROTOOPT,
      SKT_EHOSTDOWN,    SKT_ENOTCONN,   SKT_ENETUNREACH, SKT_EHOSTUNREACH};
  for (int i = 0; i < CODES; ++i) {
    skt s = socket_in(SKT_LISTENING), out;
    s.kind |= SKT_NONBLOCK;
    bool passed = is_one_of(every_code[i], passed_over,
                            sizeof passed_over / sizeof *passed_over);
    PLAY({"accept", every_code[i]}, {"accept", 0});
    CHECK_EQ(skt_accept(&s, &out, NULL, 0), passed ? 0 : every_code[i]);
    CHECK_EQ(fake_trouble() == NULL, passed);
  }
}

TEST(retry, interrupted_wait_goes_on_with_the_time_that_is_left) {
  skt s = fake_connected();
  /* The second step ends a tick too early, as Windows' may. */
  PLAY({"wait", SKT__EINTR}, {"pass_us", 30400}, {"wait", 0},
       {"pass_us", 20000}, {"wait", SKT_READ});
  CHECK_EQ(skt_wait(&s, SKT_READ, 100, NULL), SKT_READ);
  CHECK_EQ(fake_timeout_ms, 50); /* 49.6, rounded up */
  CHECK_PLAYED();
}

TEST(retry, longest_timeout_is_no_shorter) {
  skt s = fake_connected();
  PLAY({"wait", SKT__EINTR}, {"pass_us", 1000}, {"wait", SKT_READ});
  CHECK_EQ(skt_wait(&s, SKT_READ, INT_MAX, NULL), SKT_READ);
  CHECK_EQ(fake_timeout_ms, skt__system.cancel_poll_ms < 0
                                ? INT_MAX - 1
                                : skt__system.cancel_poll_ms);
  CHECK_PLAYED();
}

/* The system forgets how long it had waited when a signal comes. */
TEST(retry, limit_holds_though_signals_keep_coming) {
  skt s = fake_connected();
  if (!skt__system.keeps_limits) {
    SKIP("limits are kept by skt here, and no signals come");
  }
  PLAY({"set_limit", 0});
  CHECK_EQ(skt_set_limit(&s, SKT_READ, 50), 0);
  PLAY({"read", SKT__EINTR}, {"limit", 0}, {"wait", SKT__EINTR},
       {"pass_us", 30000}, {"wait", 0}, {"pass_us", 20000});
  CHECK_EQ(skt_read(&s, bytes, 1), SKT_ETIMEDOUT);
  CHECK_EQ(fake_timeout_ms, 20);
  CHECK_PLAYED();
  PLAY({"read", SKT_EAGAIN}, {"is_blocking", 1}, {"read", 1});
  CHECK_EQ(skt_read(&s, bytes, 1), SKT_ETIMEDOUT);
  CHECK_EQ(skt_read(&s, bytes, 1), 1); /* and is not kept */
  CHECK_PLAYED();
}

/* Another process that shares the open socket can make it non-blocking. */
TEST(retry, would_block_of_a_blocking_socket_is_waited_for) {
  skt s = fake_connected(), listener = socket_in(SKT_LISTENING), out;
  PLAY({"read", SKT_EAGAIN}, {"wait", SKT_READ}, {"read", SKT_EAGAIN},
       {"wait", SKT_READ}, {"read", 1}, {"write", SKT_EAGAIN},
       {"wait", SKT_WRITE}, {"write", 1}, {"accept", SKT_EAGAIN},
       {"wait", SKT_READ}, {"accept", 0});
  CHECK_EQ(skt_read(&s, bytes, 1), 1);
  CHECK_EQ(skt_write(&s, bytes, 1), 1);
  CHECK_EQ(skt_accept(&listener, &out, NULL, 0), 0);
  CHECK_PLAYED();
  if (!skt__system.keeps_limits) {
    return; /* a socket with a limit is non-blocking here */
  }
  PLAY({"set_limit", 0}, {"read", SKT_EAGAIN}, {"is_blocking", 0}, {"limit", 0},
       {"wait", 0}, {"pass_us", 50000});
  CHECK_EQ(skt_set_limit(&s, SKT_READ, 50), 0);
  CHECK_EQ(skt_read(&s, bytes, 1), SKT_ETIMEDOUT);
  CHECK_PLAYED();
}

/* bind of a unix path can be interrupted; whatever else can, is. */
TEST(retry, signal_interrupts_nothing_else_either) {
  skt s = {0};
  skt_addr at = somewhere();
  PLAY({"start", 0}, {"socket", SKT__EINTR}, {"socket", 0},
       {"bind", SKT__EINTR}, {"bind", 0}, {"listen", SKT__EINTR},
       {"listen", 0});
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  CHECK_EQ(skt_listen(&s, 0), 0);
  CHECK_PLAYED();
  s = fake_connected();
  skt_poller p = {.open = 1};
  PLAY({"shutdown_write", SKT__EINTR}, {"shutdown_write", 0},
       {"poller_add", SKT__EINTR}, {"poller_add", 0},
       {"poller_modify", SKT__EINTR}, {"poller_modify", 0},
       {"poller_remove", SKT__EINTR}, {"poller_remove", 0});
  CHECK_EQ(skt_shutdown(&s, SKT_WRITE), 0);
  CHECK_EQ(skt_poller_add(&p, &s, SKT_READ, &s), 0);
  CHECK_EQ(skt_poller_modify(&p, &s, SKT_READ, &s), 0);
  CHECK_EQ(skt_poller_remove(&p, &s), 0);
  CHECK_PLAYED();
}

/* A half-closed connection that is then reset. */
TEST(retry, end_of_stream_that_was_returned_stays) {
  skt s = fake_connected();
  PLAY({"read", 3}, {"read", 0});
  CHECK_EQ(skt_read(&s, bytes, 4), 3);
  CHECK_EQ(skt_read(&s, bytes, 4), 0);
  CHECK_EQ(skt_read(&s, bytes, 4), 0);
  CHECK_EQ(skt_peek(&s, bytes, 4), 0);
  CHECK_PLAYED();
}

TEST(retry, graceful_close_is_in_time_though_the_peer_keeps_sending) {
  skt s = fake_connected();
  PLAY({"shutdown_write", 0}, {"wait", SKT_READ}, {"read", 4096},
       {"pass_us", 60000}, {"wait", SKT_READ}, {"read", 4096},
       {"pass_us", 60000}, {"reset_on_close", 0}, {"close", 0});
  CHECK_EQ(skt_close_graceful(&s, 100, 1 << 20), SKT_ETIMEDOUT);
  CHECK_PLAYED();
}

/* poll refuses a process without descriptors; what has another way waits. */
TEST(retry, refused_wait_is_made_in_another_way) {
  skt s = fake_connected();
  skt_polled e[] = {{&s, SKT_BOTH, 0}};
  PLAY({"wait", SKT_ENOBUFS}, {"wait_unlimited", SKT_READ},
       {"wait", SKT_ENOBUFS}, {"wait_unlimited", SKT_WRITE},
       {"wait", SKT_ENOBUFS}, {"wait_unlimited", SKT_ENOBUFS});
  CHECK_EQ(skt_wait(&s, SKT_BOTH, -1, NULL), SKT_READ);
  CHECK_EQ(skt_poll(e, 1, -1, NULL), 1);
  CHECK_EQ(e[0].ready, SKT_WRITE);
  CHECK_EQ(skt_wait(&s, SKT_BOTH, -1, NULL), SKT_ENOBUFS);
  CHECK_PLAYED();
}

TEST(retry, graceful_close_waits_in_another_way) {
  skt s = fake_connected();
  PLAY({"shutdown_write", 0}, {"wait", SKT_ENOBUFS}, {"wait", SKT_ENOBUFS},
       {"wait_unlimited", SKT_READ}, {"read", 0}, {"close", 0});
  CHECK_EQ(skt_close_graceful(&s, 100, 10), 0);
  CHECK_PLAYED();
}

/* A read that was interrupted is made again: the kernel's limit starts anew, as
 * it may after a signal. */
TEST(retry, calls_within_a_limit_need_no_descriptor_to_be_allowed) {
  skt s = fake_connected();
  if (!skt__system.keeps_limits) {
    SKIP("limits are kept by skt here");
  }
  s.kind |= SKT__LIMITED;
  fake_limit_ms = 100;
  PLAY({"read", SKT__EINTR}, {"limit", 0}, {"wait", SKT_ENOBUFS}, {"read", 3});
  CHECK_EQ(skt_read(&s, bytes, 4), 3);
  CHECK_PLAYED();
  PLAY({"read", 1}, {"limit", 0}, {"wait", SKT_ENOBUFS}, {"wait", SKT_ENOBUFS},
       {"wait", SKT_ENOBUFS}, {"wait_unlimited", SKT_READ}, {"read", 3});
  CHECK_EQ(skt_read_all(&s, bytes, 4, NULL), 0);
  CHECK_PLAYED();
}

/* Without a wait, the peer's address tells that there is one. */
TEST(retry, outcome_of_connect_is_found_without_a_wait) {
  skt s = fake_connected();
  skt__set_state(&s, SKT_CONNECTING);
  PLAY({"wait", SKT_ENOBUFS}, {"pending_error", 0}, {"peer", SKT_ENOTCONN},
       {"wait", SKT_ENOBUFS}, {"pending_error", 0}, {"peer", 0});
  CHECK_EQ(skt_connect_finish(&s), SKT_EINPROGRESS);
  CHECK_EQ(skt_connect_finish(&s), 0);
  CHECK_PLAYED();
  s = fake_connected();
  skt__set_state(&s, SKT_CONNECTING);
  PLAY({"wait", SKT_ENOBUFS}, {"pending_error", SKT_ECONNREFUSED});
  CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
  CHECK_PLAYED();
}

/* Two codes mean that the socket is left open. */
TEST(retry, graceful_close_that_has_closed_does_not_say_left_open) {
  skt s = fake_connected();
  PLAY({"shutdown_write", SKT_EINVAL}, {"reset_on_close", 0}, {"close", 0});
  CHECK_EQ(skt_close_graceful(&s, 0, 0), SKT_EUNKNOWN);
  CHECK_EQ(skt_close(&s), SKT_EBADF);
  CHECK_PLAYED();
  s = fake_connected();
  PLAY({"shutdown_write", 0}, {"wait", SKT_READ}, {"read", SKT_ENOTCONN},
       {"reset_on_close", 0}, {"close", 0});
  CHECK_EQ(skt_close_graceful(&s, 0, 0), SKT_ECONNRESET);
  CHECK_EQ(skt_close(&s), SKT_EBADF);
  CHECK_PLAYED();
}

TEST(retry, graceful_close_has_one_name_for_a_broken_connection) {
  static const int names[] = {SKT_ECONNRESET, SKT_ECONNABORTED, SKT_EPIPE};
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    skt s = fake_connected();
    PLAY({"shutdown_write", 0}, {"wait", SKT_READ}, {"read", names[i]},
         {"reset_on_close", 0}, {"close", 0});
    CHECK_EQ(skt_close_graceful(&s, 100, 1 << 20), SKT_ECONNRESET);
    CHECK_PLAYED();
  }
}

static skt limited_socket(void) {
  skt s = fake_connected();
  s.kind |= SKT__LIMITED;
  fake_limit_ms = 50;
  return s;
}

/* What the system has taken whole does not tell that the limit is over. */
TEST(retry, write_within_a_limit_ends_when_it_was_cut_short) {
  skt s = limited_socket();
  skt_buffer parts[] = {{bytes, 4}, {bytes, 6}};
  if (!skt__system.keeps_limits) {
    SKIP("limits are kept by skt here");
  }
  PLAY({"write", 3}, {"limit", 0}, {"is_blocking", 1}, {"write", 7});
  CHECK_EQ(skt_write(&s, bytes, 10), 3);
  CHECK_EQ(fake_direction, SKT_WRITE);
  CHECK_EQ(skt_write(&s, bytes + 3, 7), 7);
  CHECK_PLAYED();
  PLAY({"write", (long long)SKT__IO_MAX}, {"write", 5});
  CHECK_EQ(skt_write(&s, bytes, SKT__IO_MAX + 5), SKT__IO_MAX + 5);
  CHECK_PLAYED();
  PLAY({"writev", 5}, {"limit", 0}, {"is_blocking", 1});
  CHECK_EQ(skt_writev(&s, parts, 2), 5);
  CHECK_PLAYED();
}

TEST(retry, limit_of_reading_cuts_no_write_short) {
  skt s = limited_socket();
  size_t done = 0;
  skt_buffer parts[] = {{bytes, 4}, {bytes, 6}};
  if (!skt__system.keeps_limits) {
    SKIP("no signals come here");
  }
  fake_limit_ms = -1; /* of writing */
  PLAY({"write", 3}, {"limit", 0}, {"write", 7}, {"write", 3}, {"limit", 0},
       {"wait", SKT_WRITE}, {"write_now", 7}, {"writev", 5}, {"limit", 0},
       {"writev", 5});
  CHECK_EQ(skt_write(&s, bytes, 10), 10);
  CHECK_EQ(skt_write_all(&s, bytes, 10, &done), 0);
  CHECK_EQ(done, 10);
  CHECK_EQ(skt_writev(&s, parts, 2), 10);
  CHECK_PLAYED();
}

/* A signal cuts a write short, which looks like the end of the limit. */
TEST(retry, write_all_is_over_time_only_when_the_time_has_passed) {
  skt s = limited_socket();
  size_t done = 0;
  if (!skt__system.keeps_limits) {
    SKIP("no signals come here");
  }
  PLAY({"write", 3}, {"pass_us", 30000}, {"limit", 0}, {"wait", SKT_WRITE},
       {"write_now", 7});
  CHECK_EQ(skt_write_all(&s, bytes, 10, &done), 0);
  CHECK_EQ(done, 10);
  CHECK_PLAYED();
  PLAY({"write", 3}, {"pass_us", 50000}, {"limit", 0});
  CHECK_EQ(skt_write_all(&s, bytes, 10, &done), SKT_ETIMEDOUT);
  CHECK_EQ(done, 3);
  CHECK_PLAYED();
}

TEST(retry, limit_of_read_all_begins_with_the_call) {
  skt s = limited_socket();
  size_t done = 0;
  PLAY({"read", 1}, {"pass_us", 40000}, {"limit", 0}, {"wait", 0},
       {"pass_us", 10000});
  CHECK_EQ(skt_read_all(&s, bytes, 10, &done), SKT_ETIMEDOUT);
  CHECK_EQ(fake_timeout_ms, 10);
  CHECK_EQ(done, 1);
  CHECK_PLAYED();
}

TEST(retry, vector_write_goes_on_in_the_middle_of_a_buffer) {
  skt s = fake_connected();
  skt_buffer parts[] = {{bytes, 3}, {NULL, 0}, {bytes, 4}, {bytes, 5}};
  PLAY({"writev", 5}, {"writev", SKT__EINTR}, {"writev", 7});
  CHECK_EQ(skt_writev(&s, parts, 4), 12);
  CHECK_EQ(fake_n, 7);
  CHECK_EQ(fake_count, 2);
  CHECK(fake_buffer == bytes + 2);
  CHECK_PLAYED();
  PLAY({"writev", 3}, {"writev", SKT_EPIPE});
  CHECK_EQ(skt_writev(&s, parts, 4), 3);
  CHECK_EQ(skt_writev(&s, parts, 4), SKT_ECONNRESET);
  CHECK_PLAYED();
}

TEST(retry, wait_ends_with_0_when_its_time_is_over) {
  skt s = fake_connected();
  PLAY({"wait", SKT__EINTR}, {"pass_us", 99999}, {"wait", 0}, {"pass_us", 1});
  CHECK_EQ(skt_wait(&s, SKT_READ, 100, NULL), 0);
  CHECK_EQ(fake_timeout_ms, 1);
  CHECK_PLAYED();
  PLAY({"wait", SKT__EINTR}, {"pass_us", 100000});
  CHECK_EQ(skt_wait(&s, SKT_READ, 100, NULL), 0);
  CHECK_PLAYED();
  PLAY({"wait", SKT__EINTR}, {"wait", 0});
  CHECK_EQ(skt_wait(&s, SKT_READ, 0, NULL), 0); /* it looks, at least once */
  CHECK_PLAYED();
  PLAY({"wait", 0}, {"wait", SKT__EINTR}, {"wait", SKT_READ});
  CHECK_EQ(skt_wait(&s, SKT_READ, -1, NULL), SKT_READ);
  CHECK_PLAYED();
}

TEST(retry, error_makes_all_that_was_asked_for_ready) {
  skt s = fake_connected();
  PLAY({"wait", SKT__FAILED}, {"wait", SKT__FAILED | SKT_READ});
  CHECK_EQ(skt_wait(&s, SKT_BOTH, -1, NULL), SKT_BOTH);
  CHECK_EQ(skt_wait(&s, SKT_WRITE, -1, NULL), SKT_WRITE);
  CHECK_PLAYED();
}

TEST(retry, shutdown_of_a_dead_connection_is_done) {
  static const int gone[] = {SKT_ENOTCONN, SKT_ECONNRESET, SKT_ECONNABORTED,
                             SKT_EPIPE};
  for (size_t i = 0; i < sizeof gone / sizeof *gone; ++i) {
    skt s = fake_connected();
    PLAY({"shutdown_write", gone[i]});
    CHECK_EQ(skt_shutdown(&s, SKT_BOTH), 0);
    CHECK_EQ(skt_write(&s, bytes, 1), SKT_EPIPE);
    CHECK_PLAYED();
  }
}

TEST(retry, shutdown_that_failed_has_shut_nothing) {
  skt s = fake_connected();
  PLAY({"shutdown_write", SKT_ENOBUFS}, {"write", 1}, {"read", 1});
  CHECK_EQ(skt_shutdown(&s, SKT_BOTH), SKT_ENOBUFS);
  CHECK_EQ(skt_write(&s, bytes, 1), 1);
  CHECK_EQ(skt_read(&s, bytes, 1), 1);
  CHECK_PLAYED();
}

TEST(retry, listen_that_failed_does_not_listen) {
  skt s = socket_in(SKT_BOUND), out;
  PLAY({"listen", SKT_EADDRINUSE});
  CHECK_EQ(skt_listen(&s, 0), SKT_EADDRINUSE);
  CHECK_EQ(skt_accept(&s, &out, NULL, 0), SKT_EINVAL);
  CHECK_EQ(skt_wait(&s, SKT_READ, 0, NULL), SKT_ENOTCONN);
  CHECK_PLAYED();
}

static const int failures[] = {SKT_EACCES,     SKT_EMFILE,     SKT_ENFILE,
                               SKT_ENOBUFS,    SKT_ENOMEM,     SKT_ENETDOWN,
                               SKT_EADDRINUSE, SKT_EOPNOTSUPP, SKT_EUNKNOWN};
enum { FAILURES = sizeof failures / sizeof *failures };

TEST(retry, failure_of_any_call_comes_back_and_changes_no_state) {
  skt_addr at = somewhere(), out;
  for (int i = 0; i < FAILURES; ++i) {
    int code = failures[i];
    int refused = code == SKT_ENOBUFS ? SKT_ENOMEM : code; /* waits otherwise */
    skt s;
    PLAY({"start", code}, {"start", 0}, {"socket", code});
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), code);
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), code);
    CHECK_EQ(skt_native(&s), UINTPTR_MAX);
    CHECK_PLAYED();
    s = socket_in(SKT__FRESH);
    PLAY({"bind", code}, {"bind", 0}, {"listen", code}, {"listen", 0},
         {"set_blocking", code}, {"wait", refused}, {"local", code});
    CHECK_EQ(skt_bind(&s, &at, 0), code);
    CHECK_EQ(skt_bind(&s, &at, 0), 0);
    CHECK_EQ(skt_listen(&s, 0), code);
    CHECK_EQ(skt_listen(&s, 0), 0);
    CHECK_EQ(skt_set_blocking(&s, false), code);
    CHECK_EQ(skt_blocking(&s), 1);
    CHECK_EQ(skt_wait(&s, SKT_READ, -1, NULL), refused);
    CHECK_EQ(skt_local(&s, &out), code);
    CHECK_PLAYED();
  }
}

TEST(retry, failing_connect_is_final) {
  skt_addr to = somewhere();
  for (int i = 0; i < FAILURES; ++i) {
    skt s = socket_in(SKT_BOUND);
    PLAY({"connect", failures[i]});
    CHECK_EQ(skt_connect(&s, &to), failures[i]);
    CHECK_EQ(skt_connect(&s, &to), SKT_EINVAL);
    CHECK_EQ(skt_connect_finish(&s), failures[i]);
    CHECK_PLAYED();
  }
}

TEST(retry, connect_finds_an_address_in_use_only_if_it_was_bound) {
  skt_addr to = somewhere();
  skt fresh = socket_in(SKT__FRESH), bound = socket_in(SKT_BOUND);
  PLAY({"connect", SKT_EADDRINUSE}, {"connect", SKT_EADDRINUSE});
  CHECK_EQ(skt_connect(&fresh, &to), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_connect_finish(&fresh), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_connect(&bound, &to), SKT_EADDRINUSE);
  CHECK_PLAYED();
}

TEST(retry, failing_adopt_leaves_no_socket) {
  skt s;
  PLAY({"start", 0}, {"kind", SKT_ENOTSOCK}, {"start", 0},
       {"kind", SKT_EPROTONOSUPPORT});
  CHECK_EQ(skt_adopt(&s, 5, 0), SKT_ENOTSOCK);
  CHECK_EQ(skt_adopt(&s, 5, 0), SKT_EPROTONOSUPPORT);
  CHECK_PLAYED();
  PLAY({"start", 0}, {"kind", SKT_IPV4 | SKT_STREAM}, {"listens", SKT_ENOBUFS});
  CHECK_EQ(skt_adopt(&s, 5, 0), SKT_ENOBUFS);
  CHECK_PLAYED();
  PLAY({"start", 0}, {"kind", SKT_IPV4 | SKT_STREAM}, {"listens", 1},
       {"no_linger", 0}, {"set_blocking", SKT_ENOMEM});
  CHECK_EQ(skt_adopt(&s, 5, 0), SKT_ENOMEM);
  CHECK_EQ(skt_native(&s), UINTPTR_MAX);
  CHECK_PLAYED();
}

TEST(retry, number_that_nobody_has_mapped_is_eunknown) {
  CHECK_EQ(skt__code(0, 7), SKT_EIO);
  CHECK_EQ(skt__code(SKT__IN_BIND, 7), SKT_EIO);
  CHECK_EQ(skt__code(SKT__IN_CONNECT, 7), SKT_ENOENT);
  CHECK_EQ(skt__code(SKT__IN_CONNECT, 8), SKT_EUNKNOWN);
  CHECK_EQ(skt__code(0, 0), SKT_EUNKNOWN);
}

/* What the system is told. */

TEST(seam, backlog_of_0_or_less_asks_for_the_systems_best) {
  skt s = socket_in(SKT_BOUND);
  PLAY({"listen", 0}, {"listen", 0}, {"listen", 0});
  CHECK_EQ(skt_listen(&s, -1000), 0);
  CHECK_EQ(fake_backlog, 0);
  CHECK_EQ(skt_listen(&s, 201), 0);
  CHECK_EQ(fake_backlog, 201);
  CHECK_EQ(skt_listen(&s, 0), 0);
  CHECK_EQ(fake_backlog, 0);
  CHECK_PLAYED();
}

TEST(seam, accept_tells_the_modes_of_both_sockets) {
  skt s = socket_in(SKT_LISTENING), out;
  PLAY({"accept", 0}, {"accept", 0});
  CHECK_EQ(skt_accept(&s, &out, NULL, SKT_NONBLOCK), 0);
  CHECK(!fake_inherited && fake_nonblocking);
  CHECK_EQ(out.kind, SKT_IPV4 | SKT_STREAM | SKT_CONNECTED | SKT_NONBLOCK);
  s.kind |= SKT_NONBLOCK;
  CHECK_EQ(skt_accept(&s, &out, NULL, 0), 0);
  CHECK(fake_inherited && !fake_nonblocking);
  CHECK_EQ(out.kind, SKT_IPV4 | SKT_STREAM | SKT_CONNECTED);
  CHECK_PLAYED();
  for (int i = 0; i < 2; ++i) { /* again, when the first call was in vain */
    PLAY({"accept", SKT_ECONNABORTED}, {"accept", 0});
    CHECK_EQ(skt_accept(&s, &out, NULL, i == 0 ? 0 : SKT_NONBLOCK), 0);
    CHECK(fake_inherited && fake_nonblocking == (i == 1));
    CHECK_PLAYED();
  }
}

TEST(seam, limit_and_wait_are_those_of_the_calls_direction) {
  skt s = socket_in(SKT_LISTENING), out;
  s.kind |= SKT__LIMITED;
  PLAY({"accept", SKT__EINTR}, {"limit", 0}, {"wait", SKT_READ}, {"accept", 0},
       {"set_limit", 0}, {"set_limit", 0});
  fake_limit_ms = 50;
  CHECK_EQ(skt_accept(&s, &out, NULL, 0), 0);
  CHECK_EQ(fake_direction, SKT_READ);
  CHECK_EQ(fake_events, SKT_READ);
  s = fake_connected();
  s.kind |= SKT__LIMITED;
  fake_limit_ms = 50;
  for (int i = 0; i < 2; ++i) {
    PLAY({i == 0 ? "write" : "read", SKT__EINTR}, {"limit", 0},
         {"wait", SKT_BOTH}, {i == 0 ? "write" : "read", 1});
    CHECK_EQ(i == 0 ? skt_write(&s, bytes, 1) : skt_read(&s, bytes, 1), 1);
    CHECK_EQ(fake_direction, i == 0 ? SKT_WRITE : SKT_READ);
    CHECK_EQ(fake_events, i == 0 ? SKT_WRITE : SKT_READ);
    CHECK_PLAYED();
  }
}

TEST(seam, shutdown_of_what_was_shut_asks_nothing) {
  skt s = fake_connected();
  PLAY({"shutdown_write", 0});
  CHECK_EQ(skt_shutdown(&s, SKT_WRITE), 0);
  CHECK_EQ(skt_shutdown(&s, SKT_BOTH), 0);
  CHECK_EQ(skt_shutdown(&s, SKT_BOTH), 0);
  CHECK_PLAYED();
}

TEST(seam, wait_tells_whether_the_socket_connects) {
  skt s = socket_in(SKT_CONNECTING);
  PLAY({"wait", SKT_WRITE}, {"wait", SKT_WRITE}, {"wait", SKT_READ});
  CHECK_EQ(skt_wait(&s, SKT_WRITE, -1, NULL), SKT_WRITE);
  CHECK(fake_connecting);
  s = fake_connected();
  CHECK_EQ(skt_wait(&s, SKT_WRITE, -1, NULL), SKT_WRITE);
  CHECK(!fake_connecting);
  s = socket_in(SKT__CONNECTING_TO_LOCAL);
  CHECK_EQ(skt_wait(&s, SKT_READ, -1, NULL), SKT_READ);
  CHECK(fake_connecting);
  CHECK_PLAYED();
}

/* Costs, counted in calls of the seam. */

TEST(cost, round_trip_is_two_calls) {
  skt s = fake_connected();
  PLAY({"write", 4}, {"read", 4});
  CHECK_EQ(skt_write(&s, bytes, 4), 4);
  CHECK_EQ(skt_read(&s, bytes, 4), 4);
  CHECK_PLAYED();
}

TEST(cost, round_trip_with_limits_is_two_calls) {
  skt s = fake_connected();
  PLAY({"set_limit", 0}, {"set_limit", 0}, {"write", 4}, {"read", 4});
  if (!skt__system.keeps_limits) {
    SKIP("limits are kept by skt here");
  }
  CHECK_EQ(skt_set_limit(&s, SKT_BOTH, 1000), 0);
  CHECK_EQ(skt_write(&s, bytes, 4), 4);
  CHECK_EQ(skt_read(&s, bytes, 4), 4);
  CHECK_PLAYED();
}

TEST(cost, connect_within_a_limit_is_four_calls) {
  skt s;
  skt_addr to = somewhere();
  if (!skt__system.limits_connect) {
    SKIP("this system does not bound connect");
  }
  PLAY({"start", 0}, {"socket", 0}, {"set_limit", 0}, {"connect", 0},
       {"close", 0});
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_set_limit(&s, SKT_WRITE, 1000), 0);
  CHECK_EQ(skt_connect(&s, &to), 0);
  CHECK_EQ(skt_close(&s), 0);
  CHECK_PLAYED();
}

TEST(cost, accept_and_close_are_two_calls) {
  skt s = socket_in(SKT_LISTENING), out;
  skt_addr peer;
  PLAY({"accept", 0}, {"close", 0});
  CHECK_EQ(skt_accept(&s, &out, &peer, SKT_NONBLOCK), 0);
  CHECK_EQ(skt_close(&out), 0);
  CHECK_PLAYED();
}

TEST(cost, socket_connect_and_close_are_three_calls) {
  skt s;
  skt_addr to = somewhere();
  PLAY({"start", 0}, {"socket", 0}, {"connect", 0}, {"close", 0});
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
  CHECK_EQ(skt_connect(&s, &to), 0);
  CHECK_EQ(skt_close(&s), 0);
  CHECK_PLAYED();
}

TEST(cost, adopting_a_stated_socket_asks_nothing) {
  skt s;
  PLAY({"start", 0}, {"adopt", 0});
  CHECK_EQ(skt_adopt(&s, 5, SKT_IPV4 | SKT_STREAM | SKT_CONNECTED), 0);
  CHECK_EQ(skt_native(&s), 5);
  CHECK_EQ(skt_release(&s), 5);
  CHECK_PLAYED();
}

TEST(cost, bad_input_never_reaches_the_system) {
  skt none = {0}, fresh = socket_in(SKT__FRESH), s = fake_connected(), out;
  skt_addr no_address = {0};
  PLAY({"close", 0});
  skt_read(&none, bytes, 1);
  skt_read(&s, NULL, 1);
  skt_read(&s, bytes, 0);
  skt_read(&s, bytes, SIZE_MAX);
  skt_write(&s, bytes, 0);
  skt_write(&fresh, bytes, 1);
  skt_bind(&fresh, &no_address, 0);
  skt_connect(&fresh, &no_address);
  skt_accept(&fresh, &out, NULL, 0);
  skt_wait(&s, 0, 0, NULL);
  skt_shutdown(&s, 0);
  skt_local(&fresh, &no_address);
  skt_peer(&fresh, &no_address);
  skt_socket(&out, 99, 99, 99);
  skt_adopt(&out, 5, -1);
  CHECK_STR(fake_trouble(), "close");
}

TEST(scope, interface_name_becomes_its_number) {
  skt_addr a;
  char text[SKT_ADDR_TEXT_MAX];
  CHECK_EQ(skt_addr_parse(&a, "[fe80::1%eth7]:80"), 0);
  CHECK(skt_addr_format(&a, text, sizeof text) > 0);
  CHECK_STR(text, "[fe80::1%7]:80");
  CHECK_EQ(skt_addr_parse(&a, "[fe80::1%eth8]:80"), SKT_ENODEV);
}

TEST(scope, failure_to_ask_is_no_missing_interface) {
  static const int reasons[] = {SKT_EACCES, SKT_EAFNOSUPPORT, SKT_EMFILE,
                                SKT_ENFILE, SKT_ENOBUFS,      SKT_ENOMEM};
  skt_addr a;
  char text[SKT_ADDR_TEXT_MAX];
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; ++i) {
    snprintf(text, sizeof text, "[fe80::1%%none%d]:80", reasons[i]);
    CHECK_EQ(skt_addr_parse(&a, text), reasons[i]);
    CHECK_EQ(skt_addr_domain(&a), SKT_EINVAL);
  }
}

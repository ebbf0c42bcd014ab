/* SPDX-License-Identifier: MIT */
/* Dialling without a system: which address is tried when, who wins, and what is
 * closed and reported. */
#include <stdio.h>
#include <string.h>

#include "fake_sys.h"
#include "skt_test.h"
#include "sys_names.h"

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

/* The steps of an attempt, and of the question what has become of it. */
#define TRY(rc)                                                                \
  {"start", 0}, {"socket", 0}, { "connect", (rc) }
#define TRY_IN_VAIN(rc)                                                        \
  TRY(rc), { "close", 0 }
#define BECOMES(rc)                                                            \
  {"wait", SKT_WRITE}, { "pending_error", (rc) }
#define PASS_MS(ms)                                                            \
  { "pass_us", (ms)*1000 }
#define READY(i)                                                               \
  { "wait", (long long)SKT_WRITE << 8 * (i) }
#define LOOK_UP                                                                \
  {"start", 0}, { "lookup", 0 }

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static skt_addr found[60];
static skt s;

static void begin_log(void) {
  fake_peer_count = 0;
  fake_handle = 100;
}

/* What the system finds; NULL ends the list. */
static void find(const char *const *texts) {
  size_t n = 0;
  for (; texts[n] != NULL; ++n) {
    skt_addr_parse(&found[n], texts[n]);
  }
  fake_found = found;
  fake_found_count = n;
  begin_log();
}
#define FIND(...) find((const char *const[]){__VA_ARGS__, NULL})

static void find_many(int n) {
  for (int i = 0; i < n; ++i) {
    char text[30];
    snprintf(text, sizeof text, "10.0.0.%d:0", i + 1);
    skt_addr_parse(&found[i], text);
  }
  fake_found = found;
  fake_found_count = (size_t)n;
  begin_log();
}

/* The addresses that were tried, one after the other. */
static const char *tried(void) {
  static char all[500];
  size_t n = 0;
  all[0] = '\0';
  for (size_t i = 0; i < fake_peer_count && n < 400; ++i) {
    char text[SKT_ADDR_TEXT_MAX];
    skt_addr_format(&fake_peers[i], text, sizeof text);
    n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", i > 0 ? " " : "",
                          text);
  }
  return all;
}

static int winner(void) { return (int)s.handle - 100; }

/* Windows looks now and then whether the socket was cancelled. */
static bool waited_for(int ms) {
  return fake_timeout_ms == ms || fake_timeout_ms == skt__system.cancel_poll_ms;
}

static skt_waker made_waker(void) {
  skt_waker w;
  PLAY({"start", 0}, {"waker_create", 0});
  skt_waker_create(&w);
  return w;
}

/* The other thread of a look-up: it ends, and leaves. */
static void finish_thread(void) {
  skt__sys_lookup(&fake_helper->lookup);
  skt__helper_leave(fake_helper);
}
#define LOOK_UP_IN_THREAD                                                      \
  {"start", 0}, {"helper_start", 0}, {"meanwhile", 0}, {"lookup", 0}, {        \
    "helper_wait", SKT__DONE                                                   \
  }

TEST(dial, number_is_the_calls_of_socket_and_connect) {
  static const char *const texts[] = {"1.2.3.4:80", "[2001:db8::1]:80",
                                      "unix:/x"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    begin_log();
    PLAY(TRY(0));
    CHECK_EQ(skt_dial(&s, texts[i], SKT_STREAM, -1, NULL), 0);
    CHECK_PLAYED();
    CHECK_STR(tried(), texts[i]);
    CHECK_EQ(skt_kind(&s) & ~SKT_DOMAINS, SKT_STREAM | SKT_CONNECTED);
  }
}

TEST(dial, message_type_never_waits) {
  PLAY(TRY(0), TRY(0));
  CHECK_EQ(skt_dial(&s, "1.2.3.4:80", SKT_DATAGRAM, 1000, NULL), 0);
  CHECK_EQ(skt_blocking(&s), 1);
  CHECK_EQ(skt_dial(&s, "1.2.3.4:80", SKT_DATAGRAM | SKT_NONBLOCK, 1000, NULL),
           0);
  CHECK_EQ(skt_blocking(&s), 0);
  CHECK_PLAYED();
}

TEST(dial, number_within_a_time_waits_so_long) {
  PLAY(TRY(SKT_EINPROGRESS), BECOMES(0), {"set_blocking", 0});
  CHECK_EQ(skt_dial(&s, "1.2.3.4:80", SKT_STREAM, 1000, NULL), 0);
  CHECK_PLAYED();
  CHECK_EQ(skt_blocking(&s), 1);
  CHECK(fake_blocking);
  PLAY(TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(400), {"wait", 0},
       PASS_MS(600), {"close", 0});
  CHECK_EQ(skt_dial(&s, "1.2.3.4:80", SKT_STREAM, 1000, NULL), SKT_ETIMEDOUT);
  CHECK_PLAYED();
  CHECK_EQ(s.kind, 0);
  PLAY(TRY(SKT_EINPROGRESS), {"wait", 0}, {"close", 0});
  CHECK_EQ(skt_dial(&s, "1.2.3.4:80", SKT_STREAM, 0, NULL), SKT_ETIMEDOUT);
  CHECK_EQ(fake_timeout_ms, 0);
  CHECK_PLAYED();
}

TEST(dial, nonblocking_result_is_connected) {
  PLAY(TRY(SKT_EINPROGRESS), BECOMES(0));
  CHECK_EQ(skt_dial(&s, "1.2.3.4:80", SKT_STREAM | SKT_NONBLOCK, -1, NULL), 0);
  CHECK(waited_for(-1));
  CHECK_EQ(skt_kind(&s), SKT_IPV4 | SKT_STREAM | SKT_CONNECTED | SKT_NONBLOCK);
  CHECK_PLAYED();
  FIND("1.0.0.1:0", "1.0.0.2:0");
  PLAY(LOOK_UP, TRY(SKT_EINPROGRESS), READY(0), BECOMES(0));
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM | SKT_NONBLOCK, -1, NULL), 0);
  CHECK_EQ(skt_blocking(&s), 0);
  CHECK_PLAYED();
}

TEST(dial, families_alternate_and_the_next_comes_after_250_ms) {
  FIND("[2001:db8::1]:0", "[2001:db8::2]:0", "[2001:db8::3]:0", "1.0.0.1:0",
       "1.0.0.2:0");
  PLAY(LOOK_UP, TRY(SKT_EINPROGRESS), {"wait", 0}, {"pass_us", 249999},
       {"wait", 0}, {"pass_us", 1}, TRY(SKT_EINPROGRESS), {"wait", 0},
       PASS_MS(250), TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(250),
       TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(250), TRY(SKT_EINPROGRESS),
       READY(1), BECOMES(0), {"set_blocking", 0}, {"close", 0}, {"close", 0},
       {"close", 0}, {"close", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), 0);
  CHECK_PLAYED();
  CHECK_STR(tried(),
            "[2001:db8::1]:80 1.0.0.1:80 [2001:db8::2]:80 1.0.0.2:80 "
            "[2001:db8::3]:80");
  CHECK_EQ(winner(), 1);
  CHECK_EQ(skt_kind(&s), SKT_IPV4 | SKT_STREAM | SKT_CONNECTED);
}

TEST(dial, first_family_is_that_of_the_first_address) {
  FIND("1.0.0.1:0", "1.0.0.2:0", "1.0.0.3:0", "[2001:db8::1]:0");
  PLAY(LOOK_UP, TRY_IN_VAIN(SKT_ENETUNREACH), TRY_IN_VAIN(SKT_ENETUNREACH),
       TRY_IN_VAIN(SKT_ENETUNREACH), TRY_IN_VAIN(SKT_ENETUNREACH));
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), SKT_ENETUNREACH);
  CHECK_PLAYED();
  CHECK_STR(tried(), "1.0.0.1:80 [2001:db8::1]:80 1.0.0.2:80 1.0.0.3:80");
  CHECK_EQ(s.kind, 0);
}

TEST(dial, failure_starts_the_next_at_once) {
  FIND("[2001:db8::1]:0", "1.0.0.1:0", "[2001:db8::2]:0", "1.0.0.2:0");
  PLAY(LOOK_UP, TRY_IN_VAIN(SKT_ENETUNREACH), TRY(SKT_EINPROGRESS), READY(0),
       BECOMES(SKT_ECONNREFUSED), {"close", 0}, TRY_IN_VAIN(SKT_ENETUNREACH),
       TRY(0), {"set_blocking", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), 0);
  CHECK_PLAYED();
  CHECK_EQ(winner(), 3);
}

TEST(dial, timer_neither_ends_an_attempt_nor_runs_after_the_last) {
  FIND("1.0.0.1:0", "1.0.0.2:0");
  PLAY(LOOK_UP, TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(250),
       TRY(SKT_EINPROGRESS), READY(1), PASS_MS(9000), BECOMES(SKT_ECONNREFUSED),
       {"close", 0}, READY(0), PASS_MS(9000), BECOMES(SKT_EHOSTDOWN),
       {"close", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), SKT_ECONNREFUSED);
  CHECK_PLAYED();
  PLAY(LOOK_UP, TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(250),
       TRY(SKT_EINPROGRESS), {"wait", SKT_EUNKNOWN}, {"close", 0},
       {"close", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), SKT_EUNKNOWN);
  CHECK(waited_for(-1));
  CHECK_PLAYED();
}

TEST(dial, first_of_two_winners_is_taken_and_the_other_closed) {
  FIND("1.0.0.1:0", "1.0.0.2:0", "1.0.0.3:0");
  PLAY(LOOK_UP, TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(250),
       TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(250), TRY(SKT_EINPROGRESS),
       {"wait", SKT_WRITE << 8 | SKT_WRITE << 16}, BECOMES(0),
       {"set_blocking", 0}, {"close", 0}, {"close", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), 0);
  CHECK_PLAYED();
  CHECK_EQ(winner(), 1);
}

TEST(dial, seventh_attempt_takes_the_place_of_the_oldest) {
  enum { ALL = 41 };
  fake_step steps[ALL * 6 + 20] = {LOOK_UP};
  size_t n = 2;
  find_many(ALL);
  for (int i = 0; i < 40; ++i) {
    if (i >= 6) {
      steps[n++] = (fake_step){"close", 0};
    }
    const fake_step one[] = {TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(250)};
    memcpy(&steps[n], one, sizeof one);
    n += sizeof one / sizeof *one - (i == 39 ? 2 : 0);
  }
  const fake_step last[] = {READY(5), BECOMES(0), {"set_blocking", 0}};
  memcpy(&steps[n], last, sizeof last);
  n += sizeof last / sizeof *last;
  for (int i = 0; i < 5; ++i) {
    steps[n++] = (fake_step){"close", 0};
  }
  fake_script(steps);
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), 0);
  CHECK_PLAYED();
  CHECK_EQ(fake_peer_count, 40); /* the 41st is not tried */
  CHECK_EQ(winner(), 39);
}

TEST(dial, most_telling_failure_is_reported) {
  static const int worst_first[] = {SKT_EMFILE,     SKT_ECONNREFUSED,
                                    SKT_ECONNRESET, SKT_EHOSTUNREACH,
                                    SKT_EHOSTDOWN,  SKT_EADDRNOTAVAIL};
  enum { ALL = sizeof worst_first / sizeof *worst_first };
  for (int i = 1; i < ALL; ++i) {
    for (int j = i + 1; j < ALL; ++j) {
      FIND("1.0.0.1:0", "1.0.0.2:0");
      PLAY(LOOK_UP, TRY_IN_VAIN(worst_first[i]), TRY_IN_VAIN(worst_first[j]));
      CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), worst_first[i]);
      CHECK_PLAYED();
      PLAY(LOOK_UP, TRY_IN_VAIN(worst_first[j]), TRY_IN_VAIN(worst_first[i]));
      CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), worst_first[i]);
      CHECK_PLAYED();
    }
  }
  FIND("1.0.0.1:0", "1.0.0.2:0"); /* the first of two that tell as much */
  PLAY(LOOK_UP, TRY_IN_VAIN(SKT_EACCES), TRY_IN_VAIN(SKT_ECONNRESET));
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), SKT_EACCES);
  CHECK_PLAYED();
}

TEST(dial, lack_of_resources_ends_it_if_no_attempt_runs) {
  static const int lacks[] = {SKT_EMFILE, SKT_ENFILE, SKT_ENOBUFS, SKT_ENOMEM};
  for (size_t i = 0; i < sizeof lacks / sizeof *lacks; ++i) {
    FIND("1.0.0.1:0", "1.0.0.2:0", "1.0.0.3:0");
    PLAY(LOOK_UP, TRY_IN_VAIN(SKT_ECONNREFUSED), {"start", 0},
         {"socket", lacks[i]});
    CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), lacks[i]);
    CHECK_PLAYED();
  }
}

TEST(dial, lack_of_resources_is_waited_out_while_an_attempt_runs) {
  FIND("1.0.0.1:0", "1.0.0.2:0");
  PLAY(LOOK_UP, TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(250), {"start", 0},
       {"socket", SKT_EMFILE}, {"wait", 0}, PASS_MS(250), {"start", 0},
       {"socket", SKT_EMFILE}, READY(0), BECOMES(SKT_ECONNREFUSED),
       {"close", 0}, TRY(0), {"set_blocking", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), 0);
  CHECK_PLAYED();
  CHECK_STR(tried(), "1.0.0.1:80 1.0.0.2:80");
}

TEST(dial, one_deadline_holds_for_the_look_up_too) {
  FIND("1.0.0.1:0", "1.0.0.2:0");
  fake_meanwhile = finish_thread;
  PLAY(LOOK_UP_IN_THREAD, PASS_MS(400), {"helper_free", 0},
       TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(250), TRY(SKT_EINPROGRESS),
       {"wait", 0}, PASS_MS(349), {"wait", 0}, PASS_MS(1), {"close", 0},
       {"close", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, 1000, NULL), SKT_ETIMEDOUT);
  CHECK_PLAYED();
  CHECK_EQ(fake_timeout_ms, 1);
  CHECK_EQ(s.kind, 0);
  FIND("1.0.0.1:0"); /* one address */
  PLAY(LOOK_UP_IN_THREAD, PASS_MS(990), {"helper_free", 0},
       TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(10), {"close", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, 1000, NULL), SKT_ETIMEDOUT);
  CHECK_PLAYED();
  CHECK_EQ(fake_timeout_ms, 10);
}

TEST(dial, sockets_are_looked_at_before_the_clock) {
  FIND("1.0.0.1:0", "1.0.0.2:0");
  fake_meanwhile = finish_thread;
  PLAY(LOOK_UP_IN_THREAD, {"helper_free", 0}, TRY(SKT_EINPROGRESS), READY(0),
       PASS_MS(2000), BECOMES(0), {"set_blocking", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, 1000, NULL), 0);
  CHECK_PLAYED();
  PLAY(LOOK_UP_IN_THREAD, {"helper_free", 0}, TRY_IN_VAIN(SKT_ENETUNREACH),
       TRY(SKT_EINPROGRESS), READY(0), PASS_MS(2000), BECOMES(SKT_ECONNREFUSED),
       {"close", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, 1000, NULL), SKT_ECONNREFUSED);
  CHECK_PLAYED();
}

TEST(dial, waker_ends_it_also_beside_a_connection) {
  skt_waker w = made_waker();
  PLAY(TRY(SKT_EINPROGRESS), {"wait", FAKE_WOKEN}, {"waker_drain", 0},
       {"close", 0});
  CHECK_EQ(skt_dial(&s, "1.2.3.4:80", SKT_STREAM, -1, &w), SKT_ECANCELED);
  CHECK_PLAYED();
  CHECK_EQ(s.kind, 0);
  PLAY(TRY(SKT_EINPROGRESS), {"wait", FAKE_WOKEN | SKT_WRITE},
       {"waker_drain", 0}, {"close", 0});
  CHECK_EQ(skt_dial(&s, "1.2.3.4:80", SKT_STREAM, 1000, &w), SKT_ECANCELED);
  CHECK_PLAYED();
  PLAY(TRY(SKT_EINPROGRESS), READY(0), BECOMES(0), {"set_blocking", 0});
  CHECK_EQ(skt_dial(&s, "1.2.3.4:80", SKT_STREAM, 1000, &w), 0);
  CHECK_PLAYED();
  PLAY({"start", 0}, {"helper_start", 0}, {"helper_wait", SKT_WOKEN},
       {"waker_drain", 0}, {"helper_give_up", 0}, {"lookup", SKT_ENONAME},
       {"helper_free", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, &w), SKT_ECANCELED);
  finish_thread();
  CHECK_PLAYED();
}

TEST(dial, full_queue_of_a_unix_listener_is_waited_for) {
  skt_waker w = made_waker();
  PLAY(TRY_IN_VAIN(SKT_EAGAIN), {"wait", 0}, PASS_MS(10),
       TRY_IN_VAIN(SKT_EAGAIN), {"wait", 0}, PASS_MS(10), TRY(0),
       {"set_blocking", 0});
  CHECK_EQ(skt_dial(&s, "unix:/x", SKT_STREAM, 1000, &w), 0);
  CHECK_PLAYED();
  PLAY(TRY_IN_VAIN(SKT_EAGAIN), {"wait", 0}, PASS_MS(10),
       TRY_IN_VAIN(SKT_EAGAIN), {"wait", 0}, PASS_MS(5));
  CHECK_EQ(skt_dial(&s, "unix:/x", SKT_STREAM, 15, &w), SKT_ETIMEDOUT);
  CHECK_PLAYED();
  PLAY(TRY_IN_VAIN(SKT_EAGAIN), {"wait", FAKE_WOKEN}, {"waker_drain", 0});
  CHECK_EQ(skt_dial(&s, "unix:/x", SKT_STREAM, -1, &w), SKT_ECANCELED);
  CHECK_PLAYED();
}

TEST(dial, failure_of_a_wait_or_of_the_mode_closes_everything) {
  FIND("1.0.0.1:0", "1.0.0.2:0");
  PLAY(LOOK_UP, TRY(SKT_EINPROGRESS), {"wait", 0}, PASS_MS(250),
       TRY(SKT_EINPROGRESS), {"wait", SKT_ENOMEM}, {"close", 0}, {"close", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), SKT_ENOMEM);
  CHECK_PLAYED();
  PLAY(LOOK_UP, TRY(0), {"set_blocking", SKT_EUNKNOWN}, {"close", 0});
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), SKT_EUNKNOWN);
  CHECK_PLAYED();
  CHECK_EQ(s.kind, 0);
}

TEST(dial, failed_look_up_opens_no_socket) {
  fake_found_count = 0;
  PLAY({"start", 0}, {"lookup", SKT_ENONAME}, LOOK_UP);
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), SKT_ENONAME);
  CHECK_EQ(skt_dial(&s, "a:80", SKT_STREAM, -1, NULL), SKT_ENOADDRESS);
  CHECK_PLAYED();
}

TEST(listen_at, number_is_the_calls_of_socket_bind_and_listen) {
  begin_log();
  PLAY({"start", 0}, {"socket", 0}, {"bind", 0}, {"listen", 0});
  CHECK_EQ(skt_listen_at(&s, "127.0.0.1:80", SKT_EXCLUSIVE | SKT_NONBLOCK, 7),
           0);
  CHECK_PLAYED();
  CHECK_STR(tried(), "127.0.0.1:80");
  CHECK_EQ(fake_flags, SKT_EXCLUSIVE);
  CHECK_EQ(fake_backlog, 7);
  CHECK_EQ(skt_kind(&s), SKT_IPV4 | SKT_STREAM | SKT_LISTENING | SKT_NONBLOCK);
}

TEST(listen_at, port_alone_is_both_families_in_one_socket) {
  begin_log();
  PLAY({"start", 0}, {"socket", 0}, {"bind", 0}, {"listen", 0});
  CHECK_EQ(skt_listen_at(&s, ":80", 0, 0), 0);
  CHECK_PLAYED();
  CHECK_STR(tried(), "[::]:80");
  CHECK_EQ(fake_flags, SKT_DUAL_STACK | SKT__RESTART);
  begin_log();
  PLAY({"start", 0}, {"socket", 0}, {"bind", 0}, {"listen", 0});
  CHECK_EQ(skt_listen_at(&s, "[::]:80", 0, 0), 0);
  CHECK_PLAYED();
  CHECK_EQ(fake_flags, SKT__ONE_STACK | SKT__RESTART);
}

TEST(listen_at, port_alone_is_ipv4_where_there_is_no_ipv6) {
  static const int lacks[] = {SKT_EAFNOSUPPORT, SKT_EPROTONOSUPPORT};
  for (size_t i = 0; i < sizeof lacks / sizeof *lacks; ++i) {
    begin_log();
    PLAY({"start", 0}, {"socket", lacks[i]}, {"start", 0}, {"socket", 0},
         {"bind", 0}, {"listen", 0});
    CHECK_EQ(skt_listen_at(&s, ":80", SKT_DUAL_STACK, 0), 0);
    CHECK_PLAYED();
    CHECK_STR(tried(), "0.0.0.0:80");
    CHECK_EQ(fake_flags, SKT__RESTART);
  }
  PLAY({"start", 0}, {"socket", 0}, {"bind", SKT_EADDRNOTAVAIL}, {"close", 0},
       {"start", 0}, {"socket", 0}, {"bind", 0}, {"listen", 0});
  CHECK_EQ(skt_listen_at(&s, ":80", 0, 0), 0);
  CHECK_PLAYED();
}

TEST(listen_at, port_alone_is_never_half_of_what_there_is) {
  static const int codes[] = {SKT_EOPNOTSUPP, SKT_EADDRINUSE, SKT_EACCES};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    PLAY({"start", 0}, {"socket", 0}, {"bind", codes[i]}, {"close", 0});
    CHECK_EQ(skt_listen_at(&s, ":80", 0, 0), codes[i]);
    CHECK_PLAYED();
    CHECK_EQ(s.kind, 0);
  }
}

TEST(listen_at, name_is_the_first_address_that_this_host_has) {
  FIND("[2001:db8::1]:0", "1.0.0.1:0", "1.0.0.2:0");
  PLAY(LOOK_UP, {"start", 0}, {"socket", SKT_EAFNOSUPPORT}, {"start", 0},
       {"socket", 0}, {"bind", SKT_EADDRNOTAVAIL}, {"close", 0}, {"start", 0},
       {"socket", 0}, {"bind", 0}, {"listen", 0});
  CHECK_EQ(skt_listen_at(&s, "a:80", 0, 0), 0);
  CHECK_PLAYED();
  CHECK_STR(tried(), "1.0.0.1:80 1.0.0.2:80");
  PLAY(LOOK_UP, {"start", 0}, {"socket", 0}, {"bind", 0},
       {"listen", SKT_EADDRINUSE}, {"close", 0});
  CHECK_EQ(skt_listen_at(&s, "a:80", 0, 0), SKT_EADDRINUSE);
  CHECK_PLAYED();
  CHECK_EQ(s.kind, 0);
}

/* SPDX-License-Identifier: MIT */
/* Waiting without a system: which calls are made, with what time, and what
 * becomes of wakes. */
#include <limits.h>

#include "fake_sys.h"
#include "skt_test.h"

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static skt_waker waker;
static skt_poller poller;
static skt_event events[4];

static bool make_both(void) {
  PLAY({"start", 0}, {"waker_create", 0}, {"start", 0}, {"poller_create", 0});
  return skt_waker_create(&waker) == 0 && skt_poller_create(&poller) == 0 &&
         fake_trouble() == NULL;
}

TEST(waiting, waker_is_drained_when_it_was_woken_and_only_then) {
  skt s = fake_connected();
  CHECK(make_both());
  PLAY({"wait", SKT_READ}, {"wait", FAKE_WOKEN}, {"waker_drain", 0},
       {"wait", FAKE_WOKEN | SKT_WRITE}, {"waker_drain", 0});
  CHECK_EQ(skt_wait(&s, SKT_READ, -1, &waker), SKT_READ);
  CHECK_EQ(skt_wait(&s, SKT_READ, -1, &waker), SKT_WOKEN);
  CHECK_EQ(skt_wait(&s, SKT_BOTH, -1, &waker), SKT_WRITE | SKT_WOKEN);
  CHECK_PLAYED();
}

TEST(waiting, many_wakes_before_a_wait_are_one_write) {
  CHECK(make_both());
  PLAY({"waker_write", SKT__EINTR}, {"waker_write", 0}, {"wait", FAKE_WOKEN},
       {"waker_drain", 0}, {"waker_write", 0});
  for (int i = 0; i < 9; ++i) {
    CHECK_EQ(skt_wake(&waker), 0);
  }
  CHECK_EQ(skt_poll(NULL, 0, -1, &waker), 1);
  CHECK_EQ(skt_wake(&waker), 0);
  CHECK_PLAYED();
  PLAY({"poller_wake", SKT__EINTR}, {"poller_wake", 0}, {"poller_wait", 1},
       {"poller_wait", FAKE_WOKEN}, {"poller_wake", 0});
  for (int i = 0; i < 9; ++i) {
    CHECK_EQ(skt_poller_wake(&poller), 0);
  }
  CHECK_EQ(skt_poller_wait(&poller, events, 1, -1), 1); /* of a socket */
  CHECK_EQ(skt_poller_wake(&poller), 0);
  CHECK_EQ(skt_poller_wait(&poller, events, 1, -1), 1);
  CHECK_EQ(events[0].events, SKT_WOKEN);
  CHECK_EQ(skt_poller_wake(&poller), 0);
  CHECK_PLAYED();
}

TEST(waiting, wake_that_failed_is_made_again_by_the_next) {
  CHECK(make_both());
  PLAY({"waker_write", SKT_ENOBUFS}, {"waker_write", 0},
       {"poller_wake", SKT_ENOMEM}, {"poller_wake", 0});
  CHECK_EQ(skt_wake(&waker), SKT_ENOBUFS);
  CHECK_EQ(skt_wake(&waker), 0);
  CHECK_EQ(skt_poller_wake(&poller), SKT_ENOMEM);
  CHECK_EQ(skt_poller_wake(&poller), 0);
  CHECK_PLAYED();
}

static int other_result;

static void wake_too(void) { other_result = skt_wake(&waker); }

static void wake_poller_too(void) { other_result = skt_poller_wake(&poller); }

/* The one that finds another thread waking cannot know that its wake will fail.
 */
TEST(waiting, wake_beside_one_that_fails_is_made) {
  CHECK(make_both());
  other_result = 1;
  fake_meanwhile = wake_too;
  PLAY({"waker_write", SKT_ENOBUFS}, {"meanwhile", 0}, {"waker_write", 0});
  CHECK_EQ(skt_wake(&waker), SKT_ENOBUFS);
  CHECK_EQ(other_result, 0);
  CHECK_PLAYED();
  other_result = 1;
  fake_meanwhile = wake_poller_too;
  PLAY({"poller_wake", SKT_ENOMEM}, {"meanwhile", 0}, {"poller_wake", 0});
  CHECK_EQ(skt_poller_wake(&poller), SKT_ENOMEM);
  CHECK_EQ(other_result, 0);
  CHECK_PLAYED();
}

static void take_wake(void) { other_result = skt_poll(NULL, 0, -1, &waker); }

static void take_poller_wake(void) {
  other_result = skt_poller_wait(&poller, events, 1, -1);
}

/* Else it would look made, and no later one would be. */
TEST(waiting, wake_that_a_wait_took_at_once_is_not_made_any_more) {
  CHECK(make_both());
  for (int i = 0; i < 3; ++i) {
    fake_meanwhile = take_wake;
    PLAY({"waker_write", i == 1 ? SKT_ENOBUFS : 0}, {"meanwhile", 0},
         {"wait", FAKE_WOKEN}, {"waker_drain", 0});
    CHECK_EQ(skt_wake(&waker), i == 1 ? SKT_ENOBUFS : 0);
    CHECK_EQ(other_result, 1);
    CHECK_PLAYED();
    fake_meanwhile = take_poller_wake;
    PLAY({"poller_wake", i == 1 ? SKT_ENOBUFS : 0}, {"meanwhile", 0},
         {"poller_wait", FAKE_WOKEN});
    CHECK_EQ(skt_poller_wake(&poller), i == 1 ? SKT_ENOBUFS : 0);
    CHECK_EQ(other_result, 1);
    CHECK_PLAYED();
  }
}

/* Winsock's "would block" does not say that a wake lies there. */
TEST(waiting, refused_wake_is_made_again_unless_one_is_there) {
  CHECK(make_both());
  PLAY({"waker_write", SKT_EAGAIN}, {"wait", 0}, {"waker_write", SKT_EAGAIN},
       {"wait", 0}, {"waker_write", 0});
  CHECK_EQ(skt_wake(&waker), 0);
  CHECK_PLAYED();
  CHECK(make_both());
  PLAY({"waker_write", SKT_EAGAIN}, {"wait", FAKE_WOKEN});
  CHECK_EQ(skt_wake(&waker), 0);
  CHECK_EQ(skt_wake(&waker), 0);
  CHECK_PLAYED();
}

/* A thread that it waits for can have a lower priority. */
TEST(waiting, cancel_pauses_between_its_attempts) {
  skt s = fake_connected();
  s.calls = 1; /* another thread is in skt_connect */
  PLAY({"cancel", 0}, {"wait", 0}, {"cancel", 0}, {"wait", 0},
       {"pass_us", 100000}, {"cancel", 0});
  CHECK_EQ(skt_cancel(&s), 0);
  CHECK_PLAYED();
}

TEST(waiting, each_handle_of_a_waker_is_closed_once) {
  CHECK(make_both());
  PLAY({"close", 0}, {"close", 0});
  CHECK_EQ(skt_waker_destroy(&waker), 0);
  CHECK_PLAYED();
  CHECK(make_both());
  waker.wakes = waker.waits; /* most systems have one for both */
  PLAY({"close", 0});
  CHECK_EQ(skt_waker_destroy(&waker), 0);
  CHECK_PLAYED();
}

TEST(waiting, failure_is_ready_for_what_was_asked_in_its_entry) {
  skt a = fake_connected(), b = fake_connected(), c = fake_connected();
  skt_polled e[] = {{&a, SKT_READ, 0}, {&b, SKT_WRITE, 0}, {&c, SKT_BOTH, 0}};
  PLAY({"wait", SKT__FAILED | SKT_READ << 8}, {"wait", SKT__FAILED << 16});
  CHECK_EQ(skt_poll(e, 3, -1, NULL), 1);
  CHECK_EQ(e[0].ready, SKT_READ);
  CHECK_EQ(e[1].ready, 0); /* the system told what nobody asked */
  CHECK_EQ(skt_poll(e, 3, -1, NULL), 1);
  CHECK_EQ(e[0].ready, 0);
  CHECK_EQ(e[2].ready, SKT_BOTH);
  CHECK_PLAYED();
}

TEST(waiting, direction_that_has_not_begun_has_not_ended) {
  skt connecting, datagram;
  skt_addr to;
  skt_addr_parse(&to, "127.0.0.1:7");
  skt__fill(&connecting, (skt__os_handle)42,
            SKT_IPV4 | SKT_STREAM | SKT_NONBLOCK);
  skt__fill(&datagram, (skt__os_handle)42, SKT_IPV4 | SKT_DATAGRAM);
  PLAY({"connect", SKT_EINPROGRESS}, {"wait", 0}, {"pass_us", 20000},
       {"wait", 0}, {"pass_us", 20000});
  CHECK_EQ(skt_connect(&connecting, &to), SKT_EINPROGRESS);
  CHECK_EQ(skt_wait(&connecting, SKT_BOTH, 20, NULL), 0);
  CHECK(fake_connecting);
  CHECK_EQ(skt_wait(&datagram, SKT_BOTH, 20, NULL), 0);
  CHECK(!fake_connecting);
  CHECK_PLAYED();
}

TEST(waiting, latched_error_is_ready_without_waiting) {
  skt s = fake_connected();
  PLAY({"read", SKT_ECONNRESET}, {"wait", 0}, {"wait", 0}, {"wait", 0});
  char byte;
  CHECK_EQ(skt_read(&s, &byte, 1), SKT_ECONNRESET);
  CHECK_EQ(skt_wait(&s, SKT_READ, -1, NULL), SKT_READ);
  CHECK_EQ(fake_timeout_ms, 0);
  CHECK_EQ(skt_wait(&s, SKT_BOTH, -1, NULL), SKT_READ);
  CHECK_EQ(skt_wait(&s, SKT_WRITE, 0, NULL), 0);
  CHECK_PLAYED();
  s = fake_connected();
  PLAY({"write", SKT_EPIPE}, {"wait", 0}, {"wait", 0});
  CHECK_EQ(skt_write(&s, &byte, 1), SKT_ECONNRESET);
  CHECK_EQ(skt_wait(&s, SKT_BOTH, -1, NULL), SKT_WRITE);
  CHECK_EQ(skt_wait(&s, SKT_READ, 0, NULL), 0);
  CHECK_PLAYED();
}

TEST(waiting, poller_goes_on_with_the_time_that_is_left) {
  CHECK(make_both());
  PLAY({"poller_wait", SKT__EINTR}, {"pass_us", 30400}, {"poller_wait", 0},
       {"pass_us", 20000}, {"poller_wait", 2});
  CHECK_EQ(skt_poller_wait(&poller, events, 4, 100), 2);
  CHECK_EQ(fake_timeout_ms, 50); /* 49.6, rounded up */
  CHECK_PLAYED();
  PLAY({"poller_wait", SKT__EINTR}, {"pass_us", 99999}, {"poller_wait", 0},
       {"pass_us", 1});
  CHECK_EQ(skt_poller_wait(&poller, events, 4, 100), 0);
  CHECK_PLAYED();
  PLAY({"poller_wait", SKT__EINTR}, {"pass_us", 100000});
  CHECK_EQ(skt_poller_wait(&poller, events, 4, 100), 0);
  CHECK_PLAYED();
  PLAY({"poller_wait", SKT__EINTR}, {"pass_us", 1000}, {"poller_wait", 1});
  CHECK_EQ(skt_poller_wait(&poller, events, 4, INT_MAX), 1);
  CHECK_EQ(fake_timeout_ms, INT_MAX - 1);
  CHECK_PLAYED();
}

TEST(waiting, poller_waits_for_ever_or_only_looks) {
  CHECK(make_both());
  PLAY({"poller_wait", 0}, {"poller_wait", SKT__EINTR}, {"poller_wait", 1});
  CHECK_EQ(skt_poller_wait(&poller, events, 4, -1), 1);
  CHECK_EQ(fake_timeout_ms, -1);
  PLAY({"poller_wait", SKT__EINTR}, {"poller_wait", 0});
  CHECK_EQ(skt_poller_wait(&poller, events, 4, 0), 0);
  CHECK_PLAYED();
}

TEST(waiting, poller_takes_absurd_capacities) {
  CHECK(make_both());
  PLAY({"poller_wait", 1});
  CHECK_EQ(skt_poller_wait(&poller, events, SIZE_MAX, 0), 1);
  CHECK_EQ(fake_n, SKT__EVENTS_MAX);
  CHECK_PLAYED();
}

TEST(waiting, failures_come_back_and_leave_the_poller_as_it_was) {
  skt s = fake_connected();
  skt_waker no_waker;
  skt_poller none;
  CHECK(make_both());
  PLAY({"start", SKT_ENETDOWN}, {"start", 0}, {"waker_create", SKT_EMFILE},
       {"start", SKT_ENETDOWN}, {"start", 0}, {"poller_create", SKT_EMFILE});
  CHECK_EQ(skt_waker_create(&no_waker), SKT_ENETDOWN);
  CHECK_EQ(skt_waker_create(&no_waker), SKT_EMFILE);
  CHECK_EQ(skt_wake(&no_waker), SKT_EBADF);
  CHECK_EQ(skt_poller_create(&none), SKT_ENETDOWN);
  CHECK_EQ(skt_poller_create(&none), SKT_EMFILE);
  CHECK_EQ(skt_poller_wake(&none), SKT_EBADF);
  CHECK_PLAYED();
  PLAY({"poller_add", SKT_ENOMEM}, {"poller_modify", SKT_ENOENT},
       {"poller_remove", SKT_ENOENT}, {"poller_wait", SKT_ENOMEM},
       {"poller_wait", 1}, {"poller_destroy", 0});
  CHECK_EQ(skt_poller_add(&poller, &s, SKT_READ, NULL), SKT_ENOMEM);
  CHECK_EQ(skt_poller_modify(&poller, &s, SKT_READ, NULL), SKT_ENOENT);
  CHECK_EQ(skt_poller_remove(&poller, &s), SKT_ENOENT);
  CHECK_EQ(skt_poller_wait(&poller, events, 1, -1), SKT_ENOMEM);
  CHECK_EQ(skt_poller_wait(&poller, events, 1, -1), 1); /* not SKT_EBUSY */
  CHECK_EQ(skt_poller_destroy(&poller), 0);
  CHECK_PLAYED();
}

TEST(cost, poller_wait_and_wake_are_one_call_each) {
  CHECK(make_both());
  PLAY({"poller_wake", 0}, {"poller_wait", 1}, {"poller_wait", 1});
  CHECK_EQ(skt_poller_wake(&poller), 0);
  CHECK_EQ(skt_poller_wait(&poller, events, 4, -1), 1);
  CHECK_EQ(skt_poller_wait(&poller, events, 4, 50), 1);
  CHECK_PLAYED();
}

/* SPDX-License-Identifier: MIT */
/* Sending files over the fake backend: which calls are made, with which bytes,
 * whatever the system answers. */
#include "fake_sys.h"
#include "skt_test.h"

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")
#define NEED_SENDFILE()                                                        \
  do {                                                                         \
    if (skt__system.sendfile_max == 0) {                                       \
      SKIP("this system has no sendfile");                                     \
    }                                                                          \
  } while (0)

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static skt nonblocking(void) {
  skt s;
  skt__fill(&s, (skt__os_handle)42,
            SKT_IPV4 | SKT_STREAM | SKT_CONNECTED | SKT_NONBLOCK);
  return s;
}

static skt limited(int limit_ms) {
  skt s = fake_connected();
  fake_limit_ms = limit_ms;
  skt__set_kind(&s, s.kind | SKT__LIMITED | SKT__WAS_LIMITED);
  return s;
}

TEST(file_seam, small_part_is_one_read_and_one_write) {
  skt s = fake_connected();
  uint64_t done;
  PLAY({"file_begin", 0}, {"file_read_at", 32768}, {"write", 32768},
       {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 7, 32768, &done), 0);
  CHECK_PLAYED();
  CHECK_EQ(done, 32768);
  CHECK_EQ(fake_offset, 7);
}

TEST(file_seam, large_part_is_one_call_of_the_system) {
  NEED_SENDFILE();
  skt s = fake_connected();
  uint64_t done;
  PLAY({"file_begin", 0}, {"hold_signal", 1}, {"send_file", 1000000},
       {"release_signal", 0}, {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 7, 1000000, &done), 0);
  CHECK_PLAYED();
  CHECK_EQ(done, 1000000);
  CHECK_EQ(fake_n, 1000000);
  CHECK_EQ(fake_offset, 7);
  CHECK_EQ(fake_held, 1);
  CHECK(!fake_raised);
}

TEST(file_seam, more_than_one_call_takes_goes_on_where_it_ended) {
  NEED_SENDFILE();
  const long long max = (long long)skt__system.sendfile_max;
  skt s = fake_connected();
  uint64_t done;
  PLAY({"file_begin", 0}, {"hold_signal", 0}, {"send_file", max},
       {"send_file", max - 1}, {"send_file", 1 + 5}, {"release_signal", 0},
       {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 0, (uint64_t)max * 2 + 5, &done), 0);
  CHECK_PLAYED();
  CHECK_EQ(done, (uint64_t)max * 2 + 5);
  CHECK_EQ(fake_n, 6);
  CHECK_EQ(fake_offset, max * 2 - 1);
  CHECK(!fake_raised); /* the last call took all */
}

/* An offset is never one that the system takes for negative. */
TEST(file_seam, offsets_end_at_the_largest_that_there_is) {
  NEED_SENDFILE();
  skt s = fake_connected();
  uint64_t done;
  PLAY({"file_begin", 0}, {"hold_signal", 0}, {"send_file", 40000},
       {"release_signal", 0}, {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, INT64_MAX - 40000, UINT64_MAX, &done), 0);
  CHECK_PLAYED();
  CHECK_EQ(fake_n, 40000);
  PLAY({"file_begin", 0}, {"hold_signal", 0}, {"release_signal", 0},
       {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, UINT64_MAX, 40000, &done), SKT_ENODATA);
  CHECK_PLAYED();
  PLAY({"file_begin", 0}, {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, INT64_MAX, 1, &done), SKT_ENODATA);
  CHECK_PLAYED();
}

/* The fault is found by reading and writing, and the count stays exact. */
TEST(file_seam, refused_part_is_read_and_written_from_where_it_is) {
  NEED_SENDFILE();
  skt s = fake_connected();
  uint64_t done;
  PLAY({"file_begin", 0}, {"hold_signal", 0}, {"send_file", 10000},
       {"send_file", SKT__REFUSED}, {"release_signal", 0},
       {"file_read_at", 32768}, {"write", 100}, {"write", 32668},
       {"file_read_at", 200}, {"write", 200}, {"file_read_at", 0},
       {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 50, 1000000, &done), SKT_ENODATA);
  CHECK_PLAYED();
  CHECK_EQ(done, 10000 + 32768 + 200);
  CHECK_EQ(fake_offset, 50 + 10000 + 32768 + 200);
}

static const char *first_part;

static void keep_part(void) { first_part = fake_buffer; }

TEST(file_seam, partial_write_goes_on_with_the_next_byte) {
  skt s = fake_connected();
  uint64_t done;
  fake_meanwhile = keep_part;
  PLAY({"file_begin", 0}, {"file_read_at", 300}, {"write", 100},
       {"meanwhile", 0}, {"write", 200}, {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 0, 300, &done), 0);
  CHECK_PLAYED();
  CHECK((const char *)fake_buffer == first_part + 100);
  CHECK_EQ(fake_n, 200);
}

/* What the file is guilty of ends no connection. */
TEST(file_seam, failing_file_is_reported_and_the_connection_goes_on) {
  static const int codes[] = {SKT_EIO,    SKT_EINVAL, SKT_EACCES,
                              SKT_EAGAIN, SKT_ENOMEM, SKT_ENOBUFS};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    skt s = fake_connected();
    uint64_t done;
    PLAY({"file_begin", 0}, {"file_read_at", 10}, {"write", 10},
         {"file_read_at", codes[i]}, {"file_end", 0}, {"write", 1});
    CHECK_EQ(skt_send_file(&s, 5, 0, 30, &done), codes[i]);
    CHECK_EQ(done, 10);
    CHECK_EQ(skt_write(&s, "x", 1), 1);
    CHECK_PLAYED();
  }
}

TEST(file_seam, file_that_is_none_reaches_nothing_else) {
  skt s = fake_connected();
  PLAY({"file_begin", SKT_EINVAL});
  CHECK_EQ(skt_send_file(&s, 5, 0, 30, NULL), SKT_EINVAL);
  CHECK_PLAYED();
  PLAY({"close", 0}); /* no call at all */
  CHECK_EQ(skt_send_file(&s, 5, 0, 0, NULL), 0);
  CHECK_EQ(skt_send_file(&s, -1, 0, 30, NULL), SKT_EINVAL);
  CHECK_STR(fake_trouble(), "close");
}

TEST(file_seam, signals_are_no_end) {
  NEED_SENDFILE();
  skt s = fake_connected();
  uint64_t done;
  PLAY({"file_begin", 0}, {"hold_signal", 0}, {"send_file", SKT__EINTR},
       {"send_file", 40000}, {"send_file", SKT__EINTR}, {"send_file", 60000},
       {"release_signal", 0}, {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 0, 100000, &done), 0);
  CHECK_PLAYED();
  CHECK_EQ(done, 100000);
  PLAY({"file_begin", 0}, {"file_read_at", SKT__EINTR}, {"file_read_at", 9},
       {"write", SKT__EINTR}, {"write", 9}, {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 0, 9, &done), 0);
  CHECK_PLAYED();
}

/* When it can have been raised is decided by the last call that says so. */
TEST(file_seam, signal_is_taken_only_if_it_can_have_been_raised) {
  NEED_SENDFILE();
  static const struct {
    long long first, second, rc;
    bool raised;
  } cases[] = {
      {40000, SKT_EAGAIN, SKT_EAGAIN, false},
      {40000, SKT_EPIPE, SKT_ECONNRESET, true},
      {40000, SKT_ECONNRESET, SKT_ECONNRESET, true},
      {40000, 0, SKT_ENODATA, true},
      {40000, SKT__EINTR, 0, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    skt s = nonblocking();
    uint64_t done;
    bool goes_on = cases[i].second == SKT__EINTR;
    fake_step steps[] = {{"file_begin", 0},
                         {"hold_signal", 0},
                         {"send_file", cases[i].first},
                         {"send_file", cases[i].second},
                         {goes_on ? "send_file" : "release_signal", 60000},
                         {goes_on ? "release_signal" : "file_end", 0},
                         {goes_on ? "file_end" : NULL, 0},
                         {NULL, 0}};
    fake_script(steps);
    CHECK_EQ(skt_send_file(&s, 5, 0, 100000, &done), cases[i].rc);
    CHECK_PLAYED();
    CHECK_EQ(done, goes_on ? 100000 : 40000);
    CHECK_EQ(fake_raised, cases[i].raised);
  }
}

TEST(file_seam, broken_connection_stays_broken) {
  skt s = fake_connected();
  uint64_t done;
  PLAY({"file_begin", 0}, {"file_read_at", 10}, {"write", SKT_EPIPE},
       {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 0, 10, &done), SKT_ECONNRESET);
  CHECK_EQ(done, 0);
  CHECK_EQ(skt_send_file(&s, 5, 0, 10, &done), SKT_ECONNRESET);
  CHECK_PLAYED();
}

TEST(file_seam, cancel_in_the_middle_is_the_result) {
  skt s = fake_connected();
  uint64_t done;
  fake_cancelled = &s;
  PLAY({"file_begin", 0}, {"file_read_at", 10}, {"write", 4},
       {"is_cancelled", 0}, {"write", SKT_EPIPE}, {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 0, 10, &done), SKT_ECANCELED);
  CHECK_PLAYED();
  CHECK_EQ(done, 4);
  s = fake_connected();
  PLAY({"file_begin", 0}, {"file_read_at", SKT__EINTR}, {"is_cancelled", 0},
       {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 0, 10, &done), SKT_ECANCELED);
  CHECK_PLAYED();
}

/* One limit for all parts; and each write comes after a wait, so that none
 * waits for longer. */
TEST(file_seam, limit_bounds_all_parts_together) {
  if (!skt__system.keeps_limits) {
    SKIP("this system keeps no limits");
  }
  skt s = limited(100);
  uint64_t done;
  fake_script((const fake_step[]){{"file_begin", 0},
                                  {"limit", 0},
                                  {"file_read_at", 32768},
                                  {"wait", SKT_WRITE},
                                  {"write_now", 32768},
                                  {"pass_us", 60000},
                                  {"file_read_at", 32768},
                                  {"wait", SKT_WRITE},
                                  {"write_now", 1000},
                                  {"pass_us", 40000},
                                  {"file_end", 0},
                                  {NULL, 0}});
  CHECK_EQ(skt_send_file(&s, 5, 0, 100000, &done), SKT_ETIMEDOUT);
  CHECK_PLAYED();
  CHECK_EQ(done, 33768);
  CHECK_EQ(fake_timeout_ms, 40);
}

TEST(file_seam, limit_of_the_other_direction_changes_nothing) {
  NEED_SENDFILE();
  skt s = limited(-1);
  PLAY({"file_begin", 0}, {"limit", 0}, {"hold_signal", 0},
       {"send_file", 50000}, {"release_signal", 0}, {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 0, 50000, NULL), 0);
  CHECK_PLAYED();
  CHECK_EQ(fake_direction, SKT_WRITE);
  PLAY({"file_begin", 0}, {"limit", 0}, {"file_read_at", 5}, {"write", 5},
       {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 0, 5, NULL), 0);
  CHECK_PLAYED();
}

TEST(file_seam, pipe_is_read_on_only_if_nothing_can_be_lost) {
  skt s = fake_connected(), n = nonblocking();
  uint64_t done;
  PLAY({"file_begin", 0}, {"file_read_at", SKT__NO_OFFSET}, {"file_read", 3},
       {"write", 3}, {"file_read", 4}, {"write", 4}, {"file_read", 0},
       {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 0, 10, &done), SKT_ENODATA);
  CHECK_PLAYED();
  CHECK_EQ(done, 7);
  PLAY({"file_begin", 0}, {"file_read_at", SKT__NO_OFFSET}, {"file_end", 0});
  CHECK_EQ(skt_send_file(&s, 5, 1, 10, &done), SKT_EINVAL);
  CHECK_PLAYED();
  PLAY({"file_begin", 0}, {"file_read_at", SKT__NO_OFFSET}, {"file_end", 0});
  CHECK_EQ(skt_send_file(&n, 5, 0, 10, &done), SKT_EOPNOTSUPP);
  CHECK_PLAYED();
}

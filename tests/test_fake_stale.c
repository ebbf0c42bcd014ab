/* SPDX-License-Identifier: MIT */
/* SKT_REPLACE_STALE and skt_peer_process over the fake backend. */
#include "fake_sys.h"
#include "skt_test.h"

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static int replace(void) {
  skt s;
  skt_addr at;
  skt__fill(&s, (skt__os_handle)42, SKT_UNIX | SKT_STREAM);
  (void)skt_addr_parse(&at, "unix:/x");
  return skt_bind(&s, &at, SKT_REPLACE_STALE);
}

TEST(stale_seam, lock_is_held_from_the_question_to_the_bind) {
  PLAY({"stale_lock", 0}, {"bind", SKT_EADDRINUSE}, {"stale_look", 1},
       {"socket", 0}, {"connect", SKT_ECONNREFUSED}, {"close", 0},
       {"stale_remove", 0}, {"bind", 0}, {"stale_unlock", 0});
  CHECK_EQ(replace(), 0);
  CHECK_PLAYED();
  CHECK_STR(fake_option_text, "/x");
  CHECK_EQ(fake_n, 77);
  CHECK_EQ(fake_type,
           skt__system.probes_by_datagram ? SKT_DATAGRAM : SKT_STREAM);
}

TEST(stale_seam, free_path_is_bound_without_a_question) {
  PLAY({"stale_lock", 0}, {"bind", 0}, {"stale_unlock", 0});
  CHECK_EQ(replace(), 0);
  CHECK_PLAYED();
  PLAY({"stale_lock", 0}, {"bind", SKT_EACCES}, {"stale_unlock", 0});
  CHECK_EQ(replace(), SKT_EACCES);
  CHECK_PLAYED();
}

TEST(stale_seam, who_has_no_lock_does_nothing) {
  static const int codes[] = {SKT_EADDRINUSE, SKT_EACCES, SKT_ENOENT,
                              SKT_EOPNOTSUPP, SKT_EMFILE, SKT_ENFILE};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    PLAY({"stale_lock", codes[i]});
    CHECK_EQ(replace(), codes[i]);
    CHECK_PLAYED();
  }
}

/* Only two answers mean that there is no socket: what may not be asked may be
 * alive. */
TEST(stale_seam, whatever_else_is_answered_is_alive) {
  static const int codes[] = {0,          SKT_EPROTONOSUPPORT, SKT_EACCES,
                              SKT_EAGAIN, SKT_EINPROGRESS,     SKT_EISCONN,
                              SKT_EINVAL, SKT_EUNKNOWN,        SKT_EHOSTDOWN};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    PLAY({"stale_lock", 0}, {"bind", SKT_EADDRINUSE}, {"stale_look", 1},
         {"socket", 0}, {"connect", codes[i]}, {"close", 0},
         {"stale_unlock", 0});
    CHECK_EQ(replace(), SKT_EADDRINUSE);
    CHECK_PLAYED();
  }
}

TEST(stale_seam, what_is_no_socket_is_not_asked) {
  PLAY({"stale_lock", 0}, {"bind", SKT_EADDRINUSE}, {"stale_look", 0},
       {"stale_unlock", 0});
  CHECK_EQ(replace(), SKT_EADDRINUSE);
  CHECK_PLAYED();
  PLAY({"stale_lock", 0}, {"bind", SKT_EADDRINUSE}, {"stale_look", SKT_EACCES},
       {"stale_unlock", 0});
  CHECK_EQ(replace(), SKT_EACCES);
  CHECK_PLAYED();
}

TEST(stale_seam, file_that_went_meanwhile_is_no_failure) {
  PLAY({"stale_lock", 0}, {"bind", SKT_EADDRINUSE}, {"stale_look", SKT_ENOENT},
       {"bind", 0}, {"stale_unlock", 0});
  CHECK_EQ(replace(), 0);
  CHECK_PLAYED();
  PLAY({"stale_lock", 0}, {"bind", SKT_EADDRINUSE}, {"stale_look", 1},
       {"socket", 0}, {"connect", SKT_ENOENT}, {"close", 0},
       {"stale_remove", SKT_ENOENT}, {"bind", SKT_EADDRINUSE},
       {"stale_unlock", 0});
  CHECK_EQ(replace(), SKT_EADDRINUSE); /* and another one came */
  CHECK_PLAYED();
}

TEST(stale_seam, failure_on_the_way_gives_the_lock_back) {
  PLAY({"stale_lock", 0}, {"bind", SKT_EADDRINUSE}, {"stale_look", 1},
       {"socket", SKT_EMFILE}, {"stale_unlock", 0});
  CHECK_EQ(replace(), SKT_EMFILE);
  CHECK_PLAYED();
  PLAY({"stale_lock", 0}, {"bind", SKT_EADDRINUSE}, {"stale_look", 1},
       {"socket", 0}, {"connect", SKT_ENOMEM}, {"close", 0},
       {"stale_unlock", 0});
  CHECK_EQ(replace(), SKT_ENOMEM);
  CHECK_PLAYED();
  PLAY({"stale_lock", 0}, {"bind", SKT_EADDRINUSE}, {"stale_look", 1},
       {"socket", 0}, {"connect", SKT__EINTR}, {"connect", SKT_ECONNREFUSED},
       {"close", 0}, {"stale_remove", SKT_EACCES}, {"stale_unlock", 0});
  CHECK_EQ(replace(), SKT_EACCES);
  CHECK_PLAYED();
}

/* What the systems answer, and what skt makes of it. */
TEST(stale_seam, process_that_is_not_known_is_no_process) {
  static const int codes[][2] = {{0, SKT_EOPNOTSUPP},
                                 {SKT_EINVAL, SKT_EOPNOTSUPP},
                                 {SKT_ENOPROTOOPT, SKT_EOPNOTSUPP},
                                 {SKT_EOPNOTSUPP, SKT_EOPNOTSUPP},
                                 {SKT_ENOTCONN, SKT_ENOTCONN},
                                 {SKT_ECONNRESET, SKT_ENOTCONN},
                                 {SKT_ENOBUFS, SKT_ENOBUFS},
                                 {SKT_ENOMEM, SKT_ENOMEM}};
  skt s;
  skt__fill(&s, (skt__os_handle)42, SKT_UNIX | SKT_STREAM | SKT_CONNECTED);
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    skt_process who;
    fake_who = (skt_process){0, -1, -1, -1};
    PLAY({"peer_process", codes[i][0]});
    CHECK_EQ(skt_peer_process(&s, &who), codes[i][1]);
    CHECK_PLAYED();
    CHECK_EQ(who.known, 0);
    CHECK_EQ(who.pid, -1);
  }
}

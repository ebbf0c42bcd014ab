/* SPDX-License-Identifier: MIT */
/* What a handle brings with it that other code made; and what it takes along.
 */
#include "fake_sys.h"
#include "skt_test.h"

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static char bytes[64];

enum { TCP = SKT_IPV4 | SKT_STREAM };

static skt_addr somewhere(void) {
  skt_addr a;
  skt_addr_parse(&a, "192.0.2.1:7");
  return a;
}

static void script_adoption(void) {
  static const fake_step kept[] = {{"start", 0},     {"kind", TCP},
                                   {"listens", 0},   {"peer", 0},
                                   {"no_linger", 0}, {"set_blocking", 0},
                                   {"limit", 0},     {"limit", 0},
                                   {"adopt", 0},     {NULL, 0}};
  static const fake_step enforced[] = {
      {"start", 0},        {"kind", TCP},       {"listens", 0}, {"peer", 0},
      {"no_linger", 0},    {"set_blocking", 0}, {"limit", 0},   {"limit", 0},
      {"set_blocking", 0}, {"adopt", 0},        {NULL, 0}};
  fake_script(skt__system.keeps_limits ? kept : enforced);
}

TEST(adopted, limit_of_other_code_is_in_force) {
  skt s;
  int limit_ms = 0;
  fake_limit_ms = 50;
  script_adoption();
  CHECK_EQ(skt_adopt(&s, 5, 0), 0);
  CHECK_EQ(fake_blocking, skt__system.keeps_limits);
  CHECK_PLAYED();
  PLAY({"limit", 0});
  CHECK_EQ(skt_limit(&s, SKT_READ, &limit_ms), 0);
  CHECK_EQ(limit_ms, 50);
  CHECK_PLAYED();
  static const fake_step kept[] = {
      {"read", SKT_EAGAIN}, {"is_blocking", 1}, {NULL, 0}};
  static const fake_step enforced[] = {{"read", SKT_EAGAIN},
                                       {"limit", 0},
                                       {"wait", 0},
                                       {"pass_us", 50000},
                                       {NULL, 0}};
  fake_script(skt__system.keeps_limits ? kept : enforced);
  CHECK_EQ(skt_read(&s, bytes, 1), SKT_ETIMEDOUT);
  CHECK_PLAYED();
}

TEST(adopted, released_socket_has_the_mode_that_it_seemed_to_have) {
  skt s;
  fake_limit_ms = 50;
  script_adoption();
  CHECK_EQ(skt_adopt(&s, 5, 0), 0);
  static const fake_step nothing[] = {{NULL, 0}};
  static const fake_step restores[] = {{"set_blocking", 0}, {NULL, 0}};
  fake_script(skt__system.keeps_limits ? nothing : restores);
  CHECK_EQ(skt_release(&s), 5);
  CHECK(fake_blocking);
  CHECK_PLAYED();
}

TEST(adopted, connecting_socket_is_recognised_or_stated) {
  skt s;
  PLAY({"start", 0}, {"kind", TCP}, {"listens", 0}, {"peer", SKT_ENOTCONN},
       {"connects", 1}, {"no_linger", 0}, {"set_blocking", 0}, {"limit", 0},
       {"limit", 0}, {"adopt", 0}, {"wait", 0}, {"wait", SKT_WRITE},
       {"pending_error", 0});
  fake_limit_ms = -1;
  CHECK_EQ(skt_adopt(&s, 5, SKT_NONBLOCK), 0);
  CHECK_EQ(skt_connect_finish(&s), SKT_EINPROGRESS);
  CHECK_EQ(skt_connect_finish(&s), 0);
  CHECK_PLAYED();
  PLAY({"start", 0}, {"adopt", 0}, {"wait", 0}, {"wait", SKT__FAILED},
       {"pending_error", SKT_ECONNREFUSED});
  CHECK_EQ(skt_adopt(&s, 5, TCP | SKT_CONNECTING | SKT_NONBLOCK), 0);
  CHECK_EQ(skt_wait(&s, SKT_WRITE, 0, NULL), 0);
  CHECK(fake_connecting);
  CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
  CHECK_PLAYED();
  CHECK_EQ(skt_adopt(&s, 5, SKT_UNIX | SKT_STREAM | SKT_CONNECTING),
           SKT_EINVAL);
  CHECK_EQ(skt_adopt(&s, 5, SKT_IPV4 | SKT_DATAGRAM | SKT_CONNECTING),
           SKT_EINVAL);
}

TEST(adopted, lost_connection_is_read_to_its_end) {
  skt s;
  fake_limit_ms = -1;
  for (int i = 0; i < 3; ++i) {
    static const int errors[] = {0, SKT_ECONNRESET, SKT_EHOSTDOWN};
    int error = errors[i];
    PLAY({"start", 0}, {"kind", TCP}, {"listens", 0}, {"peer", SKT_ENOTCONN},
         {"connects", 0}, {"local", SKT_EINVAL}, {"wait", SKT_READ},
         {"pending_error", error}, {"no_linger", 0}, {"set_blocking", 0},
         {"limit", 0}, {"limit", 0}, {"adopt", 0}, {"read", 2}, {"read", 0});
    CHECK_EQ(skt_adopt(&s, 5, 0), 0);
    if (i == 2) { /* it never was one */
      CHECK_EQ(skt_connect_finish(&s), error);
      CHECK_STR(fake_trouble(), "read");
      return;
    }
    CHECK_EQ(skt_read(&s, bytes, 4), 2);
    CHECK_EQ(skt_read(&s, bytes, 4), error);
    CHECK_PLAYED();
  }
}

/* Where the system does not say that a socket connects, its connect does. */
TEST(adopted, connect_that_other_code_began_goes_on) {
  skt s;
  skt_addr to = somewhere();
  skt__fill(&s, (skt__os_handle)42, TCP | SKT_NONBLOCK);
  PLAY({"connect", SKT_EALREADY}, {"wait", SKT_WRITE}, {"pending_error", 0});
  CHECK_EQ(skt_connect(&s, &to), SKT_EINPROGRESS);
  CHECK_EQ(skt_connect_finish(&s), 0);
  CHECK_PLAYED();
  skt__fill(&s, (skt__os_handle)42, TCP);
  PLAY({"connect", SKT_EISCONN}, {"write", 1});
  CHECK_EQ(skt_connect(&s, &to), SKT_EISCONN);
  CHECK_EQ(skt_write(&s, bytes, 1), 1);
  CHECK_PLAYED();
}

/* macOS: SIGPIPE cannot be switched off any more. */
TEST(adopted, dead_connection_is_never_written_to) {
  skt s;
  PLAY({"start", 0}, {"adopt", SKT_ECONNRESET}, {"read", 2}, {"read", 0});
  CHECK_EQ(skt_adopt(&s, 5, TCP | SKT_CONNECTED), 0);
  CHECK_EQ(skt_write(&s, bytes, 1), SKT_ECONNRESET);
  CHECK_EQ(skt_read(&s, bytes, 4), 2);
  CHECK_EQ(skt_read(&s, bytes, 4), SKT_ECONNRESET);
  CHECK_PLAYED();
}

TEST(accepted, limit_that_the_listener_once_had_is_cleared) {
  skt s, out;
  skt__fill(&s, (skt__os_handle)42, TCP | SKT_LISTENING);
  fake_limit_ms = -1;
  static const fake_step kept[] = {
      {"set_limit", 0}, {"set_limit", 0}, {"limit", 0}, {"accept", 0},
      {"set_limit", 0}, {"set_limit", 0}, {NULL, 0}};
  static const fake_step enforced[] = {
      {"set_limit", 0}, {"set_blocking", 0}, {"set_limit", 0},
      {"limit", 0},     {"set_blocking", 0}, {"accept", 0},
      {"set_limit", 0}, {"set_limit", 0},    {NULL, 0}};
  fake_script(skt__system.keeps_limits ? kept : enforced);
  CHECK_EQ(skt_set_limit(&s, SKT_READ, 50), 0);
  fake_limit_ms = -1;
  CHECK_EQ(skt_set_limit(&s, SKT_READ, -1), 0);
  CHECK_EQ(skt_accept(&s, &out, NULL, 0), 0);
  CHECK_PLAYED();
}

/* It can have the mode that skt_cancel gave the listener. */
TEST(accepted, connection_that_comes_after_a_cancel_is_closed) {
  skt s, out;
  skt_addr peer;
  skt__fill(&s, (skt__os_handle)42, TCP | SKT_LISTENING);
  fake_cancelled = &s;
  PLAY({"accept", 0}, {"is_cancelled", 0}, {"close", 0});
  CHECK_EQ(skt_accept(&s, &out, &peer, 0), SKT_ECANCELED);
  CHECK_EQ(skt_close(&out), SKT_EBADF);
  CHECK_PLAYED();
}

/* Other threads may read the kind at the same time. */
TEST(kinds, first_receive_changes_no_kind) {
  skt s;
  skt_addr at;
  skt__fill(&s, (skt__os_handle)42, SKT_IPV4 | SKT_DATAGRAM);
  uint16_t kind = s.kind;
  skt_addr_parse(&at, "127.0.0.1:0");
  PLAY({"bind", 0}, {"receive", 1}, {"receive", 1});
  CHECK_EQ(skt_receive_from(&s, bytes, 1, NULL, NULL), 1);
  CHECK_EQ(s.kind, kind);
  CHECK_EQ(skt_receive_from(&s, bytes, 1, NULL, NULL), 1);
  CHECK_EQ(skt_bind(&s, &at, 0), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_V6ONLY, 0), SKT_EINVAL);
  CHECK_PLAYED();
}

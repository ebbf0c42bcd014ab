/* SPDX-License-Identifier: MIT */
/* Which process is at the other end of a unix socket. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

#define NEED_UNIX()                                                            \
  do {                                                                         \
    if (skt_supports(SKT_UNIX, SKT_STREAM, 0) == 0) {                          \
      SKIP("this system has no unix sockets (Wine)");                          \
    }                                                                          \
  } while (0)

static bool is_unknown(const skt_process *who) {
  return who->known == 0 && who->pid == -1 && who->uid == -1 && who->gid == -1;
}

static int ask(const skt *s, skt_process *who) {
  memset(who, 0x5a, sizeof *who);
  return skt_peer_process(s, who);
}

static int serve(skt *s, const char *name, skt_addr *at) {
  char text[100];
  snprintf(text, sizeof text, "unix:%s", name);
  remove(name);
  int rc = skt_addr_parse(at, text);
  rc = rc == 0 ? skt_socket(s, SKT_UNIX, SKT_STREAM, 0) : rc;
  rc = rc == 0 ? skt_bind(s, at, 0) : rc;
  return rc == 0 ? skt_listen(s, 0) : rc;
}

/* What is known is right, and what is not is -1. */
static bool is(const skt_process *who, int64_t pid, int64_t uid, int64_t gid) {
  bool has_pid = (who->known & SKT_PROCESS_PID) != 0;
  bool has_uid = (who->known & SKT_PROCESS_UID) != 0;
  bool has_gid = (who->known & SKT_PROCESS_GID) != 0;
  return who->known != 0 && who->pid == (has_pid ? pid : -1) &&
         who->uid == (has_uid ? uid : -1) && who->gid == (has_gid ? gid : -1);
}

TEST(peer_process, both_ends_know_each_other) {
  NEED_UNIX();
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at;
  skt_process who;
  CHECK_EQ(serve(&listener, "skt_peer_both", &at), 0);
  CHECK_EQ(ask(&listener, &who), SKT_ENOTCONN);
  CHECK(is_unknown(&who));
  CHECK_EQ(skt_socket(&client, SKT_UNIX, SKT_STREAM, 0), 0);
  CHECK_EQ(ask(&client, &who), SKT_ENOTCONN);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  int64_t uid = test_user_id(), gid = test_group_id();
  CHECK_EQ(ask(&client, &who), 0);
  CHECK(is(&who, test_process_id(), uid, gid));
  CHECK_EQ(ask(&server, &who), 0);
  CHECK(is(&who, test_process_id(), uid, gid));
  skt_close(&client);
  skt_close(&server);
  skt_close(&listener);
  remove("skt_peer_both");
}

typedef struct visit {
  skt_addr at;
} visit;

static int connect_and_go(const void *argument) {
  const visit *v = argument;
  skt s = {0};
  return skt_socket(&s, SKT_UNIX, SKT_STREAM, 0) == 0 &&
                 skt_connect(&s, &v->at) == 0 && skt_write(&s, "x", 1) == 1
             ? (int)(test_process_id() % 100)
             : 100;
}

/* Another process, of another user, which is no more. */
TEST(peer_process, peer_is_named_as_it_connected) {
  NEED_UNIX();
  skt listener = {0}, server = {0};
  visit v;
  skt_process who;
  int result = 0;
  CHECK_EQ(serve(&listener, "/tmp/skt_peer_other", &v.at), 0);
  (void)test_chmod("/tmp/skt_peer_other", 0666);
  bool ran = test_as_other_user(connect_and_go, &v, &result);
  remove("/tmp/skt_peer_other");
  if (!ran) {
    skt_close(&listener);
    SKIP("this process cannot become another user");
  }
  CHECK(result < 100);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  CHECK_EQ(ask(&server, &who), 0);
  CHECK((who.known & SKT_PROCESS_UID) != 0 && who.uid == 65534);
  CHECK((who.known & SKT_PROCESS_PID) == 0 ||
        (who.pid != test_process_id() && who.pid % 100 == result));
  skt_close(&server);
  skt_close(&listener);
}

TEST(peer_process, other_kinds_of_sockets_are_refused) {
  skt a = {0}, b = {0};
  skt_process who;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(ask(&a, &who), SKT_EOPNOTSUPP);
  CHECK(is_unknown(&who));
  CHECK_EQ(skt_peer_process(&a, NULL), SKT_EFAULT);
  skt_close(&a);
  CHECK_EQ(ask(&a, &who), SKT_EBADF);
  CHECK(is_unknown(&who));
  skt_close(&b);
}

/* Linux knows nothing of it, and its own answer would be process 0. */
TEST(peer_process, datagram_socket_has_a_process_or_none) {
  skt a = {0}, b = {0};
  skt_addr at;
  skt_process who;
  if (skt_supports(SKT_UNIX, SKT_DATAGRAM, 0) != 1) {
    SKIP("this system has no such unix sockets (Windows, Wine)");
  }
  remove("skt_peer_datagram");
  CHECK_EQ(skt_addr_parse(&at, "unix:skt_peer_datagram"), 0);
  CHECK_EQ(skt_socket(&a, SKT_UNIX, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&a, &at, 0), 0);
  CHECK_EQ(skt_socket(&b, SKT_UNIX, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(ask(&b, &who), SKT_ENOTCONN);
  CHECK_EQ(skt_connect(&b, &at), 0);
  int rc = ask(&b, &who);
  CHECK(rc == 0 ? is(&who, test_process_id(), test_user_id(), test_group_id())
                : rc == SKT_EOPNOTSUPP && is_unknown(&who));
  skt_close(&a);
  skt_close(&b);
  remove("skt_peer_datagram");
}

/* SPDX-License-Identifier: MIT */
/* SKT_REPLACE_STALE, and who may connect to a path. Files are made in the
 * current folder, each test its own. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

#define NEED_UNIX(type)                                                        \
  do {                                                                         \
    if (skt_supports(SKT_UNIX, (type), 0) == 0) {                              \
      SKIP("this system has no such unix sockets (Wine: none at all)");        \
    }                                                                          \
  } while (0)

/* What only a datagram can ask. */
#define NEED_DATAGRAMS() NEED_UNIX(SKT_DATAGRAM)

static skt_addr path(const char *name) {
  skt_addr a;
  char text[100], lock[100];
  snprintf(text, sizeof text, "unix:%s", name);
  snprintf(lock, sizeof lock, "%s.lock", name);
  skt_addr_parse(&a, text);
  remove(name);
  remove(lock);
  return a;
}

static int replace(skt *s, int type, const skt_addr *at) {
  int rc = skt_socket(s, SKT_UNIX, type, 0);
  rc = rc == 0 ? skt_bind(s, at, SKT_REPLACE_STALE) : rc;
  if (rc < 0) {
    skt_close(s);
  }
  return rc;
}

static int connect_to(skt *s, const skt_addr *at) {
  int rc = skt_socket(s, SKT_UNIX, SKT_STREAM, 0);
  rc = rc == 0 ? skt_connect(s, at) : rc;
  if (rc < 0) {
    skt_close(s);
  }
  return rc;
}

static void clean(const char *name) {
  char lock[100];
  snprintf(lock, sizeof lock, "%s.lock", name);
  remove(name);
  remove(lock);
}

TEST(stale, path_whose_socket_is_gone_is_taken_over) {
  NEED_UNIX(SKT_STREAM);
  skt s = {0}, client = {0};
  skt_addr at = path("skt_stale_gone");
  for (int i = 0; i < 3; ++i) { /* of the first there is no file */
    CHECK_EQ(replace(&s, SKT_STREAM, &at), 0);
    CHECK_EQ(skt_listen(&s, 0), 0);
    CHECK_EQ(connect_to(&client, &at), 0);
    skt_close(&client);
    CHECK_EQ(skt_close(&s), 0);
  }
  CHECK_EQ(skt_socket(&s, SKT_UNIX, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&s, &at, 0), SKT_EADDRINUSE); /* not without the flag */
  skt_close(&s);
  clean("skt_stale_gone");
}

TEST(stale, path_whose_socket_listens_is_in_use) {
  NEED_UNIX(SKT_STREAM);
  skt s = {0}, other = {0}, client = {0};
  skt_addr at = path("skt_stale_alive");
  CHECK_EQ(replace(&s, SKT_STREAM, &at), 0);
  CHECK_EQ(skt_listen(&s, 1), 0);
  for (int i = 0; i < 5; ++i) {
    CHECK_EQ(replace(&other, SKT_STREAM, &at), SKT_EADDRINUSE);
  }
  CHECK_EQ(connect_to(&client, &at), 0);
  skt_close(&client);
  skt_close(&s);
  clean("skt_stale_alive");
}

/* To a stream's connect it looks like one that is gone. And the owner does not
 * notice the question. */
TEST(stale, path_whose_socket_is_only_bound_is_in_use) {
  NEED_DATAGRAMS();
  static const int types[] = {SKT_STREAM, SKT_DATAGRAM, SKT_SEQPACKET};
  skt s = {0}, other = {0};
  skt_addr at = path("skt_stale_bound");
  for (int i = 0; i < 9; ++i) {
    if (skt_supports(SKT_UNIX, types[i / 3], 0) != 1 ||
        skt_supports(SKT_UNIX, types[i % 3], 0) != 1) {
      continue;
    }
    CHECK_EQ(replace(&s, types[i / 3], &at), 0);
    CHECK_EQ(replace(&other, types[i % 3], &at), SKT_EADDRINUSE);
    if (types[i / 3] != SKT_DATAGRAM) {
      CHECK_EQ(skt_listen(&s, 0), 0);
    }
    CHECK_EQ(replace(&other, types[i % 3], &at), SKT_EADDRINUSE);
    CHECK_EQ(skt_wait(&s, SKT_READ, 0, NULL), 0);
    skt_close(&s);
    CHECK_EQ(replace(&other, types[i % 3], &at), 0);
    skt_close(&other);
  }
  clean("skt_stale_bound");
}

TEST(stale, full_queue_is_alive) {
  NEED_DATAGRAMS();
  skt s = {0}, other = {0}, clients[8] = {{0}};
  skt_addr at = path("skt_stale_full");
  CHECK_EQ(replace(&s, SKT_STREAM, &at), 0);
  CHECK_EQ(skt_listen(&s, 1), 0);
  for (int i = 0; i < 8; ++i) {
    CHECK_EQ(skt_socket(&clients[i], SKT_UNIX, SKT_STREAM | SKT_NONBLOCK, 0),
             0);
    (void)skt_connect(&clients[i], &at);
  }
  CHECK_EQ(replace(&other, SKT_STREAM, &at), SKT_EADDRINUSE);
  for (int i = 0; i < 8; ++i) {
    skt_close(&clients[i]);
  }
  skt_close(&s);
  clean("skt_stale_full");
}

TEST(stale, what_is_no_socket_is_never_removed) {
  NEED_UNIX(SKT_STREAM);
  skt s = {0}, gone = {0};
  skt_addr at = path("skt_stale_file");
  FILE *f = fopen("skt_stale_file", "w");
  CHECK(f != NULL && fputs("kept", f) >= 0 && fclose(f) == 0);
  CHECK_EQ(replace(&s, SKT_STREAM, &at), SKT_EADDRINUSE);
  f = fopen("skt_stale_file", "r");
  CHECK(f != NULL && getc(f) == 'k' && fclose(f) == 0);
  clean("skt_stale_file");
  skt_addr to = path("skt_stale_target");
  CHECK_EQ(replace(&gone, SKT_STREAM, &to), 0);
  skt_close(&gone);
  if (test_link("skt_stale_target", "skt_stale_file")) {
    CHECK_EQ(replace(&s, SKT_STREAM, &at), SKT_EADDRINUSE);
    CHECK_EQ(remove("skt_stale_target"), 0); /* and now it leads nowhere */
    CHECK_EQ(replace(&s, SKT_STREAM, &at), SKT_EADDRINUSE);
    CHECK_EQ(remove("skt_stale_file"), 0);
  }
  clean("skt_stale_file");
  clean("skt_stale_target");
}

TEST(stale, missing_folder_or_a_lock_that_is_none_is_reported) {
  NEED_UNIX(SKT_STREAM);
  skt s = {0};
  skt_addr at = path("skt_stale_nowhere/x");
  CHECK_EQ(replace(&s, SKT_STREAM, &at), SKT_ENOENT);
  at = path("skt_stale_link");
  remove("skt_stale_victim");
  if (test_link("skt_stale_victim", "skt_stale_link.lock")) {
    CHECK_EQ(replace(&s, SKT_STREAM, &at), SKT_EACCES);
    FILE *f = fopen("skt_stale_victim", "r"); /* was not made through it */
    CHECK(f == NULL);
  }
  clean("skt_stale_link");
}

/* Another starter is between its question and its bind. */
TEST(stale, who_finds_the_path_locked_does_not_wait) {
  NEED_UNIX(SKT_STREAM);
  skt s = {0};
  skt_addr at = path("skt_stale_locked");
  uintptr_t before = highest_of_eight();
  for (int i = 0; i < 10; ++i) {
    CHECK_EQ(replace(&s, SKT_STREAM, &at), 0);
    skt_close(&s);
    intptr_t lock = test_lock_file("skt_stale_locked.lock");
    CHECK(lock != -1);
    CHECK_EQ(replace(&s, SKT_STREAM, &at), SKT_EADDRINUSE);
    test_close_file(lock);
  }
  CHECK_EQ(replace(&s, SKT_STREAM, &at), 0);
  skt_close(&s);
  CHECK(highest_of_eight() <= before); /* no descriptor stayed open */
  clean("skt_stale_locked");
}

TEST(stale, abstract_name_needs_no_lock_and_ip_has_no_path) {
  skt s = {0}, other = {0};
  skt_addr at = loopback(SKT_IPV4);
  remove(".lock");
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&s, &at, SKT_REPLACE_STALE), SKT_EINVAL);
  skt_close(&s);
  if (skt_addr_parse(&at, "unix:@skt_stale_abstract") < 0) {
    SKIP("this system has no abstract names");
  }
  CHECK_EQ(replace(&s, SKT_STREAM, &at), 0);
  CHECK_EQ(replace(&other, SKT_STREAM, &at), SKT_EADDRINUSE);
  skt_close(&s);
  CHECK_EQ(replace(&s, SKT_STREAM, &at), 0);
  CHECK_EQ(skt_bind(&s, &at, SKT_REPLACE_STALE), SKT_EINVAL); /* bound */
  skt_close(&s);
  CHECK(remove(".lock") != 0);
}

TEST(stale, process_without_a_descriptor_left_reports_emfile) {
  NEED_DATAGRAMS();
  skt s = {0};
  skt_addr at = path("skt_stale_emfile");
  CHECK_EQ(skt_socket(&s, SKT_UNIX, SKT_STREAM, 0), 0);
  if (!test_allow_descriptors((int)skt_native(&s) + 1)) {
    skt_close(&s);
    SKIP("this system has no such limit");
  }
  int without = skt_bind(&s, &at, SKT_REPLACE_STALE);
  test_allow_descriptors(-1);
  CHECK_EQ(skt_bind(&s, &at, SKT_REPLACE_STALE), 0);
  skt_close(&s);
  CHECK_EQ(skt_socket(&s, SKT_UNIX, SKT_STREAM, 0), 0);
  CHECK(test_allow_descriptors((int)skt_native(&s) + 2));
  int with_lock_alone = skt_bind(&s, &at, SKT_REPLACE_STALE);
  test_allow_descriptors(-1);
  skt_close(&s);
  clean("skt_stale_emfile");
  CHECK_EQ(without, SKT_EMFILE);
  CHECK_EQ(with_lock_alone, SKT_EMFILE);
}

static int replace_as_other(const void *at) {
  skt s = {0};
  int rc = replace(&s, SKT_STREAM, at);
  skt_close(&s);
  return rc == SKT_EACCES ? 1 : 0;
}

TEST(stale, other_user_cannot_take_the_lock) {
  NEED_DATAGRAMS();
  skt s = {0};
  int result = 0;
  skt_addr at = path("/tmp/skt_stale_user");
  CHECK_EQ(replace(&s, SKT_STREAM, &at), 0);
  skt_close(&s);
  bool ran = test_as_other_user(replace_as_other, &at, &result);
  clean("/tmp/skt_stale_user");
  if (!ran) {
    SKIP("this process cannot become another user");
  }
  CHECK_EQ(result, 1);
}

/* Starters that begin at the same moment, as threads. ci/run/files.sh has
 * processes. */
enum { STARTERS = 50, ROUNDS = 8 };

typedef struct starter {
  skt s;
  const skt_addr *at;
  skt *gate; /* its peer closes when all may go */
  int rc;
  bool listens;
} starter;

static void start(void *argument) {
  starter *me = argument;
  skt_wait(me->gate, SKT_READ, -1, NULL);
  me->rc = replace(&me->s, SKT_STREAM, me->at);
  if (me->rc == 0 && me->listens) {
    skt_listen(&me->s, 0);
  }
}

/* How many of them got the path. */
static int winners(const skt_addr *at, bool listens) {
  static starter all[STARTERS];
  test_thread *threads[STARTERS];
  skt gate = {0}, other = {0};
  int won = 0;
  if (!connect_pair(SKT_IPV4, &gate, &other)) {
    return -1;
  }
  for (int i = 0; i < STARTERS; ++i) {
    all[i] = (starter){.at = at, .gate = &gate, .listens = listens};
    threads[i] = test_start(start, &all[i]);
  }
  skt_close(&other);
  for (int i = 0; i < STARTERS; ++i) {
    test_join(threads[i]);
    won += all[i].rc == 0 ? 1 : 0;
    won += all[i].rc < 0 && all[i].rc != SKT_EADDRINUSE ? 1000 : 0;
  }
  for (int i = 0; i < STARTERS; ++i) { /* the file stays, for the next round */
    skt_close(&all[i].s);
  }
  skt_close(&gate);
  return won;
}

TEST(stale, of_many_starters_one_gets_the_path) {
  NEED_DATAGRAMS();
  skt_addr at = path("skt_stale_race");
  for (int i = 0; i < ROUNDS; ++i) {
    CHECK_EQ(winners(&at, i % 2 == 0), 1);
  }
  clean("skt_stale_race");
}

static int connect_as_other(const void *at) {
  skt s = {0};
  int rc = connect_to(&s, at);
  skt_close(&s);
  switch (rc) {
  case 0:
    return 1;
  case SKT_EACCES:
    return 2;
  default:
    return rc == SKT_ECONNREFUSED ? 3 : 4;
  }
}

TEST(stale, permissions_are_set_before_anybody_can_connect) {
  NEED_DATAGRAMS();
  skt s = {0}, client = {0};
  int bound = 0, closed = 0, open = 0;
  skt_addr at = path("/tmp/skt_stale_mode");
  int mask = test_umask(0);
  CHECK_EQ(replace(&s, SKT_STREAM, &at), 0);
  test_umask(mask);
  CHECK_EQ(connect_to(&client, &at), SKT_ECONNREFUSED);
  bool ran = test_as_other_user(connect_as_other, &at, &bound);
  CHECK(test_chmod("/tmp/skt_stale_mode", 0600));
  CHECK_EQ(skt_listen(&s, 0), 0);
  ran = ran && test_as_other_user(connect_as_other, &at, &closed);
  CHECK_EQ(connect_to(&client, &at), 0);
  CHECK(test_chmod("/tmp/skt_stale_mode", 0666));
  ran = ran && test_as_other_user(connect_as_other, &at, &open);
  skt_close(&client);
  skt_close(&s);
  clean("/tmp/skt_stale_mode");
  if (!ran) {
    SKIP("this process cannot become another user");
  }
  CHECK_EQ(bound, 3);
  CHECK_EQ(closed, 2);
  CHECK_EQ(open, 1);
}

/* SPDX-License-Identifier: MIT */
/* Sockets go to a child process and come back. The child is child.c. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

typedef struct child {
  char argument[64];
  int status;
} child;

static void run_child(void *argument) {
  child *x = argument;
  x->status = test_run_child(x->argument);
}

/* Start a child that inherits *end, which is closed here. */
static test_thread *start_child(child *x, skt *end) {
  snprintf(x->argument, sizeof x->argument, "channel:%llu:%d",
           (unsigned long long)skt_native(end), skt_kind(end));
  x->status = -1;
  return skt_inherit(end, true) == 0 ? test_start(run_child, x) : NULL;
}

TEST(handover_child, connections_go_to_a_child_and_back) {
  skt ours, its, client, server, back;
  child x;
  char got[5];
  CHECK_EQ(skt_pair(&ours, &its, SKT_STREAM), 0);
  CHECK_EQ(skt_set_limit(&ours, SKT_BOTH, 20000), 0);
  test_thread *thread = start_child(&x, &its);
  CHECK(thread != NULL);
  int done = 0, rc = 0;
  for (; done < 5 && rc == 0; done += rc == 0) {
    rc = connect_pair(SKT_IPV4, &client, &server) ? 0 : 1;
    rc = rc != 0 ? rc : skt_send_socket(&ours, &server);
    skt_close(&server);
    rc = rc != 0 ? rc : skt_receive_socket(&ours, &back);
    rc = rc != 0 ? rc : skt_write_all(&back, "again", 5, NULL);
    rc = rc != 0 ? rc : skt_read_all(&client, got, 5, NULL);
    rc = rc != 0 ? rc : memcmp(got, "child", 5);
    rc = rc != 0 ? rc : skt_read_all(&client, got, 5, NULL);
    rc = rc != 0 ? rc : memcmp(got, "again", 5);
    skt_close(&back);
    rc = rc != 0 ? rc : (int)skt_read(&client, got, 1); /* no copy is open */
    skt_close(&client);
  }
  skt_close(&its); /* the child is running */
  skt_close(&ours);
  test_join(thread);
  CHECK_EQ(rc, 0);
  CHECK_EQ(done, 5);
  CHECK(x.status == 5 || x.status == 5 << 8); /* as system() returns it */
}

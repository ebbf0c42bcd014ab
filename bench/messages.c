/* SPDX-License-Identifier: MIT */
/* What messages cost. ci/measure/message_costs.sh counts, message_bench.sh
 * times.
 * Usage: messages WHAT N
 *   send_to, send_one        N datagrams by skt_send_to, and by skt_send
 *   send_batch, send_trains  N times 64, without trains and with
 *   send_handed              N times 64, as one message that is a train
 *   receive_from, receive_one      N datagrams that were sent by the above, one
 *   receive_batch, receive_trains  by one, or 64 at a time */
#define _GNU_SOURCE
#include <skt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 64, LENGTH = 1000, ROOM = 65536 };

static skt from, to;
static skt_addr at;
static skt_message out[BATCH], in[2 * BATCH];
static char bytes[BATCH * LENGTH], place[2 * ROOM];

static int prepare(int trains) {
  int rc = skt_socket(&from, SKT_IPV4, SKT_DATAGRAM, 0);
  if (rc == 0) rc = skt_socket(&to, SKT_IPV4, SKT_DATAGRAM, 0);
  if (rc == 0 && trains) rc = skt_set_option(&to, SKT_OPT_RECEIVE_TRAINS, 1);
  if (rc == 0) rc = skt_set_option(&from, SKT_OPT_SEND_TRAINS, trains);
  if (rc == 0) rc = skt_addr_parse(&at, "127.0.0.1:0");
  if (rc == 0) rc = skt_bind(&to, &at, 0);
  if (rc == 0) rc = skt_local(&to, &at);
  for (int i = 0; i < BATCH; ++i) {
    out[i].data = bytes + i * LENGTH;
    out[i].n = LENGTH;
    out[i].peer = at;
  }
  return rc;
}

static int send_batch(void) {
  size_t sent;
  return skt_send(&from, out, BATCH, &sent) != 0 || sent != BATCH;
}

static int receive_batch(size_t n, size_t capacity) {
  int got = 0;
  while (got < BATCH) {
    int rc = skt_receive(&to, place, n, in, capacity);
    if (rc < 0) {
      return 1;
    }
    got += rc;
  }
  return got != BATCH;
}

static int send_to(void) {
  return skt_send_to(&from, bytes, LENGTH, &at) != LENGTH;
}

static int send_one(void) { return skt_send(&from, out, 1, NULL) != 0; }

static int send_handed(void) {
  skt_message m = out[0];
  m.n = sizeof bytes;
  m.segment = LENGTH;
  return skt_send(&from, &m, 1, NULL) != 0;
}

static int receive_from(void) {
  skt_addr peer;
  return send_to() |
         (skt_receive_from(&to, place, ROOM, &peer, NULL) != LENGTH);
}

static int receive_one(void) {
  return send_to() | (skt_receive(&to, place, ROOM, in, 1) != 1);
}

static int both(void) {
  return send_batch() | receive_batch(BATCH * LENGTH, BATCH);
}

static int both_trains(void) {
  return send_batch() | receive_batch(ROOM, 2 * (size_t)BATCH);
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*run)(void);
    int trains;
  } all[] = {
      {"send_to", send_to, 0},           {"send_one", send_one, 0},
      {"send_batch", send_batch, 0},     {"send_trains", send_batch, 1},
      {"send_handed", send_handed, 1},   {"receive_from", receive_from, 0},
      {"receive_one", receive_one, 0},   {"receive_batch", both, 0},
      {"receive_trains", both_trains, 1}};
  for (size_t i = 0; argc == 3 && i < sizeof all / sizeof *all; ++i) {
    if (strcmp(argv[1], all[i].name) == 0) {
      int bad = prepare(all[i].trains);
      for (int k = atoi(argv[2]); k > 0; --k) {
        bad |= all[i].run();
      }
      return bad != 0;
    }
  }
  return 2;
}

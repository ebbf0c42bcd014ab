/* SPDX-License-Identifier: MIT */
/* The time that datagrams take, one by one and together, over skt and over
 * plain calls. ci/measure/message_bench.sh judges.
 * Usage: message_times ROUNDS; prints ROW WAY ROUND NANOSECONDS, of CPU for
 * each of 1,024 datagrams of 1,000 bytes over loopback. */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/udp.h>
#include <skt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, LENGTH = 1000, ROOM = 65536, TIMES = 16 };

/* A sender and two receivers: the first plain, the second of trains. */
static skt from, plain, trains;
static skt_addr at_plain, at_trains;
static char bytes[BATCH * LENGTH], place[ROOM];
static struct iovec parts[BATCH]; /* of a train, by hand */
static skt_message for_plain[BATCH], for_trains[BATCH], in[2 * BATCH];

static const skt_addr *address_of(const skt *to) {
  return to == &plain ? &at_plain : &at_trains;
}

static struct msghdr head_of(const skt *to, struct iovec *v, size_t count) {
  size_t length;
  const void *native = skt_addr_native(address_of(to), &length);
  return (struct msghdr){.msg_name = (void *)(uintptr_t)native,
                         .msg_namelen = (socklen_t)length,
                         .msg_iov = v,
                         .msg_iovlen = count};
}

static int send_single(skt *to) {
  size_t length;
  const void *native = skt_addr_native(address_of(to), &length);
  int bad = 0;
  for (int i = 0; i < BATCH; ++i) {
    bad |= sendto((int)skt_native(&from), bytes + i * LENGTH, LENGTH, 0, native,
                  (socklen_t)length) != LENGTH;
  }
  return bad;
}

static int send_mmsg(skt *to) {
  struct mmsghdr m[BATCH];
  struct iovec v[BATCH];
  for (int i = 0; i < BATCH; ++i) {
    v[i] = (struct iovec){bytes + i * LENGTH, LENGTH};
    m[i].msg_hdr = head_of(to, &v[i], 1);
  }
  return sendmmsg((int)skt_native(&from), m, BATCH, 0) != BATCH;
}

/* From 64 places, as what skt is given. */
static int send_gso(skt *to) {
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(uint16_t))];
  } control = {{0}};
  struct iovec v[BATCH];
  struct msghdr m = head_of(to, v, BATCH);
  uint16_t segment = LENGTH;
  for (int i = 0; i < BATCH; ++i) {
    v[i] = (struct iovec){bytes + i * LENGTH, LENGTH};
  }
  control.head =
      (struct cmsghdr){CMSG_LEN(sizeof segment), IPPROTO_UDP, UDP_SEGMENT};
  memcpy(CMSG_DATA(&control.head), &segment, sizeof segment);
  m.msg_control = &control;
  m.msg_controllen = sizeof control.room;
  return sendmsg((int)skt_native(&from), &m, 0) != sizeof bytes;
}

static int send_skt(skt *to) {
  return skt_send(&from, to == &plain ? for_plain : for_trains, BATCH, NULL) !=
         0;
}

static int send_without(skt *to) {
  int bad = skt_set_option(&from, SKT_OPT_SEND_TRAINS, 0) | send_skt(to);
  return bad | skt_set_option(&from, SKT_OPT_SEND_TRAINS, 1);
}

static int receive_single(skt *to) {
  int bad = 0;
  for (int i = 0; i < BATCH; ++i) {
    struct sockaddr_in peer;
    socklen_t n = sizeof peer;
    bad |= recvfrom((int)skt_native(to), place, LENGTH, 0,
                    (struct sockaddr *)&peer, &n) != LENGTH;
  }
  return bad;
}

static int receive_mmsg(skt *to) {
  struct mmsghdr m[BATCH];
  struct iovec v[BATCH];
  struct sockaddr_in peer[BATCH];
  for (int i = 0; i < BATCH; ++i) {
    v[i] = (struct iovec){place + i * LENGTH, LENGTH};
    m[i].msg_hdr = (struct msghdr){.msg_name = &peer[i],
                                   .msg_namelen = sizeof peer[i],
                                   .msg_iov = &v[i],
                                   .msg_iovlen = 1};
  }
  return recvmmsg((int)skt_native(to), m, BATCH, MSG_WAITFORONE, NULL) != BATCH;
}

/* A train, and as a program would take it apart. */
static int receive_gro(skt *to) {
  struct sockaddr_in peer;
  char control[64];
  struct iovec v = {place, sizeof place};
  struct msghdr m = {.msg_name = &peer,
                     .msg_namelen = sizeof peer,
                     .msg_iov = &v,
                     .msg_iovlen = 1,
                     .msg_control = control,
                     .msg_controllen = sizeof control};
  ssize_t n = recvmsg((int)skt_native(to), &m, 0);
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  int segment, i = 0;
  if (n < 0 || c == NULL || c->cmsg_type != UDP_GRO) {
    return 1;
  }
  memcpy(&segment, CMSG_DATA(c), sizeof segment);
  for (char *at = place; n > 0 && i < BATCH; n -= segment, at += segment, ++i) {
    parts[i] = (struct iovec){at, (size_t)(n < segment ? n : segment)};
  }
  return i != BATCH || parts[i - 1].iov_len != LENGTH;
}

/* A train as one message. */
static int receive_whole(skt *to) {
  return skt_receive(to, place, sizeof place, in, 1) != 1 ||
         in[0].n != sizeof bytes || in[0].segment != LENGTH;
}

static int receive_skt(skt *to) {
  size_t n = to == &plain ? sizeof bytes : sizeof place;
  return skt_receive(to, place, n, in, 2 * (size_t)BATCH) != BATCH;
}

/* With as many messages as parts of the buffer. */
static int receive_parts(skt *to) {
  return skt_receive(to, place, sizeof bytes, in, BATCH) != BATCH;
}

static const struct row {
  const char *name, *way;
  int (*send)(skt *), (*receive)(skt *);
  skt *to;
  int sends; /* is what is timed */
} rows[] = {
    {"send", "plain", send_single, receive_single, &plain, 1},
    {"send", "by-hand", send_gso, receive_single, &plain, 1},
    {"send", "skt", send_skt, receive_single, &plain, 1},
    {"send-no-trains", "plain", send_single, receive_single, &plain, 1},
    {"send-no-trains", "by-hand", send_mmsg, receive_single, &plain, 1},
    {"send-no-trains", "skt", send_without, receive_single, &plain, 1},
    {"send-to-trains", "plain", send_single, receive_single, &trains, 1},
    {"send-to-trains", "by-hand", send_gso, receive_gro, &trains, 1},
    {"send-to-trains", "skt", send_skt, receive_gro, &trains, 1},
    {"receive-no-trains", "plain", send_gso, receive_single, &plain, 0},
    {"receive-no-trains", "by-hand", send_gso, receive_mmsg, &plain, 0},
    {"receive-no-trains", "skt", send_gso, receive_parts, &plain, 0},
    {"receive-trains", "plain", send_gso, receive_single, &plain, 0},
    {"receive-trains", "by-hand", send_gso, receive_gro, &trains, 0},
    {"receive-trains", "skt", send_gso, receive_skt, &trains, 0},
    {"receive-whole", "plain", send_gso, receive_single, &plain, 0},
    {"receive-whole", "by-hand", send_gso, receive_gro, &trains, 0},
    {"receive-whole", "skt", send_gso, receive_whole, &trains, 0}};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Nanoseconds for each datagram, or -1. */
static double time_row(const struct row *r) {
  double sum = 0;
  for (int i = 0; i < TIMES; ++i) {
    double start = now();
    int bad = r->send(r->to);
    double middle = now();
    bad |= r->receive(r->to);
    if (bad) {
      return -1;
    }
    sum += r->sends ? middle - start : now() - middle;
  }
  return sum / TIMES / BATCH;
}

static int open_sockets(void) {
  int rc = skt_socket(&from, SKT_IPV4, SKT_DATAGRAM, 0);
  if (rc == 0) rc = skt_socket(&plain, SKT_IPV4, SKT_DATAGRAM, 0);
  if (rc == 0) rc = skt_socket(&trains, SKT_IPV4, SKT_DATAGRAM, 0);
  if (rc == 0) rc = skt_set_option(&trains, SKT_OPT_RECEIVE_TRAINS, 1);
  if (rc == 0) rc = skt_addr_parse(&at_plain, "127.0.0.1:0");
  if (rc == 0) rc = skt_bind(&plain, &at_plain, 0);
  if (rc == 0) rc = skt_bind(&trains, &at_plain, 0);
  if (rc == 0) rc = skt_local(&plain, &at_plain);
  if (rc == 0) rc = skt_local(&trains, &at_trains);
  for (int i = 0; i < BATCH; ++i) {
    for_plain[i].data = for_trains[i].data = bytes + i * LENGTH;
    for_plain[i].n = for_trains[i].n = LENGTH;
    for_plain[i].peer = at_plain;
    for_trains[i].peer = at_trains;
  }
  return rc;
}

int main(int argc, char **argv) {
  int rounds = argc == 2 ? atoi(argv[1]) : 0;
  if (rounds <= 0 || open_sockets() < 0) {
    return 2;
  }
  const int n = sizeof rows / sizeof *rows;
  for (int round = -1; round < rounds; ++round) {
    for (int i = 0; i < n; ++i) {
      const struct row *r = &rows[(i + 3 * (round + 1)) % n];
      double ns = time_row(r);
      if (ns < 0) {
        fprintf(stderr, "%s %s lost datagrams\n", r->name, r->way);
        return 1;
      }
      if (round >= 0) { /* the one before warms up */
        printf("%s %s %d %.1f\n", r->name, r->way, round, ns);
      }
    }
  }
  return 0;
}

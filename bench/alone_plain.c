/* SPDX-License-Identifier: MIT */
/* What single calls cost without skt; line for line the twin of
 * alone_with_skt.c. ci/measure/costs.sh counts both. No other end is needed.
 * Usage: alone_plain WHAT N
 *   blocks      N reads of a non-blocking socket where nothing is
 *   sends       N datagrams to an address
 *   writes      N datagrams to a peer
 *   receives    N datagrams to an address, and each is received with its
 *               sender's address
 *   connects    N times: socket, connect to a listener, close
 *   times       128 datagrams to an address, then they are received with their
 *               sender's, N times both; prints the nanoseconds of CPU that one
 *               takes to receive, for ci/measure/bench.sh
 *   dials, listens, dials_by_hand, listens_by_hand    only alone_with_skt: N
 *               times skt_dial, skt_listen_at, and the calls that they make
 *   resolves    N times: the addresses of the name in SKT_COSTS_NAME
 *   parses4, parses6, formats4    N times: text of an address, with a port */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TOGETHER = 128 }; /* messages for which a socket has room */

static struct sockaddr_in at = {.sin_family = AF_INET};
static socklen_t length = sizeof at;

static int bound(int type) {
  int s = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  at.sin_port = 0;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(s, (struct sockaddr *)&at, sizeof at);
  getsockname(s, (struct sockaddr *)&at, &length);
  return s;
}

static int blocks(int n) {
  int s = bound(SOCK_DGRAM | SOCK_NONBLOCK);
  char byte;
  int other = recv(s, &byte, 1, 0) >= 0;
  for (int i = 0; i < n; ++i) {
    other |= recv(s, &byte, 1, 0) >= 0 || errno != EAGAIN;
  }
  return other | close(s);
}

static int sends(int n) {
  int s = bound(SOCK_DGRAM);
  char bytes[64] = {0};
  long sent = sendto(s, bytes, 1, MSG_NOSIGNAL, (struct sockaddr *)&at, length);
  for (int i = 0; i < n; ++i) {
    sent += sendto(s, bytes, 64, MSG_NOSIGNAL, (struct sockaddr *)&at, length);
  }
  return sent != 64L * n + 1;
}

static int writes(int n) {
  int s = bound(SOCK_DGRAM);
  char bytes[64] = {0};
  int bad = connect(s, (struct sockaddr *)&at, length);
  long sent = send(s, bytes, 1, MSG_NOSIGNAL);
  for (int i = 0; i < n; ++i) {
    sent += send(s, bytes, 64, MSG_NOSIGNAL);
  }
  return bad | (sent != 64L * n + 1);
}

static int receives(int n) {
  int s = bound(SOCK_DGRAM);
  char bytes[64] = {0};
  long got = 0;
  for (int i = -1; i < n; ++i) {
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    sendto(s, bytes, 64, MSG_NOSIGNAL, (struct sockaddr *)&at, length);
    got += recvfrom(s, bytes, 64, 0, (struct sockaddr *)&from, &size);
    if (i < 0) {
      sendto(s, bytes, 1, MSG_NOSIGNAL, (struct sockaddr *)&at, length);
      got += recvfrom(s, bytes, 64, 0, (struct sockaddr *)&from, &size);
    }
  }
  return got != 64L * n + 65;
}

static int times(int n) {
  int s = bound(SOCK_DGRAM);
  char bytes[64] = {0};
  clock_t used = 0;
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < TOGETHER; ++k) {
      sendto(s, bytes, 64, MSG_NOSIGNAL, (struct sockaddr *)&at, length);
    }
    used -= clock();
    for (int k = 0; k < TOGETHER; ++k) {
      struct sockaddr_in from;
      socklen_t size = sizeof from;
      if (recvfrom(s, bytes, 64, 0, (struct sockaddr *)&from, &size) != 64) {
        return 1;
      }
    }
    used += clock();
  }
  double second = CLOCKS_PER_SEC;
  printf("%.2f\n", (double)used / second * 1e9 / n / TOGETHER);
  return 0;
}

static int connects(int n) {
  int listener = bound(SOCK_STREAM), bad = listen(listener, n);
  for (int i = 0; i < n; ++i) {
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bad |= connect(s, (struct sockaddr *)&at, length) | close(s);
  }
  return bad;
}

static int resolves(int n) {
  const char *name = getenv("SKT_COSTS_NAME");
  const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  int bad = name == NULL;
  for (int i = 0; !bad && i < n; ++i) {
    struct addrinfo *list;
    bad |= getaddrinfo(name, "80", &hints, &list);
    if (!bad) {
      memcpy(&at, list->ai_addr, sizeof at);
      freeaddrinfo(list);
    }
  }
  return bad;
}

static int parses4(int n) {
  int bad = 0;
  for (int i = 0; i < n; ++i) {
    bad |= inet_pton(AF_INET, "192.168.1.17", &at.sin_addr) != 1;
  }
  return bad;
}

static int parses6(int n) {
  struct in6_addr to;
  int bad = 0;
  for (int i = 0; i < n; ++i) {
    bad |= inet_pton(AF_INET6, "2001:db8:1:2::3:4567", &to) != 1;
  }
  return bad;
}

static int formats4(int n) {
  char text[INET_ADDRSTRLEN];
  int bad = 0;
  at.sin_addr.s_addr = htonl(0xc0a80111);
  for (int i = 0; i < n; ++i) {
    bad |= inet_ntop(AF_INET, &at.sin_addr, text, sizeof text) == NULL;
  }
  return bad;
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*run)(int n);
  } all[] = {{"blocks", blocks},     {"sends", sends},
             {"writes", writes},     {"receives", receives},
             {"connects", connects}, {"resolves", resolves},
             {"parses4", parses4},   {"parses6", parses6},
             {"formats4", formats4}, {"times", times}};
  for (size_t i = 0; argc == 3 && i < sizeof all / sizeof *all; ++i) {
    if (strcmp(argv[1], all[i].name) == 0) {
      return all[i].run(atoi(argv[2]));
    }
  }
  return 2;
}

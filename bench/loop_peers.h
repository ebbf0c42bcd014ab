/* SPDX-License-Identifier: MIT */
#ifndef LOOP_PEERS_H
#define LOOP_PEERS_H
/* What the loops of other libraries have in common: each waits with its library
 * and makes the plain calls of loop_plain.c. Usage: loop_... echo N ADDRESS */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4 */
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int clients; /* that are still to come and go */

static inline int listen_and_tell(int argc, char **argv) {
  struct sockaddr_in at;
  socklen_t length = sizeof at;
  int one = 1;
  at.sin_family = AF_INET;
  at.sin_port = 0;
  if (argc != 4 || inet_pton(AF_INET, argv[3], &at.sin_addr) != 1) {
    exit(2);
  }
  clients = atoi(argv[2]);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&at, length) != 0 ||
      listen(listener, SOMAXCONN) != 0 ||
      getsockname(listener, (struct sockaddr *)&at, &length) != 0) {
    exit(1);
  }
  printf("%d %d\n", ntohs(at.sin_port), getpid());
  fflush(stdout);
  return listener;
}

static inline int take(int listener) {
  return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* Returns whether the client is still there. */
static inline int serve(int s) {
  char bytes[4096];
  ssize_t n = recv(s, bytes, sizeof bytes, 0);
  if (n > 0) {
    return send(s, bytes, (size_t)n, MSG_NOSIGNAL) == n;
  }
  return n < 0 && errno == EAGAIN;
}

#endif

/* SPDX-License-Identifier: MIT */
/* What a careful program costs without skt; line for line the twin of
 * with_skt.c. ci/measure/costs.sh counts both. Usage:
 *   plain rounds N ADDRESS PORT     connect, then N round trips of 64 bytes
 *   plain connects N ADDRESS PORT   N times: socket, connect, close
 *   plain limited_rounds, limited_connects   the same within limits of time
 *   plain accepts N ADDRESS 0       listen, tell the port, accept and close N
 *   plain first 1 ADDRESS 0         one socket and no more */
#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct sockaddr_in at;
static socklen_t length = sizeof at;
static int limited; /* how many directions get a limit of time */

static int dial(void) {
  struct timeval limit = {.tv_sec = 10};
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (limited > 0) {
    setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  if (limited > 1) {
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  return connect(s, (struct sockaddr *)&at, length) == 0 ? s : -1;
}

static int rounds(int n) {
  char bytes[64] = {0};
  int s = dial();
  if (send(s, bytes, 32, MSG_NOSIGNAL) != 32 || recv(s, bytes, 32, 0) != 32) {
    return 1;
  }
  for (int i = 0; i < n; ++i) {
    if (send(s, bytes, sizeof bytes, MSG_NOSIGNAL) != sizeof bytes ||
        recv(s, bytes, sizeof bytes, 0) != sizeof bytes) {
      return 1;
    }
  }
  return close(s);
}

static int connects(int n) {
  for (int i = 0; i < n; ++i) {
    int s = dial();
    if (s < 0 || close(s) != 0) {
      return 1;
    }
  }
  return 0;
}

static int accept_all(int listener, int n) {
  int s = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (s < 0 || close(s) != 0) {
    return 1;
  }
  for (int i = 1; i < n; ++i) {
    s = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (s < 0 || close(s) != 0) {
      return 1;
    }
  }
  return close(listener);
}

static int accepts(int n) {
  int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&at, length) != 0 ||
      listen(listener, SOMAXCONN) != 0 ||
      getsockname(listener, (struct sockaddr *)&at, &length) != 0) {
    return 1;
  }
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  return accept_all(listener, n);
}

static int first(int n) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return s < n ? 1 : close(s);
}

int main(int argc, char **argv) {
  const char *what = argc == 5 ? argv[1] : "";
  at.sin_family = AF_INET;
  if (argc != 5 || inet_pton(AF_INET, argv[3], &at.sin_addr) != 1) {
    return 2;
  }
  at.sin_port = htons((uint16_t)atoi(argv[4]));
  int n = atoi(argv[2]);
  limited = strcmp(what, "limited_rounds") == 0     ? 2
            : strcmp(what, "limited_connects") == 0 ? 1
                                                    : 0;
  what += limited != 0 ? strlen("limited_") : 0;
  return strcmp(what, "rounds") == 0     ? rounds(n)
         : strcmp(what, "connects") == 0 ? connects(n)
         : strcmp(what, "accepts") == 0  ? accepts(n)
         : strcmp(what, "first") == 0    ? first(n)
                                         : 2;
}

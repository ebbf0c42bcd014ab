/* SPDX-License-Identifier: MIT */
/* The end that is not measured, in plain calls. Usage:
 *   other_end echo LATE_MS ADDRESS 0    tell the port, accept one, echo it
 *   other_end accept N ADDRESS 0        tell the port, accept N, wait for ends
 *   other_end connect N ADDRESS PORT    N times: connect, wait for the end */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in at;
static socklen_t length = sizeof at;
static char bytes[4096];

static int listener_told(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&at, length) != 0 ||
      listen(listener, SOMAXCONN) != 0 ||
      getsockname(listener, (struct sockaddr *)&at, &length) != 0) {
    return -1;
  }
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  return listener;
}

static int echo(int late_ms) {
  int s = accept(listener_told(), NULL, NULL);
  for (;;) {
    ssize_t n = recv(s, bytes, sizeof bytes, 0);
    if (n <= 0) {
      return n < 0;
    }
    if (late_ms > 0) {
      poll(NULL, 0, late_ms);
    }
    if (send(s, bytes, (size_t)n, MSG_NOSIGNAL) != n) {
      return 1;
    }
  }
}

static int accept_all(int n) {
  int listener = listener_told();
  while (n-- > 0) {
    int s = accept(listener, NULL, NULL);
    if (s < 0 || recv(s, bytes, sizeof bytes, 0) < 0 || close(s) != 0) {
      return 1;
    }
  }
  return 0;
}

static int connect_all(int n) {
  while (n-- > 0) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (struct sockaddr *)&at, length) != 0 ||
        recv(s, bytes, sizeof bytes, 0) < 0 || close(s) != 0) {
      return 1;
    }
  }
  return 0;
}

int main(int argc, char **argv) {
  at.sin_family = AF_INET;
  if (argc != 5 || inet_pton(AF_INET, argv[3], &at.sin_addr) != 1) {
    return 2;
  }
  at.sin_port = htons((uint16_t)atoi(argv[4]));
  int n = atoi(argv[2]);
  return strcmp(argv[1], "echo") == 0      ? echo(n)
         : strcmp(argv[1], "accept") == 0  ? accept_all(n)
         : strcmp(argv[1], "connect") == 0 ? connect_all(n)
                                           : 2;
}

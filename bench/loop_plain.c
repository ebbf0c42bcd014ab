/* SPDX-License-Identifier: MIT */
/* What a careful loop costs without skt; line for line the twin of
 * loop_with_skt.c. ci/measure/loop_costs.sh counts both, ci/measure/bench.sh
 * times them. Usage:
 *   loop_plain echo N ADDRESS    tell port and process, echo to all who come at
 *                                the same time, end when N have come and gone
 *   loop_plain wakes N -         two threads wake each other, N times both
 *   loop_plain storms N -        N times: ten wakes, then one wait
 *   loop_plain nothing N -       a socket with an error, N waits of 20 ms */
#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS_MAX = 1024 };

static struct sockaddr_in at;
static socklen_t length = sizeof at;

static int listen_and_tell(int type) {
  int one = 1, listener = socket(AF_INET, type, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&at, length) != 0 ||
      listen(listener, SOMAXCONN) != 0 ||
      getsockname(listener, (struct sockaddr *)&at, &length) != 0) {
    return -1;
  }
  printf("%d %d\n", ntohs(at.sin_port), getpid());
  fflush(stdout);
  return listener;
}

static int watch(int poller, int s, uint32_t events) {
  struct epoll_event e = {.events = events, .data.fd = s};
  return epoll_ctl(poller, EPOLL_CTL_ADD, s, &e);
}

static int take(int poller, int listener) {
  int s = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (s < 0) {
    return errno == EAGAIN ? 0 : -1;
  }
  return watch(poller, s, EPOLLIN);
}

/* Returns whether the client is still there. */
static int serve(int s) {
  char bytes[4096];
  ssize_t n = recv(s, bytes, sizeof bytes, 0);
  if (n > 0) {
    return send(s, bytes, (size_t)n, MSG_NOSIGNAL) == n;
  }
  return n < 0 && errno == EAGAIN;
}

static int echo(int clients) {
  static struct epoll_event events[EVENTS_MAX];
  int poller = epoll_create1(EPOLL_CLOEXEC);
  int listener = listen_and_tell(SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (poller < 0 || listener < 0 || watch(poller, listener, EPOLLIN) != 0) {
    return 1;
  }
  while (clients > 0) {
    int n = epoll_wait(poller, events, EVENTS_MAX, -1);
    for (int i = 0; i < n; ++i) {
      int s = events[i].data.fd;
      if (s == listener) {
        if (take(poller, listener) != 0) {
          return 1;
        }
      } else if (!serve(s)) {
        close(s);
        --clients;
      }
    }
  }
  return close(poller) + close(listener);
}

/* An eventfd that is watched for edges need never be read. */
static struct loop { int poller, wakes; } loops[2];

static int create(struct loop *l) {
  l->poller = epoll_create1(EPOLL_CLOEXEC);
  l->wakes = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return watch(l->poller, l->wakes, EPOLLIN | EPOLLET);
}

static int wake(struct loop *l) { return eventfd_write(l->wakes, 1); }

static int wait_once(struct loop *l) {
  struct epoll_event e;
  return epoll_wait(l->poller, &e, 1, -1) == 1 ? 0 : -1;
}

static void *answer_wakes(void *n) {
  for (int i = *(int *)n; i > 0; --i) {
    if (wait_once(&loops[1]) != 0 || wake(&loops[0]) != 0) {
      exit(1);
    }
  }
  return NULL;
}

static int wakes(int n) {
  pthread_t other;
  if (create(&loops[0]) != 0 || create(&loops[1]) != 0 ||
      pthread_create(&other, NULL, answer_wakes, &n) != 0) {
    return 1;
  }
  for (int i = 0; i < n; ++i) {
    if (wake(&loops[1]) != 0 || wait_once(&loops[0]) != 0) {
      return 1;
    }
  }
  return pthread_join(other, NULL);
}

static int storms(int n) {
  int failed = create(&loops[0]);
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < 10; ++k) {
      failed |= wake(&loops[0]);
    }
    failed |= wait_once(&loops[0]);
  }
  return failed;
}

/* A connected socket whose peer has reset it, watched for nothing. */
static int nothing(int n) {
  struct linger reset = {.l_onoff = 1};
  struct epoll_event e;
  char byte = 0;
  int poller = epoll_create1(EPOLL_CLOEXEC);
  inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
  int listener = listen_and_tell(SOCK_STREAM | SOCK_CLOEXEC);
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(s, (struct sockaddr *)&at, length) != 0 ||
      watch(poller, s, 0) != 0) {
    return 1;
  }
  int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (send(s, &byte, 1, MSG_NOSIGNAL) != 1 || recv(peer, &byte, 1, 0) != 1) {
    return 1;
  }
  setsockopt(peer, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  if (close(peer) != 0) {
    return 1;
  }
  for (int i = 0; i < n; ++i) {
    if (epoll_wait(poller, &e, 1, 20) != 0) {
      return 1;
    }
  }
  return close(s) + close(listener) + close(poller);
}

int main(int argc, char **argv) {
  const char *what = argc == 4 ? argv[1] : "";
  at.sin_family = AF_INET;
  if (argc != 4 || (strcmp(what, "echo") == 0 &&
                    inet_pton(AF_INET, argv[3], &at.sin_addr) != 1)) {
    return 2;
  }
  int n = atoi(argv[2]);
  return strcmp(what, "echo") == 0      ? echo(n)
         : strcmp(what, "wakes") == 0   ? wakes(n)
         : strcmp(what, "storms") == 0  ? storms(n)
         : strcmp(what, "nothing") == 0 ? nothing(n)
                                        : 2;
}

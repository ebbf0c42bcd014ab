/* SPDX-License-Identifier: MIT */
/*
 * A server of one page whose listener systemd has opened (socket activation):
 *
 *   systemd-socket-activate -l 127.0.0.1:8080 activated
 *
 * It serves one client. Exit code: 0 served, 1 something failed. POSIX only.
 */
#define _POSIX_C_SOURCE 200809L
#include <skt.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* How many sockets a manager has passed to this process: they have the numbers
 * from 3 on. LISTEN_PID of another process means none: the variables were
 * inherited. Call this before the program has threads, since they share the
 * environment, which children must not inherit once more. */
static int passed_sockets(void) {
  const char *process = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
  bool ours = process != NULL && count != NULL &&
              strtol(process, NULL, 10) == (long)getpid();
  int n = ours ? (int)strtol(count, NULL, 10) : 0;
  unsetenv("LISTEN_PID");
  unsetenv("LISTEN_FDS");
  unsetenv("LISTEN_FDNAMES");
  return n;
}

/* With kind 0 skt asks the system what the socket is. No child inherits it from
 * here on. */
static int take_listener(skt *listener) {
  int rc = skt_adopt(listener, 3, 0);
  if (rc == 0 && (skt_kind(listener) & SKT_STATES) != SKT_LISTENING) {
    rc = SKT_EINVAL;
  }
  return rc < 0 ? rc : skt_inherit(listener, false);
}

static int serve_one(skt *listener) {
  static const char page[] = "HTTP/1.0 200 OK\r\n\r\nHello.\n";
  char request[1024];
  skt client;
  int rc = skt_accept(listener, &client, NULL, 0);
  if (rc == 0) {
    (void)skt_set_limit(&client, SKT_BOTH, 5000);
    ptrdiff_t n = skt_read(&client, request, sizeof request);
    rc = n < 0 ? (int)n : skt_write_all(&client, page, sizeof page - 1, NULL);
    skt_close_graceful(&client, 5000, sizeof request);
  }
  return rc;
}

int main(void) {
  skt listener = SKT_NONE;
  if (passed_sockets() != 1) {
    fprintf(stderr, "no sockets were passed\n");
    return EXIT_FAILURE;
  }
  int rc = take_listener(&listener);
  rc = rc < 0 ? rc : serve_one(&listener);
  if (rc < 0) {
    fprintf(stderr, "cannot serve: %s\n", skt_strerror(rc));
  }
  skt_close(&listener);
  return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* SPDX-License-Identifier: MIT */
/*
 * Fetch a page by name and print it, as it comes from the server.
 *
 *   fetch HOST PORT [PATH]
 *
 * Exit code: 0 the server's status is 200, 1 something failed, 2 wrong
 * arguments.
 */
#include <skt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 10000 };

static int ask(skt *s, const char *host, int port, const char *path) {
  char text[SKT_TEXT_MAX], request[2048];
  int n = snprintf(request, sizeof request,
                   "GET %s HTTP/1.0\r\nHost: %s:%d\r\n\r\n", path, host, port);
  if (n < 0 || (size_t)n >= sizeof request) {
    return SKT_ENOSPC;
  }
  int rc = skt_text_join(text, sizeof text, host, port);
  rc = rc < 0 ? rc : skt_dial(s, text, SKT_STREAM, PATIENCE_MS, NULL);
  rc = rc < 0 ? rc : skt_set_limit(s, SKT_BOTH, PATIENCE_MS);
  return rc < 0 ? rc : skt_write_all(s, request, (size_t)n, NULL);
}

/* Print all up to the end. *good receives whether the status is 200. */
static int print(skt *s, bool *good) {
  char part[4096], status[13] = "";
  ptrdiff_t n;
  size_t have = 0;
  while ((n = skt_read(s, part, sizeof part)) > 0) {
    for (ptrdiff_t i = 0; i < n && have < sizeof status - 1; ++i) {
      status[have++] = part[i];
    }
    fwrite(part, 1, (size_t)n, stdout);
  }
  *good = strncmp(status, "HTTP/1.", 7) == 0 && strcmp(status + 8, " 200") == 0;
  return (int)n;
}

int main(int argc, char **argv) {
  skt s = SKT_NONE;
  bool good = false;
  if (argc < 3 || argc > 4) {
    fprintf(stderr, "usage: fetch HOST PORT [PATH]\n");
    return 2;
  }
  int rc = ask(&s, argv[1], atoi(argv[2]), argc > 3 ? argv[3] : "/");
  rc = rc < 0 ? rc : print(&s, &good);
  if (rc < 0) {
    fprintf(stderr, "cannot fetch from %s: %s\n", argv[1], skt_strerror(rc));
  }
  skt_close(&s);
  return rc < 0 || !good || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

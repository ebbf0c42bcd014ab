/* SPDX-License-Identifier: MIT */
/* What the same program costs with skt; line for line the twin of plain.c,
 * which has the usage. */
#include <skt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static skt_addr at;
static int limited; /* the directions that get a limit of time */

static int dial(skt *s) {
  int rc = skt_socket(s, SKT_IPV4, SKT_STREAM, 0);
  if (rc == 0 && limited != 0) {
    rc = skt_set_limit(s, limited, 10000);
  }
  return rc < 0 ? rc : skt_connect(s, &at);
}

/* Each verb is called in two places, as in most programs: a compiler that
 * optimises across files puts a function that is called once into its caller,
 * whatever it is. */
static int rounds(int n) {
  char bytes[64] = {0};
  skt s;
  if (dial(&s) < 0 || skt_write(&s, bytes, 32) != 32 ||
      skt_read(&s, bytes, 32) != 32) {
    return 1;
  }
  for (int i = 0; i < n; ++i) {
    if (skt_write(&s, bytes, sizeof bytes) != sizeof bytes ||
        skt_read(&s, bytes, sizeof bytes) != sizeof bytes) {
      return 1;
    }
  }
  return skt_close(&s);
}

static int connects(int n) {
  for (int i = 0; i < n; ++i) {
    skt s;
    if (dial(&s) < 0 || skt_close(&s) < 0) {
      return 1;
    }
  }
  return 0;
}

static int accept_all(skt *listener, int n) {
  skt s;
  if (skt_accept(listener, &s, NULL, 0) < 0 || skt_close(&s) < 0) {
    return 1;
  }
  for (int i = 1; i < n; ++i) {
    if (skt_accept(listener, &s, NULL, 0) < 0 || skt_close(&s) < 0) {
      return 1;
    }
  }
  return skt_close(listener);
}

static int accepts(int n) {
  skt listener;
  if (skt_socket(&listener, SKT_IPV4, SKT_STREAM, 0) < 0 ||
      skt_bind(&listener, &at, 0) < 0 || skt_listen(&listener, 0) < 0 ||
      skt_local(&listener, &at) < 0) {
    return 1;
  }
  printf("%d\n", skt_addr_port(&at));
  fflush(stdout);
  return accept_all(&listener, n);
}

static int first(int n) {
  skt s;
  return skt_socket(&s, SKT_IPV4, SKT_STREAM, 0) < 0 ? n : skt_close(&s);
}

int main(int argc, char **argv) {
  const char *what = argc == 5 ? argv[1] : "";
  char text[SKT_ADDR_TEXT_MAX];
  if (argc != 5) {
    return 2;
  }
  snprintf(text, sizeof text, "%s:%s", argv[3], argv[4]);
  if (skt_addr_parse(&at, text) < 0) {
    return 2;
  }
  int n = atoi(argv[2]);
  limited = strcmp(what, "limited_rounds") == 0     ? SKT_BOTH
            : strcmp(what, "limited_connects") == 0 ? SKT_WRITE
                                                    : 0;
  what += limited != 0 ? strlen("limited_") : 0;
  return strcmp(what, "rounds") == 0     ? rounds(n)
         : strcmp(what, "connects") == 0 ? connects(n)
         : strcmp(what, "accepts") == 0  ? accepts(n)
         : strcmp(what, "first") == 0    ? first(n)
                                         : 2;
}

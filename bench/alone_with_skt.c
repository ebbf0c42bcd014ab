/* SPDX-License-Identifier: MIT */
/* What the same single calls cost with skt; line for line the twin of
 * alone_plain.c, which has the usage. */
#include <skt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TOGETHER = 128 }; /* messages for which a socket has room */

static skt_addr at;

static skt bound(int type) {
  skt s;
  skt_socket(&s, SKT_IPV4, type, 0);
  skt_addr_parse(&at, "127.0.0.1:0");
  skt_bind(&s, &at, 0);
  skt_local(&s, &at);
  return s;
}

static int blocks(int n) {
  skt s = bound(SKT_DATAGRAM | (int)SKT_NONBLOCK);
  char byte;
  int other = skt_read(&s, &byte, 1) >= 0;
  for (int i = 0; i < n; ++i) {
    other |= skt_read(&s, &byte, 1) != SKT_EAGAIN;
  }
  return other | skt_close(&s);
}

static int sends(int n) {
  skt s = bound(SKT_DATAGRAM);
  char bytes[64] = {0};
  ptrdiff_t sent = skt_send_to(&s, bytes, 1, &at);
  for (int i = 0; i < n; ++i) {
    sent += skt_send_to(&s, bytes, 64, &at);
  }
  return sent != 64L * n + 1;
}

static int writes(int n) {
  skt s = bound(SKT_DATAGRAM);
  char bytes[64] = {0};
  int bad = skt_connect(&s, &at);
  ptrdiff_t sent = skt_write(&s, bytes, 1);
  for (int i = 0; i < n; ++i) {
    sent += skt_write(&s, bytes, 64);
  }
  return bad | (sent != 64L * n + 1);
}

static int receives(int n) {
  skt s = bound(SKT_DATAGRAM);
  char bytes[64] = {0};
  ptrdiff_t got = 0;
  for (int i = -1; i < n; ++i) {
    skt_addr from;
    skt_send_to(&s, bytes, 64, &at);
    got += skt_receive_from(&s, bytes, 64, &from, NULL);
    if (i < 0) {
      skt_send_to(&s, bytes, 1, &at);
      got += skt_receive_from(&s, bytes, 64, &from, NULL);
    }
  }
  return got != 64L * n + 65;
}

static int times(int n) {
  skt s = bound(SKT_DATAGRAM);
  char bytes[64] = {0};
  clock_t used = 0;
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < TOGETHER; ++k) {
      skt_send_to(&s, bytes, 64, &at);
    }
    used -= clock();
    for (int k = 0; k < TOGETHER; ++k) {
      skt_addr from;
      if (skt_receive_from(&s, bytes, 64, &from, NULL) != 64) {
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
  skt listener = bound(SKT_STREAM);
  int bad = skt_listen(&listener, n);
  for (int i = 0; i < n; ++i) {
    skt s;
    bad |= skt_socket(&s, SKT_IPV4, SKT_STREAM, 0);
    bad |= skt_connect(&s, &at) | skt_close(&s);
  }
  return bad;
}

static int resolves(int n) {
  const char *name = getenv("SKT_COSTS_NAME");
  char text[SKT_ADDR_TEXT_MAX];
  int bad = name == NULL || skt_text_join(text, sizeof text, name, 80) < 0;
  for (int i = 0; !bad && i < n; ++i) {
    bad |= skt_resolve(text, 0, &at, 1, -1, NULL) != 1;
  }
  return bad;
}

static int dials(int n) {
  skt listener = bound(SKT_STREAM);
  char text[SKT_ADDR_TEXT_MAX];
  int bad =
      skt_listen(&listener, n) | (skt_addr_format(&at, text, sizeof text) < 0);
  for (int i = 0; i < n; ++i) {
    skt s;
    bad |= skt_dial(&s, text, SKT_STREAM, -1, NULL) | skt_close(&s);
  }
  return bad;
}

/* The same calls one by one. */
static int dials_by_hand(int n) {
  skt listener = bound(SKT_STREAM);
  char text[SKT_ADDR_TEXT_MAX];
  int bad =
      skt_listen(&listener, n) | (skt_addr_format(&at, text, sizeof text) < 0);
  for (int i = 0; i < n; ++i) {
    skt s;
    bad |= skt_addr_parse(&at, text);
    bad |= skt_socket(&s, SKT_IPV4, SKT_STREAM, 0);
    bad |= skt_connect(&s, &at) | skt_close(&s);
  }
  return bad;
}

static int listens(int n) {
  int bad = 0;
  for (int i = 0; i < n; ++i) {
    skt s;
    bad |= skt_listen_at(&s, "127.0.0.1:0", 0, 0) | skt_close(&s);
  }
  return bad;
}

static int listens_by_hand(int n) {
  int bad = 0;
  for (int i = 0; i < n; ++i) {
    skt s;
    bad |= skt_addr_parse(&at, "127.0.0.1:0");
    bad |= skt_socket(&s, SKT_IPV4, SKT_STREAM, 0) | skt_bind(&s, &at, 0);
    bad |= skt_listen(&s, 0) | skt_close(&s);
  }
  return bad;
}

static int parses4(int n) {
  int bad = 0;
  for (int i = 0; i < n; ++i) {
    bad |= skt_addr_parse(&at, "192.168.1.17:80") != 0;
  }
  return bad;
}

static int parses6(int n) {
  int bad = 0;
  for (int i = 0; i < n; ++i) {
    bad |= skt_addr_parse(&at, "[2001:db8:1:2::3:4567]:80") != 0;
  }
  return bad;
}

static int formats4(int n) {
  char text[SKT_ADDR_TEXT_MAX];
  int bad = skt_addr_parse(&at, "192.168.1.17:80");
  for (int i = 0; i < n; ++i) {
    bad |= skt_addr_format(&at, text, sizeof text) < 0;
  }
  return bad;
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*run)(int n);
  } all[] = {{"blocks", blocks},
             {"sends", sends},
             {"writes", writes},
             {"receives", receives},
             {"connects", connects},
             {"resolves", resolves},
             {"parses4", parses4},
             {"parses6", parses6},
             {"formats4", formats4},
             {"times", times},
             {"dials", dials},
             {"listens", listens},
             {"dials_by_hand", dials_by_hand},
             {"listens_by_hand", listens_by_hand}};
  for (size_t i = 0; argc == 3 && i < sizeof all / sizeof *all; ++i) {
    if (strcmp(argv[1], all[i].name) == 0) {
      return all[i].run(atoi(argv[2]));
    }
  }
  return 2;
}

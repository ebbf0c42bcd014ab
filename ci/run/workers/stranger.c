/* SPDX-License-Identifier: MIT */
/* Connect and send to every port of loopback that appears, until killed; Linux
 * only, since it reads /proc/net. After each second it writes how many
 * connections and datagrams it has made to the file of its argument. */
#include <skt.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

static long connected, sent;

/* A line of /proc/net/tcp or udp: its port, if it is of loopback. */
static unsigned port_of(const char *line, int wanted_state) {
  unsigned address = 0, port = 0, state = 0, peer, peer_port;
  int n = sscanf(line, "%*u: %8X:%4X %8X:%4X %2X", &address, &port, &peer,
                 &peer_port, &state);
  bool loopback = address == 0x0100007f || address == 0x7f000001;
  return n == 5 && loopback && (wanted_state < 0 || (int)state == wanted_state)
             ? port
             : 0;
}

static void visit(unsigned port, int type, int times) {
  char text[32];
  skt_addr at;
  skt s = SKT_NONE;
  snprintf(text, sizeof text, "127.0.0.1:%u", port);
  if (skt_addr_parse(&at, text) < 0 ||
      skt_socket(&s, SKT_IPV4, type | SKT_NONBLOCK, 0) < 0) {
    return;
  }
  int rc = skt_connect(&s, &at);
  for (int i = 0; i < times && (rc == 0 || rc == SKT_EINPROGRESS); ++i) {
    sent += type == SKT_DATAGRAM && skt_write(&s, "stranger", 8) == 8;
    connected += type == SKT_STREAM && skt_write(&s, "stranger", 8) == 8;
  }
  skt_close(&s);
}

static void visit_all(const char *list, int type, int state) {
  char line[512];
  FILE *f = fopen(list, "r");
  while (f != NULL && fgets(line, sizeof line, f) != NULL) {
    unsigned port = port_of(line, state);
    if (port != 0) {
      visit(port, type, type == SKT_DATAGRAM ? 4 : 1);
    }
  }
  if (f != NULL) {
    fclose(f);
  }
}

int main(int argc, char **argv) {
  enum { LISTENS = 10 };
  time_t last = 0;
  while (argc == 2) {
    visit_all("/proc/net/tcp", SKT_STREAM, LISTENS);
    visit_all("/proc/net/udp", SKT_DATAGRAM, -1);
    if (time(NULL) != last) {
      last = time(NULL);
      FILE *f = fopen(argv[1], "w");
      if (f != NULL) {
        fprintf(f, "%ld %ld\n", connected, sent);
        fclose(f);
      }
    }
  }
  return 2;
}

/* SPDX-License-Identifier: MIT */
/* The smallest blocking TCP client; the twin of client_plain.c. Weighed, and
 * never run. */
#include <skt.h>

int main(int argc, char **argv) {
  skt_addr peer;
  char bytes[64] = {0};
  if (argc != 2 || skt_addr_parse(&peer, argv[1]) < 0) {
    return 2;
  }
  skt s;
  if (skt_socket(&s, SKT_IPV4, SKT_STREAM, 0) < 0 ||
      skt_connect(&s, &peer) < 0 || skt_write(&s, bytes, sizeof bytes) < 0 ||
      skt_read(&s, bytes, sizeof bytes) < 0) {
    return 1;
  }
  return skt_close(&s);
}

/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* SOCK_CLOEXEC */
/* The smallest blocking TCP client; the twin of client_with_skt.c. Weighed, and
 * never run. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(7)};
  char bytes[64] = {0};
  if (argc != 2 || inet_pton(AF_INET, argv[1], &peer.sin_addr) != 1) {
    return 2;
  }
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (s < 0 || connect(s, (struct sockaddr *)&peer, sizeof peer) != 0 ||
      send(s, bytes, sizeof bytes, MSG_NOSIGNAL) < 0 ||
      recv(s, bytes, sizeof bytes, 0) < 0) {
    return 1;
  }
  return close(s);
}

/* SPDX-License-Identifier: MIT */
/* For ci/run/uml.sh: where there is TIPC, whose domain alone has SOCK_RDM on Linux,
 * skt's domains still have none, and a socket of that one is not taken in. */
#include <skt.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int wrong;

static void expect(const char *what, int got, int want) {
  printf("%-40s %s\n", what, got < 0 ? skt_errname(got) : got ? "1" : "0");
  wrong += got != want;
}

int main(void) {
  static const int domains[] = {SKT_IPV4, SKT_IPV6, SKT_UNIX};
  static const char *const names[] = {"ipv4 rdm", "ipv6 rdm", "unix rdm"};
  skt s = {0};
  for (int i = 0; i < 3; ++i) {
    printf("%s: ", names[i]);
    expect("skt_supports", skt_supports(domains[i], SKT_RDM, 0), 0);
    printf("%s: ", names[i]);
    expect("skt_socket", skt_socket(&s, domains[i], SKT_RDM, 0),
           SKT_EPROTONOSUPPORT);
  }
  int native = socket(AF_TIPC, SOCK_RDM, 0);
  if (native < 0) {
    perror("tipc rdm: socket");
    return 1;
  }
  printf("tipc rdm: ");
  expect("skt_adopt", skt_adopt(&s, (uintptr_t)native, 0), SKT_EAFNOSUPPORT);
  printf("tipc rdm: ");
  expect("still open after it", close(native), 0);
  return wrong != 0;
}

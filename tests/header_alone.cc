// SPDX-License-Identifier: MIT
// Builds if skt.h alone is C++11.
#include <skt.h>

int header_alone_cc() {
  skt s = {};
  skt_addr a = {};
  return skt_peer(&s, &a);
}

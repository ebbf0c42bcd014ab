/* SPDX-License-Identifier: MIT */
/* Options of skt_bind, which skt keeps until then and makes no call for. */
#include "internal.h"

bool skt__is_kept_option(int option) {
  return option == SKT_OPT_V6ONLY || option == SKT_OPT_SHARE;
}

int skt__read_kept(const skt *s, int option) {
  return option == SKT_OPT_SHARE ? skt__sharing(s)
                                 : (s->kind & SKT_DUAL_STACK) == 0;
}

static int set_sharing(skt *s, int flags) {
  if (!skt__takes_sharing(s, flags)) {
    return SKT_EINVAL;
  }
  skt__set_sharing(s, flags);
  return 0;
}

int skt__set_kept(skt *s, int option, int value) {
  if (!skt__is_fresh(s)) {
    return SKT_EINVAL;
  }
  if (option == SKT_OPT_SHARE) {
    return set_sharing(s, value);
  }
  int others = s->kind & ~SKT_DUAL_STACK;
  skt__set_kind(s, value != 0 ? others : others | SKT_DUAL_STACK);
  return 0;
}

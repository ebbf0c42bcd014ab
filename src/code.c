/* SPDX-License-Identifier: MIT */
#include "core.h"

int skt__code(int call, int native) {
  const skt__code_row *row = skt__sys_codes;
  while (row->code != 0 && (row->native != native ||
                            (row->calls != 0 && (row->calls & call) == 0))) {
    ++row;
  }
  return row->code != 0 ? row->code : SKT_EUNKNOWN;
}

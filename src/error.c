/* SPDX-License-Identifier: MIT */
/* Translates the system's numbers to codes. Names and texts of codes come from
 * the one list in skt.h. */
#include "internal.h"

int skt__code(int call, int native) {
  const skt__code_row *row = skt__sys_codes;
  while (row->code != 0 && (row->native != native ||
                            (row->calls != 0 && (row->calls & call) == 0))) {
    ++row;
  }
  return row->code != 0 ? row->code : SKT_EUNKNOWN;
}

static const struct {
  int16_t code;
  const char *name, *text;
} known_codes[] = {
#define ENTRY(name, value, text) {value, #name, text},
    SKT_ERRORS(ENTRY)
#undef ENTRY
};

enum { KNOWN_CODES = sizeof known_codes / sizeof *known_codes };

static int find_code(int code) {
  int i = 0;
  while (i < KNOWN_CODES && known_codes[i].code != code) {
    ++i;
  }
  return i;
}

const char *skt_errname(int code) {
  if (code >= 0) {
    return "SKT_OK";
  }
  int i = find_code(code);
  return i < KNOWN_CODES ? known_codes[i].name : "SKT_E?";
}

const char *skt_strerror(int code) {
  if (code >= 0) {
    return "success";
  }
  int i = find_code(code);
  return i < KNOWN_CODES ? known_codes[i].text : "not a code of skt";
}

int skt_native_error(void) { return skt__sys_native_error(); }

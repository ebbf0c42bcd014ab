/* SPDX-License-Identifier: MIT */
/* Names and texts of codes, from the one list in skt.h. */
#include "core.h"

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
  int i = find_code(code);
  return code >= 0         ? "SKT_OK"
         : i < KNOWN_CODES ? known_codes[i].name
                           : "SKT_E?";
}

const char *skt_strerror(int code) {
  int i = find_code(code);
  return code >= 0         ? "success"
         : i < KNOWN_CODES ? known_codes[i].text
                           : "not a code of skt";
}

int skt_native_error(void) { return skt__sys_native_error(); }

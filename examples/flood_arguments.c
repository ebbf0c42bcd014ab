/* SPDX-License-Identifier: MIT */
#include "flood.h"

#include <stdlib.h>
#include <string.h>

/* A number from `least` to `most`, perhaps with k, M or G; or -1. */
static double number(const char *text, double least, double most) {
  static const char unit[] = "kMG";
  char *end;
  if (text == NULL || *text < '0' || *text > '9') {
    return -1;
  }
  double value = strtod(text, &end);
  const char *found = *end != '\0' ? strchr(unit, *end) : NULL;
  for (ptrdiff_t i = 0; found != NULL && i <= found - unit; ++i) {
    value *= 1000;
  }
  end += found != NULL;
  return *end == '\0' && value >= least && value <= most ? value : -1;
}

static bool read_value(flood *f, char letter, const char *text) {
  switch (letter) {
  case 'b':
    return (f->rate = number(text, 0, 1e15)) >= 0;
  case 't':
    return (f->seconds = number(text, 0, 1e6)) >= 0;
  case 'l':
    return (f->length = (int)number(text, HEADER_BYTES, LONGEST)) > 0;
  case 'n':
    return (f->batch = (int)number(text, 1, 1024)) > 0;
  default:
    return false;
  }
}

static bool set_flag(flood *f, const char *word) {
  if (strcmp(word, "-s") == 0) {
    return f->serves = true;
  }
  if (strcmp(word, "-1") == 0) {
    return f->once = true;
  }
  if (strcmp(word, "--echo") == 0) {
    return f->echoes = true;
  }
  if (strcmp(word, "--json") == 0) {
    return f->json = true;
  }
  if (strcmp(word, "--trains") == 0) {
    return f->trains = true;
  }
  return strcmp(word, "--no-trains") == 0 && !(f->trains = false);
}

bool read_flood(flood *f, char **arg) {
  bool timed = false;
  *f = (flood){.trains = true, .rate = 10e6, .length = 1200};
  for (++arg; *arg != NULL; ++arg) {
    const char *word = *arg;
    if (word[0] != '-' && f->text == NULL) {
      f->text = word;
    } else if (!set_flag(f, word)) {
      timed = timed || strcmp(word, "-t") == 0;
      if (word[0] != '-' || strlen(word) != 2 || arg[1] == NULL ||
          !read_value(f, word[1], *++arg)) {
        return false;
      }
    }
  }
  if (f->batch == 0) {
    f->batch = f->echoes ? 1 : 32;
  }
  if (!timed) {
    f->seconds = f->serves ? 0 : 10;
  }
  return f->text != NULL && (f->serves ? !f->echoes : !f->once);
}

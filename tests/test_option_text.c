/* SPDX-License-Identifier: MIT */
/* Options whose value is a text. */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

TEST(option_text, congestion_control_is_read_and_set_by_name) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt s = {0};
    char name[SKT_OPTION_TEXT_MAX], again[SKT_OPTION_TEXT_MAX];
    CHECK_EQ(skt_socket(&s, *domain, SKT_STREAM, 0), 0);
    int n = skt_get_option_text(&s, SKT_OPT_CONGESTION, name, sizeof name);
    if (n == SKT_EOPNOTSUPP) {
      CHECK_EQ(skt_set_option_text(&s, SKT_OPT_CONGESTION, "reno"),
               SKT_EOPNOTSUPP);
      skt_close(&s);
      SKIP("this system has one algorithm, or names none");
    }
    CHECK(n > 0);
    CHECK_EQ(n, (int)strlen(name));
    CHECK_EQ(skt_set_option_text(&s, SKT_OPT_CONGESTION, name), 0);
    CHECK_EQ(skt_set_option_text(&s, SKT_OPT_CONGESTION, "nonesuch"),
             SKT_ENOENT);
    CHECK_EQ(skt_get_option_text(&s, SKT_OPT_CONGESTION, again, sizeof again),
             n);
    CHECK_STR(again, name);
    int rc = skt_set_option_text(&s, SKT_OPT_CONGESTION, "reno");
    CHECK(rc == 0 || rc == SKT_ENOENT || rc == SKT_EACCES);
    if (rc == 0) {
      CHECK_EQ(skt_get_option_text(&s, SKT_OPT_CONGESTION, again, sizeof again),
               4);
      CHECK_STR(again, "reno");
    }
    skt_close(&s);
  }
}

/* The system would cut the long one, and find the rest. */
TEST(option_text, name_of_no_algorithm_reports_enoent) {
  static const char *const none[] = {"", "nonesuch", "fifteen_bytes__sixteen",
                                     "cubic "};
  skt s = {0};
  char name[SKT_OPTION_TEXT_MAX];
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  if (skt_get_option_text(&s, SKT_OPT_CONGESTION, name, sizeof name) < 0) {
    skt_close(&s);
    SKIP("this system has one algorithm, or names none");
  }
  for (size_t i = 0; i < sizeof none / sizeof *none; ++i) {
    CHECK_EQ(skt_set_option_text(&s, SKT_OPT_CONGESTION, none[i]), SKT_ENOENT);
  }
  skt_close(&s);
}

/* Interface 1 is the loopback on every system that this runs on. */
TEST(option_text, device_is_set_and_read_by_name) {
  skt s = {0};
  char name[SKT_OPTION_TEXT_MAX], again[SKT_OPTION_TEXT_MAX];
  int index = -1;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  int rc = skt_set_option(&s, SKT_OPT_DEVICE, 1);
  if (rc < 0) {
    CHECK(rc == SKT_EOPNOTSUPP || rc == SKT_EACCES || rc == SKT_ENODEV);
    skt_close(&s);
    SKIP("a socket cannot be tied to interface 1 here");
  }
  int n = skt_get_option_text(&s, SKT_OPT_DEVICE, name, sizeof name);
  CHECK(n > 0);
  CHECK_EQ(n, (int)strlen(name));
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_DEVICE, ""), 0);
  CHECK_EQ(skt_get_option(&s, SKT_OPT_DEVICE, &index), 0);
  CHECK_EQ(index, 0);
  CHECK_EQ(skt_get_option_text(&s, SKT_OPT_DEVICE, again, sizeof again), 0);
  CHECK_STR(again, "");
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_DEVICE, name), 0);
  CHECK_EQ(skt_get_option(&s, SKT_OPT_DEVICE, &index), 0);
  CHECK_EQ(index, 1);
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_DEVICE, "nonesuch"), SKT_ENODEV);
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_DEVICE, "lo:x"), SKT_ENODEV);
  CHECK_EQ(skt_get_option(&s, SKT_OPT_DEVICE, &index), 0);
  CHECK_EQ(index, 1);
  skt_close(&s);
}

TEST(option_text, short_buffer_reports_enospc_and_writes_only_an_end) {
  skt s = {0};
  char name[SKT_OPTION_TEXT_MAX], room[SKT_OPTION_TEXT_MAX];
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  int n = skt_get_option_text(&s, SKT_OPT_CONGESTION, name, sizeof name);
  if (n < 0) {
    skt_close(&s);
    SKIP("this system has one algorithm, or names none");
  }
  memset(room, 'x', sizeof room);
  CHECK_EQ(skt_get_option_text(&s, SKT_OPT_CONGESTION, room, 0), SKT_ENOSPC);
  CHECK_EQ(room[0], 'x');
  CHECK_EQ(skt_get_option_text(&s, SKT_OPT_CONGESTION, room, (size_t)n),
           SKT_ENOSPC);
  CHECK(room[0] == '\0' && room[1] == 'x');
  CHECK_EQ(skt_get_option_text(&s, SKT_OPT_CONGESTION, room, (size_t)n + 1), n);
  CHECK_STR(room, name);
  CHECK_EQ(room[n + 1], 'x');
  skt_close(&s);
}

TEST(option_text, numbers_and_texts_are_not_confused) {
  skt s = {0}, udp = {0};
  char text[SKT_OPTION_TEXT_MAX] = "x";
  int value = -1;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_socket(&udp, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_get_option(&s, SKT_OPT_CONGESTION, &value), SKT_EINVAL);
  CHECK_EQ(value, 0);
  for (int v = -1; v < 2; ++v) {
    CHECK_EQ(skt_set_option(&s, SKT_OPT_CONGESTION, v), SKT_EINVAL);
  }
  CHECK_EQ(skt_set_option_text(&s, SKT_OPT_NODELAY, "1"), SKT_EINVAL);
  CHECK_EQ(skt_get_option_text(&s, SKT_OPT_NODELAY, text, sizeof text),
           SKT_EINVAL);
  CHECK_STR(text, "");
  CHECK_EQ(skt_set_option_text(&s, 0, ""), SKT_EINVAL);
  CHECK_EQ(skt_get_option_text(&s, 9999, text, sizeof text), SKT_EINVAL);
  CHECK_EQ(skt_set_option_text(&udp, SKT_OPT_CONGESTION, "reno"), SKT_EINVAL);
  CHECK_EQ(skt_get_option_text(&udp, SKT_OPT_CONGESTION, text, sizeof text),
           SKT_EINVAL);
  skt_close(&s);
  skt_close(&udp);
}

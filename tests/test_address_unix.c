/* SPDX-License-Identifier: MIT */
/* Unix sockets: their addresses on every system, the sockets where there are
 * any. Files are made in the current folder, each test its own. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

enum { PATIENCE_MS = 10000 };

static bool abstract_here(void) {
  skt_addr a;
  return skt_addr_parse(&a, "unix:@x") == 0;
}

/* The longest path: what fits into the system's sun_path with its end. */
static size_t path_limit(void) {
  skt_addr a;
  char text[5 + 107 + 1] = "unix:";
  memset(text + 5, 'a', 107);
  return skt_addr_parse(&a, text) == 0 ? 107 : 103;
}

static bool has_text(const skt_addr *a, const char *want) {
  char text[SKT_ADDR_TEXT_MAX];
  return skt_addr_format(a, text, sizeof text) == (int)strlen(want) &&
         strcmp(text, want) == 0;
}

/* "unix:" or "unix:@" and n letters. */
static const char *text_of(const char *begin, size_t n) {
  static char text[256];
  size_t at = strlen(begin);
  memcpy(text, begin, at);
  memset(text + at, 'a', n);
  text[at + n] = '\0';
  return text;
}

TEST(unix_address, text_comes_back_as_it_was) {
  static const char *const texts[] = {"unix:/run/x.sock",   "unix:x",
                                      "unix:./@x",          "unix:/a b:80]%1",
                                      "unix:/tmp/\xc3\xa9", "unix:127.0.0.1:80",
                                      "unix:./@",           "unix:././@x",
                                      "unix:.//@x"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    skt_addr a;
    CHECK_EQ(skt_addr_parse(&a, texts[i]), 0);
    CHECK_EQ(skt_addr_domain(&a), SKT_UNIX);
    CHECK_EQ(skt_addr_port(&a), SKT_EINVAL);
    CHECK(has_text(&a, texts[i]));
  }
}

/* What other programs put into a name goes through unchanged, so a log must
 * escape it. */
TEST(unix_address, any_byte_but_zero_stands_in_the_text_as_it_is) {
  skt_addr a;
  char text[] = "unix:/x?";
  for (int byte = 1; byte < 256; ++byte) {
    text[7] = (char)byte;
    CHECK_EQ(skt_addr_parse(&a, text), 0);
    CHECK(has_text(&a, text));
  }
}

TEST(unix_address, path_has_1_to_107_or_103_bytes_and_its_end) {
  skt_addr a;
  size_t length;
  CHECK_EQ(skt_addr_parse(&a, "unix:"), SKT_EINVAL);
  CHECK_EQ(skt_addr_domain(&a), SKT_EINVAL);
  for (size_t n = 1; n <= path_limit(); ++n) {
    CHECK_EQ(skt_addr_parse(&a, text_of("unix:", n)), 0);
    const char *native = skt_addr_native(&a, &length);
    CHECK_EQ(length, 2 + n + 1);
    CHECK_EQ(native[length - 1], '\0');
    CHECK(has_text(&a, text_of("unix:", n)));
  }
  for (size_t n = path_limit() + 1; n < 240; ++n) {
    CHECK_EQ(skt_addr_parse(&a, text_of("unix:", n)), SKT_ENAMETOOLONG);
    CHECK_EQ(skt_addr_domain(&a), SKT_EINVAL);
  }
}

TEST(unix_address, abstract_name_has_1_to_107_bytes_or_is_refused) {
  skt_addr a;
  size_t length;
  if (!abstract_here()) {
    CHECK_EQ(skt_addr_parse(&a, "unix:@x"), SKT_EOPNOTSUPP);
    CHECK_EQ(skt_addr_parse(&a, "unix:@"), SKT_EOPNOTSUPP);
    return;
  }
  CHECK_EQ(skt_addr_parse(&a, "unix:@"), SKT_EINVAL);
  for (size_t n = 1; n <= 107; ++n) {
    CHECK_EQ(skt_addr_parse(&a, text_of("unix:@", n)), 0);
    const char *native = skt_addr_native(&a, &length);
    CHECK_EQ(length, 2 + 1 + n); /* no end: it would be part of the name */
    CHECK_EQ(native[2], '\0');
    CHECK(has_text(&a, text_of("unix:@", n)));
  }
  CHECK_EQ(path_limit(), 107);
  for (size_t n = 108; n < 240; ++n) {
    CHECK_EQ(skt_addr_parse(&a, text_of("unix:@", n)), SKT_ENAMETOOLONG);
  }
}

TEST(unix_address, short_buffer_reports_enospc) {
  skt_addr a;
  char text[16] = "#";
  CHECK_EQ(skt_addr_parse(&a, "unix:/x"), 0);
  CHECK_EQ(skt_addr_format(&a, text, 7), SKT_ENOSPC);
  CHECK_STR(text, "");
  CHECK_EQ(skt_addr_format(&a, text, 8), 7);
}

/* The family and n bytes after it, from a system that speaks so. */
static int from_path(skt_addr *out, const void *path, size_t n) {
  char native[400] = {0};
  skt_addr a;
  skt_addr_parse(&a, "unix:x");
  memcpy(native, skt_addr_native(&a, NULL), 2);
  memcpy(native + 2, path, n);
  return skt_addr_from_native(out, native, 2 + n);
}

TEST(unix_address, native_bytes_go_out_and_come_back) {
  skt_addr a, b;
  size_t length;
  CHECK_EQ(skt_addr_parse(&a, "unix:/run/x"), 0);
  const void *native = skt_addr_native(&a, &length);
  CHECK_EQ(skt_addr_from_native(&b, native, length), 0);
  CHECK_EQ(memcmp(&a, &b, sizeof a), 0);
  CHECK_EQ(skt_addr_from_native(&b, native, length - 1), 0); /* without end */
  CHECK_EQ(memcmp(&a, &b, sizeof a), 0);
  CHECK_EQ(skt_addr_from_native(&b, native, 1), SKT_EINVAL);
  CHECK_EQ(from_path(&b, "/run/x\0\0\0\0", 10), 0); /* room behind the end */
  CHECK_EQ(memcmp(&a, &b, sizeof a), 0);
  CHECK_EQ(skt_addr_parse(&a, "unix:x"), 0);
  CHECK_EQ(from_path(&b, "x", 1), 0);
  CHECK_EQ(memcmp(&a, &b, sizeof a), 0);
}

/* Refused or whole, and then readable as text: with an end or without. */
static bool is_whole_or_refused(const char *bytes, size_t length, size_t limit,
                                const char *text) {
  skt_addr a, b;
  bool fits = length - (bytes[0] == '\0') <= limit;
  int rc = from_path(&a, bytes, length);
  if (!fits) {
    return rc == SKT_ENAMETOOLONG && skt_addr_domain(&a) == SKT_EINVAL &&
           skt_addr_parse(&b, text) == SKT_ENAMETOOLONG;
  }
  return rc == 0 && has_text(&a, text) && skt_addr_parse(&b, text) == 0 &&
         memcmp(&a, &b, sizeof a) == 0;
}

TEST(unix_address, native_path_is_never_cut) {
  char path[240];
  memset(path, 'a', sizeof path);
  for (size_t n = 1; n < sizeof path; ++n) {
    CHECK(is_whole_or_refused(path, n, path_limit(), text_of("unix:", n)));
  }
}

TEST(unix_address, native_path_may_have_its_end_anywhere_in_its_length) {
  skt_addr a;
  char path[240] = {0};
  for (size_t n = 1; n < 200; ++n) {
    path[n - 1] = 'a';
    CHECK_EQ(from_path(&a, path, n + 1),
             n <= path_limit() ? 0 : SKT_ENAMETOOLONG);
    CHECK_EQ(from_path(&a, path, sizeof path),
             n <= path_limit() ? 0 : SKT_ENAMETOOLONG);
  }
}

TEST(unix_address, native_name_is_never_cut) {
  char name[240] = {0};
  if (!abstract_here()) {
    SKIP("this system has no abstract names");
  }
  memset(name + 1, 'a', sizeof name - 1);
  for (size_t n = 1; n < sizeof name - 1; ++n) {
    CHECK(is_whole_or_refused(name, n + 1, 107, text_of("unix:@", n)));
  }
}

/* "./" before it is no part of the path, and so takes none of its room. */
TEST(unix_address, file_whose_name_begins_with_at_has_the_same_limit) {
  skt_addr a, b;
  char path[107];
  size_t n = path_limit();
  memset(path, 'a', sizeof path);
  path[0] = '@';
  CHECK_EQ(from_path(&a, path, n), 0);
  CHECK(has_text(&a, text_of("unix:./@", n - 1)));
  CHECK_EQ(skt_addr_parse(&b, text_of("unix:./@", n - 1)), 0);
  CHECK_EQ(memcmp(&a, &b, sizeof a), 0);
  CHECK_EQ(skt_addr_parse(&b, text_of("unix:./@", n)), SKT_ENAMETOOLONG);
}

TEST(unix_address, file_whose_name_begins_like_an_abstract_one_is_told_apart) {
  skt_addr a;
  CHECK_EQ(from_path(&a, "@x", 3), 0);
  CHECK(has_text(&a, "unix:./@x"));
}

TEST(unix_address, unnamed_is_shown_and_not_taken) {
  skt_addr a, other;
  CHECK_EQ(from_path(&a, "", 0), 0);
  CHECK_EQ(skt_addr_domain(&a), SKT_UNIX);
  CHECK(has_text(&a, "unix:"));
  CHECK_EQ(from_path(&other, "", 1), 0);
  CHECK_EQ(memcmp(&a, &other, sizeof a), 0);
}

TEST(unix_address, abstract_name_with_a_zero_byte_has_no_text) {
  skt_addr a, b;
  size_t length;
  char text[SKT_ADDR_TEXT_MAX];
  CHECK_EQ(from_path(&a, "\0x\0y", 4), 0);
  if (!abstract_here()) {
    CHECK(has_text(&a, "unix:"));
    return;
  }
  CHECK_EQ(skt_addr_format(&a, text, sizeof text), SKT_EINVAL);
  const void *native = skt_addr_native(&a, &length);
  CHECK_EQ(length, 6);
  CHECK_EQ(skt_addr_from_native(&b, native, length), 0);
  CHECK_EQ(memcmp(&a, &b, sizeof a), 0);
}

/* Sockets. */

#define NEED_UNIX(type)                                                        \
  do {                                                                         \
    if (skt_supports(SKT_UNIX, (type), 0) == 0) {                              \
      SKIP("this system has no such unix sockets (Wine: none at all)");        \
    }                                                                          \
  } while (0)

/* A path of this test's own, where nothing is. */
static skt_addr fresh_path(const char *text) {
  skt_addr a;
  skt_addr_parse(&a, text);
  remove(text + 5);
  return a;
}

static int serve_unix(skt *s, int type, const skt_addr *at) {
  int rc = skt_socket(s, SKT_UNIX, type, 0);
  rc = rc == 0 ? skt_bind(s, at, 0) : rc;
  rc = rc == 0 ? skt_listen(s, 0) : rc;
  if (rc < 0) {
    skt_close(s);
  }
  return rc;
}

static int connect_unix(skt *s, int type, const skt_addr *to) {
  int rc = skt_socket(s, SKT_UNIX, type, 0);
  rc = rc == 0 ? skt_connect(s, to) : rc;
  if (rc < 0) {
    skt_close(s);
  }
  return rc;
}

/* A system with abstract names surely has the sockets, so that no test below
 * is passed over there by a mistake of skt_supports. */
TEST(unix_socket, systems_with_abstract_names_have_every_kind) {
  if (!abstract_here()) {
    SKIP("this system has no abstract names");
  }
  CHECK_EQ(skt_supports(SKT_UNIX, SKT_STREAM, 0), 1);
  CHECK_EQ(skt_supports(SKT_UNIX, SKT_DATAGRAM, 0), 1);
  CHECK_EQ(skt_supports(SKT_UNIX, SKT_SEQPACKET, 0), 1);
}

/* A stream at an address: bytes both ways, names, the end. */
static void talk(const skt_addr *at, const char *text) {
  skt listener = {0}, client = {0}, server = {0};
  skt_addr name;
  char byte;
  CHECK_EQ(serve_unix(&listener, SKT_STREAM, at), 0);
  CHECK_EQ(skt_local(&listener, &name), 0);
  CHECK(has_text(&name, text));
  CHECK_EQ(connect_unix(&client, SKT_STREAM, at), 0);
  CHECK_EQ(skt_accept(&listener, &server, &name, 0), 0);
  CHECK(has_text(&name, "unix:")); /* a client has no name */
  CHECK_EQ(skt_local(&client, &name), 0);
  CHECK(has_text(&name, "unix:"));
  CHECK_EQ(skt_peer(&client, &name), 0);
  CHECK(has_text(&name, text));
  CHECK_EQ(skt_write(&client, "x", 1), 1);
  CHECK_EQ(skt_read(&server, &byte, 1), 1);
  CHECK_EQ(skt_write(&server, "y", 1), 1);
  CHECK_EQ(skt_read(&client, &byte, 1), 1);
  CHECK_EQ(skt_shutdown(&client, SKT_WRITE), 0);
  CHECK_EQ(skt_read(&server, &byte, 1), 0);
  CHECK_EQ(skt_close(&client), 0);
  CHECK_EQ(skt_write(&server, "z", 1), SKT_ECONNRESET);
  skt_close(&server);
  skt_close(&listener);
}

TEST(unix_socket, streams_carry_bytes_at_a_path) {
  NEED_UNIX(SKT_STREAM);
  skt_addr at = fresh_path("unix:skt_unix_talk");
  talk(&at, "unix:skt_unix_talk");
  remove("skt_unix_talk");
}

TEST(unix_socket, abstract_name_goes_with_its_socket) {
  skt_addr at;
  skt s = {0};
  if (!abstract_here()) {
    SKIP("this system has no abstract names");
  }
  CHECK_EQ(skt_addr_parse(&at, "unix:@skt_unix_abstract"), 0);
  talk(&at, "unix:@skt_unix_abstract");
  talk(&at, "unix:@skt_unix_abstract");
  CHECK_EQ(connect_unix(&s, SKT_STREAM, &at), SKT_ECONNREFUSED);
}

TEST(unix_socket, fresh_one_is_unnamed) {
  NEED_UNIX(SKT_STREAM);
  skt s = {0};
  skt_addr name;
  CHECK_EQ(skt_socket(&s, SKT_UNIX, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_local(&s, &name), 0);
  CHECK(has_text(&name, "unix:"));
  CHECK_EQ(skt_bind(&s, &name, 0), SKT_EINVAL);
  CHECK_EQ(skt_connect(&s, &name), SKT_EINVAL);
  skt_close(&s);
}

TEST(unix_socket, file_stays_and_keeps_its_path) {
  NEED_UNIX(SKT_STREAM);
  skt_addr at = fresh_path("unix:skt_unix_file");
  skt s = {0}, other = {0};
  CHECK_EQ(serve_unix(&s, SKT_STREAM, &at), 0);
  CHECK_EQ(serve_unix(&other, SKT_STREAM, &at), SKT_EADDRINUSE);
  CHECK_EQ(skt_close(&s), 0);
  CHECK_EQ(serve_unix(&other, SKT_STREAM, &at), SKT_EADDRINUSE);
  CHECK_EQ(connect_unix(&other, SKT_STREAM, &at), SKT_ECONNREFUSED);
  CHECK_EQ(remove("skt_unix_file"), 0);
  CHECK_EQ(serve_unix(&s, SKT_STREAM, &at), 0);
  skt_close(&s);
  remove("skt_unix_file");
}

TEST(unix_socket, bind_leaves_a_file_that_is_no_socket_alone) {
  NEED_UNIX(SKT_STREAM);
  skt_addr at = fresh_path("unix:skt_unix_plain");
  skt s = {0};
  FILE *file = fopen("skt_unix_plain", "w");
  CHECK(file != NULL && fclose(file) == 0);
  CHECK_EQ(serve_unix(&s, SKT_STREAM, &at), SKT_EADDRINUSE);
  CHECK_EQ(connect_unix(&s, SKT_STREAM, &at), SKT_ECONNREFUSED);
  CHECK_EQ(remove("skt_unix_plain"), 0);
}

/* The file has the name that the caller gave, the longest too. */
TEST(unix_socket, longest_path_is_the_name_of_the_file) {
  NEED_UNIX(SKT_STREAM);
  const char *text = text_of("unix:", path_limit());
  skt_addr at = fresh_path(text);
  skt s = {0};
  CHECK_EQ(serve_unix(&s, SKT_STREAM, &at), 0);
  CHECK_EQ(skt_local(&s, &at), 0);
  CHECK(has_text(&at, text));
  skt_close(&s);
  CHECK_EQ(remove(text + 5), 0);
}

/* Only another program can have bound such a path; a file is made beside it. */
TEST(unix_socket, peer_whose_path_fills_all_the_room_has_no_name) {
  NEED_UNIX(SKT_DATAGRAM);
  skt_addr at = fresh_path("unix:skt_unix_room"), from;
  skt a = {0}, b = {0};
  char got[8], path[108 + 1] = "";
  memset(path, 'b', 108);
  remove(path);
  CHECK_EQ(skt_socket(&a, SKT_UNIX, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&a, &at, 0), 0);
  CHECK_EQ(skt_socket(&b, SKT_UNIX, SKT_DATAGRAM, 0), 0);
  if (!test_bind_path(skt_native(&b), path, 108)) {
    skt_close(&a);
    skt_close(&b);
    remove("skt_unix_room");
    SKIP("this system binds no path without an end");
  }
  CHECK_EQ(skt_send_to(&b, "x", 1, &at), 1);
  CHECK_EQ(skt_receive_from(&a, got, sizeof got, &from, NULL), 1);
  CHECK(has_text(&from, "unix:"));
  CHECK_EQ(skt_local(&b, &from), 0);
  CHECK(has_text(&from, "unix:"));
  skt_close(&a);
  skt_close(&b);
  CHECK_EQ(remove(path), 0);
  remove("skt_unix_room");
}

TEST(unix_socket, missing_path_is_told) {
  NEED_UNIX(SKT_STREAM);
  skt_addr at = fresh_path("unix:skt_unix_missing"), deep, through;
  skt s = {0};
  int rc = connect_unix(&s, SKT_STREAM, &at);
  CHECK(rc == SKT_ENOENT || rc == SKT_ECONNREFUSED);
  CHECK_EQ(skt_addr_parse(&deep, "unix:skt_no_folder/x"), 0);
  CHECK_EQ(serve_unix(&s, SKT_STREAM, &deep), SKT_ENOENT);
  FILE *file = fopen("skt_unix_missing", "w");
  CHECK(file != NULL && fclose(file) == 0);
  CHECK_EQ(skt_addr_parse(&through, "unix:skt_unix_missing/x"), 0);
  CHECK_EQ(serve_unix(&s, SKT_STREAM, &through), SKT_ENOENT);
  remove("skt_unix_missing");
}

TEST(unix_socket, another_type_at_the_path_is_told) {
  NEED_UNIX(SKT_DATAGRAM);
  skt_addr at = fresh_path("unix:skt_unix_type");
  skt s = {0}, other = {0};
  CHECK_EQ(serve_unix(&s, SKT_STREAM, &at), 0);
  CHECK_EQ(connect_unix(&other, SKT_DATAGRAM, &at), SKT_EPROTONOSUPPORT);
  skt_close(&s);
  remove("skt_unix_type");
}

TEST(unix_socket, flags_about_ports_report_einval) {
  NEED_UNIX(SKT_STREAM);
  skt_addr at = fresh_path("unix:skt_unix_flags"), v4 = loopback(SKT_IPV4);
  skt s = {0};
  CHECK_EQ(skt_socket(&s, SKT_UNIX, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&s, &at, SKT_SHARE_LOAD), SKT_EINVAL);
  CHECK_EQ(skt_bind(&s, &at, SKT_SHARE_MULTICAST), SKT_EINVAL);
  CHECK_EQ(skt_bind(&s, &at, SKT_DUAL_STACK), SKT_EINVAL);
  CHECK_EQ(skt_bind(&s, &v4, 0), SKT_EINVAL);
  CHECK_EQ(skt_bind(&s, &at, SKT_EXCLUSIVE), 0); /* it always is */
  skt_close(&s);
  remove("skt_unix_flags");
}

TEST(unix_socket, nonblocking_connect_is_done_at_once) {
  NEED_UNIX(SKT_STREAM);
  skt_addr at = fresh_path("unix:skt_unix_nonblock");
  skt listener = {0}, client = {0};
  CHECK_EQ(serve_unix(&listener, SKT_STREAM, &at), 0);
  CHECK_EQ(connect_unix(&client, SKT_STREAM | SKT_NONBLOCK, &at), 0);
  CHECK_EQ(skt_connect_finish(&client), 0);
  skt_close(&client);
  skt_close(&listener);
  remove("skt_unix_nonblock");
}

static void connect_blocking(void *argument) {
  skt client = {0};
  int *rc = argument;
  skt_addr at;
  skt_addr_parse(&at, "unix:skt_unix_full");
  *rc = connect_unix(&client, SKT_STREAM, &at);
  skt_close(&client);
}

/* Linux alone makes a blocking socket wait; the others refuse that one too. */
TEST(unix_socket, full_queue_refuses_a_nonblocking_client) {
  NEED_UNIX(SKT_STREAM);
  skt_addr at = fresh_path("unix:skt_unix_full");
  skt listener = {0}, server = {0}, clients[400] = {{0}};
  int rc = 0, n = 0, waited = -1;
  CHECK_EQ(skt_socket(&listener, SKT_UNIX, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&listener, &at, 0), 0);
  CHECK_EQ(skt_listen(&listener, 1), 0);
  for (; rc == 0 && n < 400; ++n) {
    rc = connect_unix(&clients[n], SKT_STREAM | SKT_NONBLOCK, &at);
  }
  CHECK_EQ(rc, SKT_ECONNREFUSED);
  test_thread *thread = test_start(connect_blocking, &waited);
  for (int i = 0; i < n && skt_wait(&listener, SKT_READ, 100, NULL) > 0; ++i) {
    skt_accept(&listener, &server, NULL, 0);
    skt_close(&server);
  }
  test_join(thread);
  CHECK(waited == 0 || waited == SKT_ECONNREFUSED);
  while (n > 0) {
    skt_close(&clients[--n]);
  }
  skt_close(&listener);
  remove("skt_unix_full");
}

TEST(unix_socket, datagrams_stay_apart) {
  NEED_UNIX(SKT_DATAGRAM);
  skt_addr at = fresh_path("unix:skt_unix_dgram"), name;
  skt a = {0}, b = {0};
  char got[8];
  CHECK_EQ(skt_socket(&a, SKT_UNIX, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&a, &at, 0), 0);
  CHECK_EQ(connect_unix(&b, SKT_DATAGRAM, &at), 0);
  CHECK_EQ(skt_write(&b, "one", 3), 3);
  CHECK_EQ(skt_write(&b, "", 0), 0);
  CHECK_EQ(skt_write(&b, "three", 5), 5);
  CHECK_EQ(skt_read(&a, got, sizeof got), 3);
  CHECK_EQ(skt_read(&a, got, sizeof got), 0);
  CHECK_EQ(skt_read(&a, got, sizeof got), 5);
  CHECK_EQ(skt_peer(&b, &name), 0);
  CHECK(has_text(&name, "unix:skt_unix_dgram"));
  CHECK_EQ(skt_disconnect(&b), 0);
  CHECK_EQ(skt_write(&b, "x", 1), SKT_ENOTCONN);
  CHECK_EQ(skt_listen(&a, 0), SKT_EOPNOTSUPP);
  skt_close(&a);
  skt_close(&b);
  remove("skt_unix_dgram");
}

TEST(unix_socket, datagram_to_a_peer_that_has_closed_is_refused) {
  NEED_UNIX(SKT_DATAGRAM);
  skt_addr at = fresh_path("unix:skt_unix_gone");
  skt a = {0}, b = {0};
  CHECK_EQ(skt_socket(&a, SKT_UNIX, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&a, &at, 0), 0);
  CHECK_EQ(connect_unix(&b, SKT_DATAGRAM, &at), 0);
  CHECK_EQ(skt_close(&a), 0);
  int rc = (int)skt_write(&b, "x", 1);
  CHECK(rc == SKT_ECONNREFUSED || rc == SKT_ECONNRESET || rc == SKT_ENOTCONN);
  skt_close(&b);
  remove("skt_unix_gone");
}

TEST(unix_socket, datagrams_tell_their_sender) {
  NEED_UNIX(SKT_DATAGRAM);
  skt_addr at = fresh_path("unix:skt_unix_to"), from;
  skt_addr home = fresh_path("unix:skt_unix_from"), none;
  skt a = {0}, b = {0};
  char got[8];
  CHECK_EQ(skt_socket(&a, SKT_UNIX, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&a, &at, 0), 0);
  CHECK_EQ(skt_socket(&b, SKT_UNIX, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_local(&b, &none), 0);
  CHECK_EQ(skt_send_to(&b, "x", 1, &none), SKT_EINVAL);
  CHECK_EQ(skt_send_to(&b, "x", 1, &at), 1);
  CHECK_EQ(skt_receive_from(&a, got, sizeof got, &from, NULL), 1);
  CHECK(has_text(&from, "unix:"));
  CHECK_EQ(skt_bind(&b, &home, 0), 0);
  CHECK_EQ(skt_send_to(&b, "y", 1, &at), 1);
  CHECK_EQ(skt_receive_from(&a, got, sizeof got, &from, NULL), 1);
  CHECK(has_text(&from, "unix:skt_unix_from"));
  CHECK_EQ(skt_send_to(&a, "z", 1, &from), 1);
  CHECK_EQ(skt_receive_from(&b, got, sizeof got, NULL, NULL), 1);
  skt_close(&a);
  skt_close(&b);
  remove("skt_unix_to");
  remove("skt_unix_from");
}

TEST(unix_socket, seqpacket_keeps_messages_apart_over_a_connection) {
  NEED_UNIX(SKT_SEQPACKET);
  skt_addr at = fresh_path("unix:skt_unix_seq");
  skt listener = {0}, client = {0}, server = {0};
  char got[8];
  CHECK_EQ(serve_unix(&listener, SKT_SEQPACKET, &at), 0);
  CHECK_EQ(connect_unix(&client, SKT_SEQPACKET, &at), 0);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  CHECK_EQ(skt_write(&client, "one", 3), 3);
  CHECK_EQ(skt_write(&client, "", 0), 0); /* nothing is sent */
  CHECK_EQ(skt_write(&client, "three", 5), 5);
  CHECK_EQ(skt_read(&server, got, sizeof got), 3);
  CHECK_EQ(skt_read(&server, got, sizeof got), 5);
  CHECK_EQ(skt_disconnect(&client), SKT_EINVAL);
  CHECK_EQ(skt_shutdown(&client, SKT_WRITE), 0);
  CHECK_EQ(skt_read(&server, got, sizeof got), 0);
  CHECK_EQ(skt_adopt(&client, skt_release(&client), 0), 0);
  CHECK_EQ(skt_disconnect(&client), SKT_EINVAL); /* known again */
  skt_close(&client);
  skt_close(&server);
  skt_close(&listener);
  remove("skt_unix_seq");
}

TEST(unix_socket, adopted_one_is_asked_what_it_is) {
  NEED_UNIX(SKT_STREAM);
  skt_addr at = fresh_path("unix:skt_unix_adopt");
  skt s = {0}, client = {0};
  CHECK_EQ(skt_socket(&s, SKT_UNIX, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_adopt(&s, skt_release(&s), 0), 0);
  CHECK_EQ(skt_listen(&s, 0), SKT_EINVAL); /* fresh */
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  CHECK_EQ(skt_adopt(&s, skt_release(&s), 0), 0);
  CHECK_EQ(skt_listen(&s, 0), 0); /* bound */
  CHECK_EQ(skt_adopt(&s, skt_release(&s), 0), 0);
  CHECK_EQ(connect_unix(&client, SKT_STREAM, &at), 0);
  CHECK_EQ(skt_wait(&s, SKT_READ, PATIENCE_MS, NULL), SKT_READ); /* listens */
  skt_close(&client);
  skt_close(&s);
  remove("skt_unix_adopt");
}

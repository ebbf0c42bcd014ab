/* SPDX-License-Identifier: MIT */
/* Control data, written and read by the table of the backend. */
#include "control.h"

#include "address.h"

#include <string.h>

/* An item of control data: where its bytes are, and how many. */
typedef struct control_item {
  int level, type;
  const char *data;
  size_t n;
} control_item;

/* Take the item at the start of n bytes. Returns where the next one is, or 0
 * at the end: an item that is shorter than its head, or longer than what is
 * left, is none. CMSG_NXTHDR is not used, because some read on behind the end,
 * and some never end (musl; macOS before 14, in a rest of zeros). */
static size_t take_item(const char *control, size_t n, control_item *item) {
  skt__control_head head;
  const size_t start = SKT__CONTROL_LENGTH(0);
  if (n < start) {
    return 0;
  }
  memcpy(&head, control, sizeof head);
  size_t length = (size_t)head.cmsg_len;
  if (length < start || length > n) {
    return 0;
  }
  *item = (control_item){head.cmsg_level, head.cmsg_type, control + start,
                         length - start};
  size_t step = SKT__CONTROL_SPACE(length - start);
  return step < n ? step : n;
}

/* The systems deliver numbers of 1, 2 and 4 bytes: a traffic class is one byte
 * on Linux, an int elsewhere; a segment is an int (udp(7)). */
static int number_of(const control_item *item) {
  uint8_t one;
  uint16_t two;
  int32_t four;
  switch (item->n) {
  case sizeof one:
    memcpy(&one, item->data, sizeof one);
    return one;
  case sizeof two:
    memcpy(&two, item->data, sizeof two);
    return two;
  case sizeof four:
    memcpy(&four, item->data, sizeof four);
    return four;
  default:
    return -1;
  }
}

/* A time in seconds and parts: two numbers of 64 or 32 bits. */
static bool read_time(const control_item *item, int64_t ns_a_part,
                      skt_message *m) {
  int64_t wide[2];
  int32_t narrow[2];
  if (item->n == sizeof narrow) {
    memcpy(narrow, item->data, sizeof narrow);
    wide[0] = narrow[0];
    wide[1] = narrow[1];
  } else if (item->n == sizeof wide) {
    memcpy(wide, item->data, sizeof wide);
  } else {
    return false;
  }
  const int64_t second = 1000000000;
  if (wide[0] < 0 || wide[0] > INT64_MAX / second - 1 || wide[1] < 0 ||
      wide[1] >= second / ns_a_part) {
    return false;
  }
  m->time_ns = wide[0] * second + wide[1] * ns_a_part;
  return true;
}

static size_t bytes_of(int domain) { return domain == SKT_IPV4 ? 4 : 16; }

/* Whether an answer can come from the address: not from that of a group, nor
 * from a broadcast one, which Linux shows by another source. */
static bool can_be_source(const skt__control_row *row, const skt__ip *ip,
                          const char *data) {
  const uint8_t *b = ip->bytes;
  static const uint8_t all[4] = {255, 255, 255, 255};
  if (ip->domain == SKT_IPV6) {
    return b[0] != 0xff;
  }
  return (b[0] & 0xf0) != 0xe0 && memcmp(b, all, sizeof all) != 0 &&
         (row->domain != SKT_IPV4 || row->source_at == SKT__NOWHERE ||
          memcmp(data + row->source_at, data + row->address_at, 4) == 0);
}

static bool read_local(const skt__control_row *row, const control_item *item,
                       skt_message *m) {
  skt__ip ip = {.domain = row->domain};
  size_t n = bytes_of(row->domain);
  if (item->n < row->address_at + n ||
      (row->index_at != SKT__NOWHERE && item->n < row->index_at + 4u) ||
      (row->source_at != SKT__NOWHERE && item->n < row->source_at + n)) {
    return false;
  }
  memcpy(ip.bytes, item->data + row->address_at, n);
  if (row->index_at != SKT__NOWHERE) {
    memcpy(&m->device, item->data + row->index_at, 4);
    m->has |= SKT_HAS_DEVICE;
  }
  if (skt__ip_is_link_local(&ip)) {
    ip.scope = m->device;
  }
  (void)skt__ip_unmap(&ip);
  skt__addr_set_ip(&m->local, &ip);
  if (can_be_source(row, &ip, item->data)) {
    m->use |= SKT_HAS_LOCAL;
  }
  return true;
}

static bool read_number(int number, int low, int *out) {
  if (number < low || number > 255) {
    return false;
  }
  *out = number;
  return true;
}

/* Returns whether the item says what it is about. */
static bool read_item(const skt__control_row *row, const control_item *item,
                      skt_message *m, size_t *segment) {
  int number;
  switch (row->what) {
  case SKT_HAS_LOCAL:
    return read_local(row, item, m);
  case SKT_HAS_HOPS:
    return read_number(number_of(item), 0, &m->hops);
  case SKT_HAS_CLASS:
    return read_number(number_of(item), 0, &m->traffic_class);
  case SKT_HAS_TIME:
    return read_time(item, 1, m);
  case SKT__HAS_MICROSECONDS:
    return read_time(item, 1000, m);
  default: /* SKT__HAS_SEGMENT */
    number = number_of(item);
    *segment = number > 0 ? (size_t)number : 0;
    return false;
  }
}

static void read_known(const control_item *item, skt_message *m,
                       size_t *segment) {
  for (const skt__control_row *row = skt__sys_controls; row->what != 0; ++row) {
    if (row->type == item->type && row->level == item->level) {
      if (read_item(row, item, m, segment)) {
        m->has |= row->what == SKT__HAS_MICROSECONDS ? SKT_HAS_TIME : row->what;
      }
      return;
    }
  }
}

size_t skt__control_read(const void *control, size_t n, skt_message *m) {
  const char *at = control;
  control_item item;
  size_t segment = 0, step;
  for (; (step = take_item(at, n, &item)) != 0; at += step, n -= step) {
    read_known(&item, m, &segment);
  }
  return segment;
}

/* Append an item; its bytes are zeroed. Returns where they are. */
static char *put_item(char **at, const skt__control_row *row) {
  skt__control_head head;
  char *start = *at;
  size_t space = SKT__CONTROL_SPACE(row->size);
  memset(start, 0, space); /* musl's head has padding, which the kernel reads */
  memset(&head, 0, sizeof head);
  head.cmsg_len = SKT__CONTROL_LENGTH(row->size);
  head.cmsg_level = row->level;
  head.cmsg_type = row->type;
  memcpy(start, &head, sizeof head);
  *at += space;
  return start + SKT__CONTROL_LENGTH(0);
}

static void put_integer(char **at, const skt__control_row *row, int number) {
  uint8_t one = (uint8_t)number;
  uint16_t two = (uint16_t)number;
  char *data = put_item(at, row);
  switch (row->size) {
  case sizeof one:
    memcpy(data, &one, sizeof one);
    break;
  case sizeof two:
    memcpy(data, &two, sizeof two);
    break;
  default:
    memcpy(data, &number, sizeof number);
  }
}

static const skt__control_row *row_to_send(int what, int domain) {
  const skt__control_row *row = skt__sys_controls;
  while (row->what != 0 && (row->what != what || row->size == 0 ||
                            (row->domain != 0 && row->domain != domain))) {
    ++row;
  }
  return row->what != 0 ? row : NULL;
}

/* This side's address and the interface are one item. */
static int put_source(char **at, const skt_message *m, int domain,
                      bool mapped) {
  skt__ip ip = {.domain = domain};
  const skt__control_row *row = row_to_send(SKT_HAS_LOCAL, domain);
  bool by_interface = (m->use & SKT_HAS_DEVICE) != 0;
  if ((m->use & SKT_HAS_LOCAL) != 0) {
    int wanted = mapped ? SKT_IPV4 : domain;
    if (skt__addr_get_ip(&m->local, &ip) != wanted ||
        skt__ip_is_wildcard(&ip)) {
      return SKT_EINVAL;
    }
  }
  if (by_interface && m->device == 0) {
    return SKT_EINVAL;
  }
  if (row == NULL || (by_interface && row->index_at == SKT__NOWHERE)) {
    return SKT_EOPNOTSUPP;
  }
  uint32_t index = by_interface ? m->device : ip.scope;
  char *data = put_item(at, row);
  if (ip.domain != domain) {
    skt__ip_map(&ip);
  }
  memcpy(data + row->source_at, ip.bytes, bytes_of(domain));
  if (row->index_at != SKT__NOWHERE) {
    memcpy(data + row->index_at, &index, sizeof index);
  }
  return 0;
}

static int put_choice(char **at, int what, int domain, int number, int low) {
  const skt__control_row *row = row_to_send(what, domain);
  if (number < low || number > 255) {
    return SKT_EINVAL;
  }
  if (row == NULL) {
    return SKT_EOPNOTSUPP;
  }
  put_integer(at, row, number);
  return 0;
}

ptrdiff_t skt__control_write(void *control, const skt_message *m, int domain,
                             bool mapped, size_t segment) {
  char *at = control;
  int rc = 0;
  if (segment != 0) {
    put_integer(&at, row_to_send(SKT__HAS_SEGMENT, domain), (int)segment);
  }
  if (m->use == 0) {
    return at - (char *)control;
  }
  if (mapped && skt__system.chooses_by_peer) {
    domain = SKT_IPV4;
    mapped = false;
  }
  if ((m->use & (SKT_HAS_LOCAL | SKT_HAS_DEVICE)) != 0) {
    rc = put_source(&at, m, domain, mapped);
  }
  if (rc == 0 && (m->use & SKT_HAS_HOPS) != 0) {
    rc = put_choice(&at, SKT_HAS_HOPS, domain, m->hops, 1);
  }
  if (rc == 0 && (m->use & SKT_HAS_CLASS) != 0) {
    rc = put_choice(&at, SKT_HAS_CLASS, domain, m->traffic_class, 0);
  }
  return rc < 0 ? rc : at - (char *)control;
}

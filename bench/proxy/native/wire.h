// What the load generator and its backends agree on: the frame, the bytes that follow it, and how they are checked.
//
//   offset  length  the first frame of every connection (Star)
//        0       1  *
//        1       4  length, big-endian; the whole frame is length + 7 bytes
//        5       1  mode: C connect, R ping-pong, U up, D down (ASCII; a relay does not look at it)
//        6       8  size of a ping-pong message, 8 decimal digits
//       14       5  -
//       19      16  key%013u; the connection belongs to backend number % BACKENDS
//       35    0–29  =
//
// The backend answers the frame with the 16 bytes of the key, or with MISROUTED. Then, by mode:
//   C  nothing: the client closes.
//   R  the client sends messages of `size` bytes, each answered by one of the same size.
//   U  the client sends pattern and half-closes; the answer is the number of bytes seen, 16 decimal digits, or CORRUPT.
//   D  the client sends requests, a byte each; every one is answered by BLOCK bytes of pattern.
// All these bytes are the pattern, counted from 0 for each connection and direction.
#ifndef WIRE_H
#define WIRE_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { FRAME_MIN = 35, FRAME_MAX = 64, KEY_AT = 19, KEY_LENGTH = 16, ANSWER = 16, BACKENDS = 4, KEYS = 1000 };
enum { MESSAGE_MAX = 1 << 20, READ_MAX = 256 << 10, SEND_MAX = 256 << 10 };
/** What one request of the mode `down` asks for: large enough that asking costs nothing, small enough to end soon. */
#define BLOCK ((uint64_t)8 << 20)
#define MISROUTED "-- misrouted! --"
#define CORRUPT "---- corrupt ---"

/** A prime, so that a block that is lost, repeated or exchanged does not go unnoticed. */
#define PATTERN_PERIOD 65521
static uint8_t pattern[PATTERN_PERIOD + MESSAGE_MAX];

static inline void make_pattern(void) {
  uint32_t x = 2463534242u;
  for (int i = 0; i < PATTERN_PERIOD; i++) {
    x ^= x << 13, x ^= x >> 17, x ^= x << 5;
    pattern[i] = x;
  }
  for (size_t i = PATTERN_PERIOD; i < sizeof pattern; i++) pattern[i] = pattern[i - PATTERN_PERIOD];
}

/** The pattern from byte `offset` of a stream on; MESSAGE_MAX bytes of it. */
static inline const uint8_t *pattern_at(uint64_t offset) { return pattern + offset % PATTERN_PERIOD; }

/** Of shorter reads all bytes are checked. */
enum { CHECKED_WHOLE = 4096 };

/** Whether these bytes are the pattern. Of long reads the ends, and all of one in 16: checking must not be the load. */
static inline int is_pattern(const uint8_t *bytes, size_t length, uint64_t offset) {
  static unsigned reads;
  const uint8_t *expected = pattern_at(offset);
  if (length <= CHECKED_WHOLE || reads++ % 16 == 0) return memcmp(bytes, expected, length) == 0;
  return memcmp(bytes, expected, 64) == 0 && memcmp(bytes + length - 64, expected + length - 64, 64) == 0;
}

/** As many descriptors as an unprivileged process may have. @returns how many */
static inline uint64_t raise_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit)) return 1024;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur < (1 << 20) ? limit.rlim_cur : 1 << 20;
}

static inline void fail(const char *what) {
  perror(what);
  exit(1);
}

/** Reads an argument that has to be a number in this range. */
static inline long number(const char *text, long least, long most) {
  char *end;
  long value = strtol(text, &end, 10);
  if (*text == 0 || *end != 0 || value < least || value > most) {
    fprintf(stderr, "%s is not a number from %ld to %ld\n", text, least, most);
    exit(2);
  }
  return value;
}
#endif

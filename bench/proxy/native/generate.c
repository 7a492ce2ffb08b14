// The load generator: one epoll loop, one mode a run, one line of JSON at its end. What it says stands in wire.h.
//   generate MODE PORT PORTS CONNECTIONS WARM_UP MILLISECONDS SIZE RATE [PID…]
// MODE is conn, rr, up, down or idle; PORTS is how many ports in a row (1 for a relay; BACKENDS for the backends
// themselves, where the key says which). Counting begins WARM_UP milliseconds after all connections are open (of conn: after
// the start) and ends MILLISECONDS later; over exactly that time the CPU of this process and of those PIDs is read. With a
// RATE, `conn` begins so many connections a second, counted at once, whether those before were answered or not, as long as no
// more than CONNECTIONS are open, and no more of them once standard input has ended; with 0, as many as it can. `idle` opens
// all connections, prints "ready" and holds them until standard input ends.
#define _GNU_SOURCE
#include "latency.h"
#include "wire.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, IN_PROGRESS_MAX = 64, SOURCES = 16, PIDS_MAX = 4 };
/** A relay that fails this often has failed. */
enum { ERRORS_MAX = 2000 };
/** Time for what is under way at the end, and the longest time to hold idle connections. */
#define GRACE_NS 5000000000u
#define HOLD_MS 60000
/** Connections that are to be counted over have so long to open. */
#define OPEN_NS 30000000000u

typedef enum { CONN = 'C', RR = 'R', UP = 'U', DOWN = 'D', IDLE = 'I' } mode_kind;

typedef struct {
  enum { FREE, FRAME, HELLO, RUN, LAST } state;
  uint32_t events;
  uint64_t started;
  uint64_t sent, received, owed; // bytes of pattern
  uint8_t frame[FRAME_MAX], frame_length, frame_sent, answer[ANSWER], answer_length;
} connection;

static connection *connections;
static uint64_t descriptors, operations, answered, bytes;
static int poller, port, ports, open_now, fresh, size, held, rate;
static uint32_t numbered; // connections begun
/** Before, while and after it is counted, with the moments of its beginning and its end. */
static enum { EARLY, COUNTING, OVER } phase;
static uint64_t counted_from, counted_to;
/** Processor time of this process and of the others that were named, in nanoseconds; -1: that cannot be read. */
static clockid_t clocks[1 + PIDS_MAX] = {CLOCK_PROCESS_CPUTIME_ID};
static int64_t used[1 + PIDS_MAX];
static int clock_count = 1;
static mode_kind mode;
static uint8_t buffer[READ_MAX];
static struct { uint64_t connect, early, misrouted, corrupt, unanswered; } errors;

static uint64_t all_errors(void) { return errors.connect + errors.early + errors.misrouted + errors.corrupt; }

/** Where the other side speaks only when it was spoken to, edges: nothing is looked at twice. */
static int has_edges(void) { return mode == RR || mode == CONN; }

static void await(int fd, uint32_t events) {
  connection *c = &connections[fd];
  if (has_edges()) events |= EPOLLET | EPOLLRDHUP;
  if (c->events == events) return;
  struct epoll_event event = {.events = events, .data.fd = fd};
  epoll_ctl(poller, c->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
  c->events = events;
}

static void end(int fd) {
  if (connections[fd].state <= HELLO) fresh--;
  connections[fd].state = FREE;
  open_now--;
  close(fd);
}

static void end_badly(int fd, uint64_t *error) {
  ++*error;
  end(fd);
}

/** What all frames have in common. */
static uint8_t frame_text[FRAME_MAX];

static void make_frame_text(void) {
  char text[FRAME_MAX + 1];
  memset(text, '=', sizeof text);
  int n = snprintf(text, sizeof text, "*0000%c%08d-----key%013u", mode == IDLE ? CONN : mode, size, 0);
  text[n] = '=';
  memcpy(frame_text, text, sizeof frame_text);
  memset(frame_text + 1, 0, 4);
}

static void make_frame(connection *c, uint32_t key) {
  c->frame_length = FRAME_MIN + (mode == CONN ? numbered % (FRAME_MAX - FRAME_MIN + 1) : 5);
  memcpy(c->frame, frame_text, sizeof c->frame);
  c->frame[4] = c->frame_length - 7;
  for (int at = KEY_AT + KEY_LENGTH; key > 0; key /= 10) c->frame[--at] = '0' + key % 10;
}

static void progress(int fd, uint32_t ready);

/** Many short connections would wear out one address's ports. */
static void take_source(int fd) {
  int one = 1;
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + numbered % SOURCES)};
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(fd, (void *)&from, sizeof from)) fail("bind");
}

static void begin(void) {
  uint32_t key = numbered++ % KEYS;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  if (fd < 0 || (uint64_t)fd >= descriptors) fail("socket");
  if (mode == CONN) take_source(fd); // it sends once: nothing to delay
  else setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  connection *c = &connections[fd];
  memset(c, 0, sizeof *c);
  c->state = FRAME;
  make_frame(c, key);
  open_now++;
  fresh++;
  c->started = now_ns();
  struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons(port + key % ports), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (void *)&to, sizeof to) && errno != EINPROGRESS) return end_badly(fd, &errors.connect);
  progress(fd, EPOLLOUT);
}

/** Sends what is due. @returns 0 when the connection has ended */
static int transmit(int fd) {
  connection *c = &connections[fd];
  for (int turn = 0; turn < 4 || mode != UP; turn++) {
    int in_frame = c->state == FRAME;
    if (c->state == HELLO) break; // nothing more before the answer
    if (!in_frame && mode == UP && c->state != LAST) c->owed = c->sent + SEND_MAX;
    const uint8_t *from = in_frame ? c->frame + c->frame_sent : pattern_at(c->sent);
    uint64_t left = in_frame ? (uint64_t)(c->frame_length - c->frame_sent) : c->owed - c->sent;
    if (left == 0 || (!in_frame && mode == DOWN)) break;
    ssize_t n = send(fd, from, left, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) return await(fd, EPOLLIN | EPOLLOUT), 1;
    if (n < 0) return end_badly(fd, in_frame ? &errors.connect : &errors.early), 0;
    if (!in_frame) c->sent += n, bytes += phase == COUNTING && mode == UP ? n : 0;
    else if ((c->frame_sent += n) == c->frame_length) c->state = HELLO;
  }
  await(fd, EPOLLIN | (mode == UP && c->state == RUN ? EPOLLOUT : 0));
  return 1;
}

static void next_message(int fd, uint64_t now) {
  connection *c = &connections[fd];
  c->started = now;
  c->owed += size;
  transmit(fd);
}

static void ask_for_block(int fd) {
  connections[fd].owed += BLOCK;
  if (send(fd, "?", 1, MSG_NOSIGNAL) != 1) end_badly(fd, &errors.early);
}

static void count_operation(const connection *c, uint64_t now) {
  if (phase != COUNTING) return;
  operations++;
  count_latency(now - c->started);
}

/** The backend has answered the frame. */
static void on_hello(int fd) {
  connection *c = &connections[fd];
  if (memcmp(c->answer, c->frame + KEY_AT, ANSWER)) return end_badly(fd, &errors.misrouted);
  c->answer_length = 0;
  fresh--;
  c->state = RUN;
  answered++;
  if (mode == CONN || mode == IDLE) count_operation(c, now_ns());
  if (mode == CONN) end(fd);
  else if (mode == RR) next_message(fd, now_ns());
  else if (mode == UP) transmit(fd);
  else if (mode == DOWN) ask_for_block(fd), connections[fd].state == RUN ? ask_for_block(fd) : (void)0;
  else held++;
}

/** The backend's last word in the mode `up`: how much it saw. */
static void on_count(int fd) {
  connection *c = &connections[fd];
  char words[ANSWER + 1];
  snprintf(words, sizeof words, "%016llu", (unsigned long long)c->sent);
  if (memcmp(c->answer, words, ANSWER)) return end_badly(fd, &errors.corrupt);
  end(fd);
}

static void on_answer(int fd, ssize_t n) {
  connection *c = &connections[fd];
  memcpy(c->answer + c->answer_length, buffer, n);
  c->answer_length += n;
  if (c->answer_length < ANSWER) return;
  if (c->state == HELLO) on_hello(fd);
  else on_count(fd);
}

static void on_pattern(int fd, ssize_t n) {
  connection *c = &connections[fd];
  if (!is_pattern(buffer, n, c->received)) return end_badly(fd, &errors.corrupt);
  c->received += n;
  if (c->received > c->owed) return end_badly(fd, &errors.corrupt);
  bytes += phase == COUNTING ? n : 0;
  if (mode == DOWN) {
    if (c->state == RUN && c->owed - c->received < BLOCK) ask_for_block(fd);
  } else if (c->received == c->owed) {
    uint64_t now = now_ns(); // both the end of this one and the beginning of the next
    count_operation(c, now);
    if (phase != OVER) next_message(fd, now);
    else end(fd);
  }
}

static void on_end(int fd) {
  connection *c = &connections[fd];
  if (mode == DOWN && c->state == LAST && c->received == c->owed) return end(fd);
  end_badly(fd, c->state <= HELLO ? &errors.connect : &errors.early);
}

/** Reads once. @returns DONE when there is no more to read or the connection has ended */
static enum { DONE, SHORT, FULL } receive(int fd) {
  connection *c = &connections[fd];
  int takes_answer = c->state <= HELLO || mode == UP;
  size_t wanted = takes_answer ? (size_t)(ANSWER - c->answer_length) : sizeof buffer;
  ssize_t n = recv(fd, buffer, wanted, 0);
  if (n < 0 && errno == EAGAIN) return DONE;
  if (n < 0) end_badly(fd, c->state <= HELLO ? &errors.connect : &errors.early);
  else if (n == 0) on_end(fd);
  else if (takes_answer) on_answer(fd, n);
  else if (mode == CONN || mode == IDLE) end_badly(fd, &errors.corrupt); // nobody asked for more
  else on_pattern(fd, n);
  return c->state == FREE ? DONE : (size_t)n < wanted ? SHORT : FULL;
}

static void progress(int fd, uint32_t ready) {
  if (ready & EPOLLOUT && !transmit(fd)) return;
  if (!(ready & (EPOLLIN | EPOLLERR | EPOLLHUP | EPOLLRDHUP))) return;
  int is_ending = ready & (EPOLLERR | EPOLLHUP | EPOLLRDHUP);
  for (;;) {
    int seen = receive(fd);
    // A short read has emptied it; but the end, if it is there already, makes no further edge.
    if (seen == DONE || (seen == SHORT && !is_ending) || !has_edges()) return;
  }
}

/** Bulk ends in order: what was sent is confirmed, what was asked for still comes. */
static void finish_bulk(int most) {
  for (int fd = 0; fd < most; fd++) {
    if (connections[fd].state != RUN) continue;
    connections[fd].state = LAST;
    connections[fd].owed = mode == UP ? connections[fd].sent : connections[fd].owed;
    shutdown(fd, SHUT_WR);
    await(fd, EPOLLIN);
  }
}

static void turn(int timeout_ms) {
  static struct epoll_event events[EVENTS];
  int n = epoll_wait(poller, events, EVENTS, timeout_ms);
  if (n < 0 && errno != EINTR) fail("epoll_wait");
  for (int i = 0; i < n; i++)
    if (connections[events[i].data.fd].state != FREE) progress(events[i].data.fd, events[i].events);
}

static int may_begin(uint64_t now, int wanted, uint64_t duration) {
  if (phase == OVER || open_now >= wanted) return 0;
  if (rate && phase == EARLY) return 0;
  uint64_t passed = now - counted_from < duration ? now - counted_from : duration;
  if (rate) return numbered * 1000000000ull < passed * rate;
  return fresh < IN_PROGRESS_MAX && (mode == CONN || numbered < (uint32_t)wanted);
}

static int is_input_open(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  return poll(&input, 1, 0) == 0;
}

static void read_clocks(int sign) {
  for (int i = 0; i < clock_count; i++) {
    struct timespec time;
    if (used[i] < 0 || clock_gettime(clocks[i], &time)) used[i] = -1;
    else if (sign < 0) used[i] = time.tv_sec * 1000000000ll + time.tv_nsec;
    else used[i] = time.tv_sec * 1000000000ll + time.tv_nsec - used[i];
  }
}

/** Begins to count and ends once it is time. @returns the moment that `now` is then, or the same */
static uint64_t look_at_clock(uint64_t now, uint64_t warm_from, uint64_t warm_up, uint64_t duration) {
  if (phase == EARLY && warm_from && now >= warm_from + warm_up) {
    read_clocks(-1);
    phase = COUNTING;
    return counted_from = now_ns();
  }
  if (phase == COUNTING && (now >= counted_from + duration || (rate && !is_input_open()))) {
    read_clocks(1);
    phase = OVER;
    return counted_to = now_ns();
  }
  return now;
}

static int until_ms(uint64_t now, uint64_t then) { return now < then ? 1 + (then - now) / 1000000 : 0; }

static void run(int wanted, uint64_t warm_up, uint64_t duration) {
  uint64_t began = now_ns(), warm_from = mode == CONN || mode == IDLE ? began : 0;
  int is_finishing = 0;
  if (mode == IDLE || rate) warm_up = 0; // all of it counts
  for (;;) {
    uint64_t now = now_ns();
    if (!warm_from && numbered == (uint32_t)wanted && fresh == 0) warm_from = now;
    while (may_begin(now, wanted, duration)) {
      begin();
      if (all_errors() > ERRORS_MAX) return;
    }
    now = look_at_clock(now, warm_from, warm_up, duration); // behind the last that were due
    if (all_errors() > ERRORS_MAX) return;
    if (phase == OVER ? now > counted_to + GRACE_NS : !warm_from && now > began + OPEN_NS) return;
    if (mode == IDLE && numbered == (uint32_t)wanted && fresh == 0) return;
    if (open_now == 0 && (phase == OVER || mode != CONN)) return;
    if (phase == OVER && (mode == UP || mode == DOWN) && !is_finishing) finish_bulk(descriptors), is_finishing = 1;
    uint64_t then = phase == EARLY ? warm_from + warm_up : counted_from + duration;
    turn(phase == OVER || !warm_from ? 50 : rate ? 1 : until_ms(now, then));
  }
}

/** Holds what is open; a connection that ends or says something meanwhile is an error. */
static void hold(void) {
  printf("ready\n");
  fflush(stdout);
  uint64_t until = now_ns() + HOLD_MS * 1000000ull;
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  while (now_ns() < until && poll(&input, 1, 20) == 0) turn(0);
}

static void report(const char *name) {
  for (uint64_t fd = 0; fd < descriptors; fd++)
    if (connections[fd].state != FREE && (mode != IDLE || connections[fd].state <= HELLO)) errors.unanswered++;
  if (phase == COUNTING) read_clocks(1), counted_to = now_ns();
  if (phase == EARLY) clock_count = 0;
  printf("{\"mode\":\"%s\",\"seconds\":%.6f,\"operations\":%llu,\"bytes\":%llu,\"held\":%d,\"begun\":%u,\"answered\":%llu,",
         name, (counted_to - counted_from) / 1e9, (unsigned long long)operations, (unsigned long long)bytes, held, numbered,
         (unsigned long long)answered);
  printf("\"errors\":{\"connect\":%llu,\"early\":%llu,\"misrouted\":%llu,\"corrupt\":%llu,\"unanswered\":%llu},\"latency\":",
         (unsigned long long)errors.connect, (unsigned long long)errors.early, (unsigned long long)errors.misrouted,
         (unsigned long long)errors.corrupt, (unsigned long long)errors.unanswered);
  print_latency();
  printf(",\"cpuNs\":[");
  for (int i = 0; i < clock_count; i++) printf(i ? ",%lld" : "%lld", (long long)used[i]);
  printf("]}\n");
}

int main(int count, char **arguments) {
  static const struct { const char *name; mode_kind kind; } modes[] = {
      {"conn", CONN}, {"rr", RR}, {"up", UP}, {"down", DOWN}, {"idle", IDLE}};
  if (count < 9 || count > 9 + PIDS_MAX)
    return fprintf(stderr, "generate MODE PORT PORTS CONNECTIONS WARM_UP MILLISECONDS SIZE RATE [PID…]\n"), 2;
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
    if (strcmp(arguments[1], modes[i].name) == 0) mode = modes[i].kind;
  if (mode == 0) return fprintf(stderr, "%s is no mode\n", arguments[1]), 2;
  port = number(arguments[2], 1, 65535 - BACKENDS);
  ports = number(arguments[3], 1, BACKENDS);
  make_pattern();
  descriptors = raise_descriptors();
  int wanted = number(arguments[4], 1, descriptors - 32);
  uint64_t warm_up = number(arguments[5], 0, 600000) * 1000000ull, duration = number(arguments[6], 1, 600000) * 1000000ull;
  size = number(arguments[7], 1, MESSAGE_MAX);
  rate = number(arguments[8], 0, 1000000);
  if (rate && mode != CONN) return fprintf(stderr, "only conn has a rate\n"), 2;
  for (int i = 9; i < count; i++, clock_count++)
    if (clock_getcpuclockid(number(arguments[i], 1, INT32_MAX), &clocks[clock_count])) used[clock_count] = -1;
  make_frame_text();
  connections = calloc(descriptors, sizeof *connections);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (!connections || poller < 0) fail("start");
  run(wanted, warm_up, duration);
  if (mode == IDLE) hold();
  report(arguments[1]);
  return 0;
}

// The load generator: one epoll loop, one mode a run, one line of JSON at its end. What it says stands in wire.h.
//   generate MODE PORT PORTS CONNECTIONS MILLISECONDS SIZE [RATE]
// MODE is conn, rr, up, down or idle; PORTS is how many ports in a row (1 for a relay; BACKENDS for the backends
// themselves, where the key says which). With a RATE, `conn` begins so many connections a second, whether those before were
// answered or not, as long as no more than CONNECTIONS are open, and no more of them once standard input has ended; without,
// as many as it can. `idle` opens all connections, prints "ready" and holds them until standard input ends.
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

enum { EVENTS = 512, IN_PROGRESS_MAX = 64, SOURCES = 16 };
/** A relay that fails this often has failed. */
enum { ERRORS_MAX = 2000 };
/** Time for what is under way at the end, and the longest time to hold idle connections. */
#define GRACE_NS 5000000000u
#define HOLD_MS 60000

typedef enum { CONN = 'C', RR = 'R', UP = 'U', DOWN = 'D', IDLE = 'I' } mode_kind;

typedef struct {
  enum { FREE, FRAME, HELLO, RUN, LAST } state;
  uint32_t events;
  uint64_t started;
  uint64_t sent, received, owed; // bytes of pattern
  uint8_t frame[FRAME_MAX], frame_length, frame_sent, answer[ANSWER], answer_length;
} connection;

static connection *connections;
static uint64_t descriptors, deadline, measured_from, last_byte, operations, answered, bytes;
static int poller, port, ports, open_now, fresh, size, held, rate;
static uint32_t numbered; // connections begun
static mode_kind mode;
static uint8_t buffer[READ_MAX > MESSAGE_MAX ? READ_MAX : MESSAGE_MAX];
static struct { uint64_t connect, early, misrouted, corrupt, unanswered; } errors;

static uint64_t all_errors(void) { return errors.connect + errors.early + errors.misrouted + errors.corrupt; }

static void await(int fd, uint32_t events) {
  connection *c = &connections[fd];
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

static void make_frame(connection *c, uint32_t key) {
  c->frame_length = FRAME_MIN + (mode == CONN ? numbered % (FRAME_MAX - FRAME_MIN + 1) : 5);
  char text[FRAME_MAX + 1];
  memset(text, '=', sizeof text);
  int n = snprintf(text, sizeof text, "*0000%c%08d-----key%013u", mode == IDLE ? CONN : mode, size, key);
  text[n] = '=';
  memcpy(c->frame, text, sizeof c->frame);
  c->frame[1] = c->frame[2] = c->frame[3] = 0;
  c->frame[4] = c->frame_length - 7;
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
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (mode == CONN) take_source(fd);
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
  for (int turn = 0; turn < 4; turn++) {
    int in_frame = c->state == FRAME;
    if (c->state == HELLO) break; // nothing more before the answer
    if (!in_frame && mode == UP && c->state != LAST) c->owed = c->sent + SEND_MAX;
    const uint8_t *from = in_frame ? c->frame + c->frame_sent : pattern_at(c->sent);
    uint64_t left = in_frame ? (uint64_t)(c->frame_length - c->frame_sent) : c->owed - c->sent;
    if (left == 0 || (!in_frame && mode == DOWN)) break;
    ssize_t n = send(fd, from, left, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) return await(fd, EPOLLIN | EPOLLOUT), 1;
    if (n < 0) return end_badly(fd, in_frame ? &errors.connect : &errors.early), 0;
    if (!in_frame) c->sent += n;
    else if ((c->frame_sent += n) == c->frame_length) c->state = HELLO;
  }
  await(fd, EPOLLIN | (mode == UP && c->state == RUN ? EPOLLOUT : 0));
  return 1;
}

static void next_message(int fd) {
  connection *c = &connections[fd];
  c->started = now_ns();
  c->owed += size;
  transmit(fd);
}

static void ask_for_block(int fd) {
  connections[fd].owed += BLOCK;
  if (send(fd, "?", 1, MSG_NOSIGNAL) != 1) end_badly(fd, &errors.early);
}

static void count_operation(const connection *c) {
  uint64_t now = now_ns();
  if (now > deadline) return;
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
  if (mode == CONN || mode == IDLE) count_operation(c);
  if (mode == CONN) end(fd);
  else if (mode == RR) next_message(fd);
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
  bytes += c->sent;
  last_byte = now_ns();
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
  bytes += n;
  if (mode == DOWN) {
    last_byte = now_ns();
    if (c->state == RUN && c->owed - c->received < BLOCK) ask_for_block(fd);
  } else if (c->received == c->owed) {
    count_operation(c);
    if (now_ns() < deadline) next_message(fd);
    else end(fd);
  }
}

static void on_end(int fd) {
  connection *c = &connections[fd];
  if (mode == DOWN && c->state == LAST && c->received == c->owed) return end(fd);
  end_badly(fd, c->state <= HELLO ? &errors.connect : &errors.early);
}

static void progress(int fd, uint32_t ready) {
  connection *c = &connections[fd];
  if (ready & EPOLLOUT && !transmit(fd)) return;
  if (!(ready & (EPOLLIN | EPOLLERR | EPOLLHUP))) return;
  int takes_answer = c->state <= HELLO || mode == UP;
  size_t wanted = takes_answer ? (size_t)(ANSWER - c->answer_length) : sizeof buffer;
  ssize_t n = recv(fd, buffer, wanted, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n < 0) return end_badly(fd, c->state <= HELLO ? &errors.connect : &errors.early);
  if (n == 0) return on_end(fd);
  if (takes_answer) on_answer(fd, n);
  else if (mode == CONN || mode == IDLE) end_badly(fd, &errors.corrupt); // nobody asked for more
  else on_pattern(fd, n);
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

static int may_begin(uint64_t now, int wanted) {
  if (now >= deadline || open_now >= wanted) return 0;
  if (rate) return numbered <= (now - measured_from) * rate / 1000000000u;
  return fresh < IN_PROGRESS_MAX && (mode == CONN || numbered < (uint32_t)wanted);
}

static int is_input_open(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  return poll(&input, 1, 0) == 0;
}

static void run(int wanted) {
  int is_bulk = mode == UP || mode == DOWN, is_finishing = 0;
  for (;;) {
    uint64_t now = now_ns();
    if (all_errors() > ERRORS_MAX || now > deadline + GRACE_NS) break;
    if (rate && now < deadline && !is_input_open()) deadline = now;
    while (may_begin(now, wanted)) {
      begin();
      if (all_errors() > ERRORS_MAX) return;
    }
    if (mode == IDLE && numbered == (uint32_t)wanted && fresh == 0) break;
    if (open_now == 0 && (now >= deadline || mode != CONN)) break;
    if (is_bulk && now >= deadline && !is_finishing) finish_bulk(descriptors), is_finishing = 1;
    turn(now >= deadline ? 50 : rate ? 1 : 1 + (deadline - now) / 1000000);
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
  uint64_t until = (mode == UP || mode == DOWN) && last_byte ? last_byte : deadline;
  printf("{\"mode\":\"%s\",\"seconds\":%.6f,\"operations\":%llu,\"bytes\":%llu,\"held\":%d,\"begun\":%u,\"answered\":%llu,",
         name, (until - measured_from) / 1e9, (unsigned long long)operations, (unsigned long long)bytes, held, numbered,
         (unsigned long long)answered);
  printf("\"errors\":{\"connect\":%llu,\"early\":%llu,\"misrouted\":%llu,\"corrupt\":%llu,\"unanswered\":%llu},\"latency\":",
         (unsigned long long)errors.connect, (unsigned long long)errors.early, (unsigned long long)errors.misrouted,
         (unsigned long long)errors.corrupt, (unsigned long long)errors.unanswered);
  print_latency();
  printf("}\n");
}

int main(int count, char **arguments) {
  static const struct { const char *name; mode_kind kind; } modes[] = {
      {"conn", CONN}, {"rr", RR}, {"up", UP}, {"down", DOWN}, {"idle", IDLE}};
  if (count != 7 && count != 8) return fprintf(stderr, "generate MODE PORT PORTS CONNECTIONS MILLISECONDS SIZE [RATE]\n"), 2;
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
    if (strcmp(arguments[1], modes[i].name) == 0) mode = modes[i].kind;
  if (mode == 0) return fprintf(stderr, "%s is no mode\n", arguments[1]), 2;
  port = number(arguments[2], 1, 65535 - BACKENDS);
  ports = number(arguments[3], 1, BACKENDS);
  make_pattern();
  descriptors = raise_descriptors();
  int wanted = number(arguments[4], 1, descriptors - 32);
  uint64_t duration = number(arguments[5], 1, 600000) * 1000000ull;
  size = number(arguments[6], 1, MESSAGE_MAX);
  rate = count == 8 ? number(arguments[7], 1, 1000000) : 0;
  if (rate && mode != CONN) return fprintf(stderr, "only conn has a rate\n"), 2;
  connections = calloc(descriptors, sizeof *connections);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (!connections || poller < 0) fail("start");
  measured_from = now_ns();
  deadline = measured_from + duration;
  run(wanted);
  if (mode == IDLE) hold();
  report(arguments[1]);
  return 0;
}

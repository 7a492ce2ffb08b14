// A histogram of nanoseconds with 256 steps a power of two: 0.4 % fine, the same size whatever is measured.
#ifndef LATENCY_H
#define LATENCY_H
#include <stdint.h>
#include <stdio.h>
#include <time.h>

enum { STEPS = 256, STEPS_LOG = 8, LATENCY_CELLS = STEPS * 57 };
static uint64_t latency_cells[LATENCY_CELLS];

static inline uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + time.tv_nsec;
}

static inline void count_latency(uint64_t ns) {
  int power = ns < STEPS ? 0 : 63 - __builtin_clzll(ns) - STEPS_LOG + 1;
  uint64_t step = power == 0 ? ns : (ns >> (power - 1)) - STEPS;
  latency_cells[power * STEPS + step]++;
}

/** The least number of nanoseconds that this cell no longer holds. */
static inline uint64_t cell_end(int cell) {
  int power = cell / STEPS;
  uint64_t step = cell % STEPS + 1;
  return power == 0 ? step : (step + STEPS) << (power - 1);
}

/** Writes the cells that hold anything as JSON: [[end, count], …]. */
static inline void print_latency(void) {
  const char *before = "[";
  for (int cell = 0; cell < LATENCY_CELLS; cell++) {
    if (latency_cells[cell] == 0) continue;
    printf("%s[%llu,%llu]", before, (unsigned long long)cell_end(cell), (unsigned long long)latency_cells[cell]);
    before = ",";
  }
  printf("%s]", *before == '[' ? "[" : "");
}
#endif

// Fails in many ways.
#include "traps.h"

#include <stdio.h>

void failing_panic(pw_string_t *message) {
  PW_PANIC("%.*s", (int)message->len, (const char *)message->ptr);
}

static __attribute__((__noinline__)) uint32_t plunge(uint32_t depth, const pw_string_t *message) {
  if (depth == 0) {
    PW_PANIC("%.*s", (int)message->len, (const char *)message->ptr);
  }
  return plunge(depth - 1, message) + 1;
}

uint32_t failing_fall(uint32_t depth, pw_string_t *message) {
  return plunge(depth, message);
}

void failing_talk(uint32_t lines, pw_string_t *message) {
  for (uint32_t line = 0; line < lines; line++) {
    fprintf(stderr, "line %u\n", line);
  }
  failing_panic(message);
}

uint32_t failing_element(pw_list_u32_t *of, uint32_t at) {
  PW_ASSERT(at < of->len);
  uint32_t element = of->ptr[at];
  pw_list_u32_free(of);
  return element;
}

static __attribute__((__noinline__)) uint64_t recurse(uint64_t depth) {
  volatile uint64_t left = depth;
  return left == 0 ? 0 : recurse(left - 1) + 1;
}

uint64_t failing_recurse(uint64_t depth) {
  return recurse(depth);
}

uint64_t failing_exhaust(void) {
  for (uint64_t taken = 0;; taken++) {
    volatile uint8_t *mebibyte = PW_ALLOC(uint8_t, 1 << 20);
    mebibyte[taken % 100] = 1;
  }
}

void failing_spin(void) {
  for (;;) {
    __asm__ volatile("");
  }
}

uint32_t failing_work(void) {
  return 7;
}

// Reaches for everything that the C library offers.
#include "reach.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint32_t reach_count_words(pw_string_t *text) {
  char *words[64];
  uint32_t count = 0;
  char *copy = pw_string_to_c(text);
  for (char *word = strtok(copy, " \t\n"); word != NULL; word = strtok(NULL, " \t\n")) {
    bool is_known = false;
    for (uint32_t i = 0; i < count; i++) {
      is_known = is_known || strcmp(words[i], word) == 0;
    }
    if (!is_known) {
      PW_ASSERT(count < 64);
      words[count++] = word;
    }
  }
  free(copy);
  pw_string_free(text);
  return count;
}

void reach_print(pw_string_t *line) {
  printf("%.*s\n", (int)line->len, (const char *)line->ptr);
  fflush(stdout);
  fprintf(stderr, "%.*s!\n", (int)line->len, (const char *)line->ptr);
  pw_string_free(line);
}

static uint64_t clock_of(clockid_t clock, uint64_t per_second) {
  struct timespec time;
  PW_ASSERT(clock_gettime(clock, &time) == 0);
  return (uint64_t)time.tv_sec * per_second + (uint64_t)time.tv_nsec * per_second / 1000000000;
}

uint64_t reach_elapsed(void) {
  uint64_t start = clock_of(CLOCK_MONOTONIC, 1000000000);
  return clock_of(CLOCK_MONOTONIC, 1000000000) - start;
}

uint64_t reach_now(void) {
  return clock_of(CLOCK_REALTIME, 1);
}

bool reach_variable(pw_string_t *name, pw_string_t *ret) {
  char *copy = pw_string_to_c(name);
  const char *value = getenv(copy);
  free(copy);
  pw_string_free(name);
  if (value != NULL) {
    *ret = pw_string_copy(value);
  }
  return value != NULL;
}

static FILE *opened(pw_string_t *path, const char *mode, pw_string_t *err) {
  char *copy = pw_string_to_c(path);
  FILE *file = fopen(copy, mode);
  if (file == NULL) {
    *err = pw_string_copy(strerror(errno));
  }
  free(copy);
  pw_string_free(path);
  return file;
}

bool reach_read(pw_string_t *path, pw_string_t *ret, pw_string_t *err) {
  FILE *file = opened(path, "r", err);
  if (file == NULL) {
    return false;
  }
  *ret = (pw_string_t){0};
  for (int it = getc(file); it != EOF; it = getc(file)) {
    PW_PUSH(ret, (uint8_t)it);
  }
  fclose(file);
  return true;
}

bool reach_write(pw_string_t *path, pw_string_t *text, pw_string_t *err) {
  FILE *file = opened(path, "w", err);
  if (file != NULL) {
    fwrite(text->ptr, 1, text->len, file);
    fclose(file);
  }
  pw_string_free(text);
  return file != NULL;
}

bool reach_connect(pw_string_t *address, pw_string_t *err) {
  pw_string_free(address);
  *err = pw_string_copy("WASI 0.1, for which the C library is written, cannot connect");
  return false;
}

void reach_sleep(uint32_t milliseconds) {
  usleep(milliseconds * 1000);
}

void reach_panic(pw_string_t *message) {
  PW_PANIC("%.*s", (int)message->len, (const char *)message->ptr);
}

void reach_exit(int32_t code) {
  exit(code);
}

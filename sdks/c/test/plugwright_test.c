// Runs natively: what every plugin in C has, beside its world.
#include "plugwright.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void strings(void) {
  pw_string_t view = pw_string_view("Grüße");
  PW_ASSERT(view.len == 7 && pw_string_is(&view, "Grüße"));

  pw_string_t copy = pw_string_copy("Grüße");
  PW_ASSERT(copy.ptr != view.ptr && pw_string_equal(&copy, &view));
  copy.ptr[0] = 'g';
  PW_ASSERT(!pw_string_equal(&copy, &view) && pw_string_compare(&view, &copy) < 0);
  pw_string_free(&copy);
  PW_ASSERT(copy.ptr == NULL && copy.len == 0);

  pw_string_t part = pw_string_copy_n("a\0b", 3);
  pw_string_t shorter = pw_string_copy_n("a\0b", 2);
  PW_ASSERT(pw_string_compare(&shorter, &part) < 0 && pw_string_compare(&part, &shorter) > 0);
  char *text = pw_string_to_c(&shorter);
  PW_ASSERT(strcmp(text, "a") == 0 && text[2] == '\0');
  free(text);
  pw_string_free(&shorter);
  pw_string_free(&part);

  pw_string_t empty = pw_string_copy("");
  PW_ASSERT(empty.len == 0 && pw_string_is(&empty, "") && pw_string_compare(&empty, &empty) == 0);
  // An empty one of the host's may point anywhere.
  empty.ptr = (uint8_t *)1;
  pw_string_free(&empty);
}

static void joins(void) {
  pw_string_t parts[] = {pw_string_view("a"), pw_string_view(""), pw_string_view("bc")};
  pw_string_t joined = pw_string_join(parts, 3);
  PW_ASSERT(pw_string_is(&joined, "abc"));
  pw_string_free(&joined);
  joined = pw_string_join(parts, 0);
  PW_ASSERT(joined.len == 0 && joined.ptr == NULL);
}

static void characters(void) {
  // The first and the last of each length.
  const uint32_t all[] = {0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff};
  const size_t lengths[] = {1, 1, 2, 2, 3, 3, 4, 4};
  for (size_t i = 0; i < 8; i++) {
    uint8_t bytes[4];
    pw_string_t text = {bytes, pw_char_write(all[i], bytes)};
    size_t at = 0;
    PW_ASSERT(text.len == lengths[i]);
    PW_ASSERT(pw_char_read(&text, &at) == all[i] && at == text.len);
  }
  pw_string_t crab = pw_string_view("é🦀");
  size_t at = 0;
  PW_ASSERT(pw_char_read(&crab, &at) == 0xe9 && pw_char_read(&crab, &at) == 0x1f980 && at == crab.len);
}

static void formats(void) {
  pw_string_t text = pw_string_format("%d %s", 42, "is it");
  PW_ASSERT(pw_string_is(&text, "42 is it"));
  pw_string_free(&text);
  text = pw_string_format("%s", "");
  PW_ASSERT(text.len == 0);
  pw_string_free(&text);
}

static void lists(void) {
  struct {
    float *ptr;
    size_t len;
  } list = {0};
  for (int i = 0; i < 1000; i++) {
    PW_PUSH(&list, (float)i);
  }
  PW_ASSERT(list.len == 1000);
  for (size_t i = 0; i < list.len; i++) {
    PW_ASSERT(list.ptr[i] == (float)i);
  }
  free(list.ptr);

  uint32_t *zeros = PW_ALLOC(uint32_t, 8);
  for (int i = 0; i < 8; i++) {
    PW_ASSERT(zeros[i] == 0);
  }
  free(zeros);
  PW_ASSERT(PW_ALLOC(uint32_t, 0) == NULL);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "panic") == 0) {
    PW_PANIC("no %s for %d", "answer", 42);
  }
  if (argc > 1 && strcmp(argv[1], "huge") == 0) {
    pw_alloc(SIZE_MAX / 2, 4);
    return 0;
  }
  strings();
  joins();
  characters();
  formats();
  lists();
  puts("done");
  return 0;
}

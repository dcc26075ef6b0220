#include "plugwright.h"

#include <stdlib.h>
#include <string.h>

pw_string_t pw_string_view(const char *text) {
  return (pw_string_t){(uint8_t *)text, strlen(text)};
}

pw_string_t pw_string_copy(const char *text) {
  return pw_string_copy_n(text, strlen(text));
}

pw_string_t pw_string_copy_n(const void *bytes, size_t len) {
  pw_string_t copy = {pw_alloc(len, 1), len};
  if (len > 0) {
    memcpy(copy.ptr, bytes, len);
  }
  return copy;
}

pw_string_t pw_string_join(const pw_string_t *parts, size_t count) {
  size_t len = 0;
  for (size_t i = 0; i < count; i++) {
    if (parts[i].len > SIZE_MAX - len) {
      abort();
    }
    len += parts[i].len;
  }
  pw_string_t joined = {pw_alloc(len, 1), 0};
  for (size_t i = 0; i < count; i++) {
    if (parts[i].len > 0) {
      memcpy(joined.ptr + joined.len, parts[i].ptr, parts[i].len);
      joined.len += parts[i].len;
    }
  }
  return joined;
}

char *pw_string_to_c(const pw_string_t *string) {
  char *text = pw_alloc(string->len + 1, 1);
  if (string->len > 0) {
    memcpy(text, string->ptr, string->len);
  }
  return text;
}

bool pw_string_is(const pw_string_t *string, const char *text) {
  size_t len = strlen(text);
  return string->len == len && (len == 0 || memcmp(string->ptr, text, len) == 0);
}

bool pw_string_equal(const pw_string_t *left, const pw_string_t *right) {
  return left->len == right->len && pw_string_compare(left, right) == 0;
}

int pw_string_compare(const pw_string_t *left, const pw_string_t *right) {
  size_t shorter = left->len < right->len ? left->len : right->len;
  int order = shorter > 0 ? memcmp(left->ptr, right->ptr, shorter) : 0;
  return order != 0 ? order : (left->len > right->len) - (left->len < right->len);
}

uint32_t pw_char_read(const pw_string_t *string, size_t *at) {
  uint8_t first = string->ptr[(*at)++];
  if (first < 0x80) {
    return first;
  }
  // The first byte says how many follow; each of them has six bits.
  int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  uint32_t character = first & (0x3f >> more);
  while (more-- > 0 && *at < string->len) {
    character = character << 6 | (string->ptr[(*at)++] & 0x3f);
  }
  return character;
}

size_t pw_char_write(uint32_t character, uint8_t bytes[4]) {
  if (character < 0x80) {
    bytes[0] = (uint8_t)character;
    return 1;
  }
  size_t len = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  for (size_t i = len; i-- > 1;) {
    bytes[i] = (uint8_t)(0x80 | (character & 0x3f));
    character >>= 6;
  }
  bytes[0] = (uint8_t)(0xf00 >> len | character);
  return len;
}

void pw_string_free(pw_string_t *string) {
  // An empty one may point anywhere.
  if (string->len > 0) {
    free(string->ptr);
  }
  string->ptr = NULL;
  string->len = 0;
}

void *pw_alloc(size_t count, size_t size) {
  if (count == 0 || size == 0) {
    return NULL;
  }
  void *ptr = calloc(count, size);
  if (ptr == NULL) {
    abort();
  }
  return ptr;
}

void *pw_grow(void *ptr, size_t len, size_t size) {
  // Full are the lists of a length that is a power of two, and the empty one.
  if ((len & (len - 1)) != 0) {
    return ptr;
  }
  size_t count = len == 0 ? 1 : len * 2;
  void *grown = count > len && count <= SIZE_MAX / size ? realloc(len == 0 ? NULL : ptr, count * size) : NULL;
  if (grown == NULL) {
    abort();
  }
  return grown;
}

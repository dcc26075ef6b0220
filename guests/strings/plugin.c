// Gives texts back, and measures them.
#include "strings_world.h"

#include <string.h>

void texts_echo(pw_string_t *text, pw_string_t *ret) {
  *ret = *text;
}

uint32_t texts_length(pw_string_t *text) {
  uint32_t length = (uint32_t)text->len;
  pw_string_free(text);
  return length;
}

uint32_t texts_characters(pw_string_t *text) {
  uint32_t count = 0;
  for (size_t at = 0; at < text->len; count++) {
    pw_char_read(text, &at);
  }
  pw_string_free(text);
  return count;
}

void texts_repeat(pw_string_t *text, uint32_t times, pw_string_t *ret) {
  size_t len = text->len * times;
  *ret = (pw_string_t){PW_ALLOC(uint8_t, len), len};
  for (size_t at = 0; at < len; at += text->len) {
    memcpy(ret->ptr + at, text->ptr, text->len);
  }
  pw_string_free(text);
}

void texts_join(pw_list_string_t *texts, pw_string_t *between, pw_string_t *ret) {
  *ret = (pw_string_t){0};
  for (size_t i = 0; i < texts->len; i++) {
    pw_string_t parts[] = {*ret, i > 0 ? *between : (pw_string_t){0}, texts->ptr[i]};
    pw_string_t longer = pw_string_join(parts, 3);
    pw_string_free(ret);
    *ret = longer;
  }
  pw_list_string_free(texts);
  pw_string_free(between);
}

uint32_t texts_measure(pw_string_t *text, uint32_t times) {
  pw_string_t repeated;
  pw_string_t echoed;
  texts_repeat(text, times, &repeated);
  texts_echo(&repeated, &echoed);
  return texts_length(&echoed);
}

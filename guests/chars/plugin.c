// Gives characters back, counts with them, and makes texts of them.
#include "chars.h"

static bool is_character(uint32_t code) {
  return code < 0xd800 || (code > 0xdfff && code <= 0x10ffff);
}

uint32_t letters_echo(uint32_t letter) {
  return letter;
}

uint32_t letters_code(uint32_t letter) {
  return letter;
}

bool letters_of_code(uint32_t code, uint32_t *ret) {
  *ret = code;
  return is_character(code);
}

bool letters_next(uint32_t letter, uint32_t *ret) {
  *ret = letter == 0xd7ff ? 0xe000 : letter + 1;
  return is_character(*ret);
}

void letters_spell(pw_string_t *text, pw_list_char32_t *ret) {
  *ret = (pw_list_char32_t){0};
  for (size_t at = 0; at < text->len;) {
    PW_PUSH(ret, pw_char_read(text, &at));
  }
  pw_string_free(text);
}

void letters_write(pw_list_char32_t *letters, pw_string_t *ret) {
  ret->ptr = PW_ALLOC(uint8_t, letters->len * 4);
  ret->len = 0;
  for (size_t i = 0; i < letters->len; i++) {
    ret->len += pw_char_write(letters->ptr[i], ret->ptr + ret->len);
  }
  pw_list_char32_free(letters);
}

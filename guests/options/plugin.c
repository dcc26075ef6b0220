// Gives options and results back, and answers with them.
#include "options.h"

// Gives an optional argument back.
#define ECHO \
  if (it != NULL) { \
    *ret = *it; \
  } \
  return it != NULL;

bool answers_echo_option(uint32_t *it, uint32_t *ret) {
  ECHO
}

bool answers_echo_option_string(pw_string_t *it, pw_string_t *ret) {
  ECHO
}

bool answers_echo_option_option(pw_option_u8_t *it, pw_option_u8_t *ret) {
  ECHO
}

bool answers_echo_deep_option(pw_option_option_string_t *it, pw_option_option_string_t *ret) {
  ECHO
}

bool answers_echo_option_result(answers_result_u8_string_t *it, answers_result_u8_string_t *ret) {
  ECHO
}

bool answers_echo_option_list(pw_list_option_u8_t *it, pw_list_option_u8_t *ret) {
  ECHO
}

void answers_echo_nested_result(
    answers_list_result_option_u8_option_string_t *it,
    answers_list_result_option_u8_option_string_t *ret) {
  *ret = *it;
}

void answers_echo_result_result(
    answers_tuple1_result_result_u8_string_refusal_t *it,
    answers_tuple1_result_result_u8_string_refusal_t *ret) {
  *ret = *it;
}

void answers_echo_empty_result(
    answers_tuple1_result_void_void_t *it,
    answers_tuple1_result_void_void_t *ret) {
  *ret = *it;
}

bool answers_with_text(pw_string_t *error, uint32_t *ret, pw_string_t *err) {
  *ret = 0;
  *err = *error;
  return error->len == 0;
}

bool answers_with_nothing(int32_t it) {
  return it >= 0;
}

bool answers_with_nothing_good(int32_t it, pw_string_t *err) {
  if (it < 0) {
    *err = pw_string_format("%d is below 0", it);
  }
  return it >= 0;
}

bool answers_with_nothing_bad(int32_t it, int32_t *ret) {
  *ret = it;
  return it >= 0;
}

bool answers_with_record(uint16_t code, pw_string_t *ret, answers_problem_t *err) {
  if (code == 0) {
    *ret = pw_string_copy("fine");
    return true;
  }
  *err = (answers_problem_t){code, pw_string_format("code %u", code)};
  return false;
}

bool answers_with_variant(pw_string_t *text, pw_string_t *ret, answers_refusal_t *err) {
  if (text->len == 0) {
    err->tag = ANSWERS_REFUSAL_BUSY;
  } else if (pw_string_is(text, "key")) {
    err->tag = ANSWERS_REFUSAL_LOCKED;
    err->val.locked = *text;
  } else if (pw_string_is(text, "broken")) {
    err->tag = ANSWERS_REFUSAL_BROKEN;
    err->val.broken = (answers_problem_t){500, *text};
  } else {
    *ret = *text;
    return true;
  }
  return false;
}

bool answers_with_enum(answers_mood_t mood, uint8_t *ret, answers_mood_t *err) {
  *ret = 1;
  *err = mood;
  return mood == ANSWERS_MOOD_CALM;
}

bool answers_with_number(uint32_t it, pw_string_t *ret, uint32_t *err) {
  if (it == 0) {
    *ret = pw_string_copy("zero");
    return true;
  }
  *err = it;
  return false;
}

bool answers_with_list(pw_list_string_t *it, uint32_t *ret, pw_list_string_t *err) {
  *ret = 0;
  *err = *it;
  return it->len == 0;
}

bool answers_with_option(pw_string_t *it, pw_option_u8_t *ret, pw_option_string_t *err) {
  if (it == NULL || it->len == 0) {
    *ret = (pw_option_u8_t){it != NULL, 0};
    return true;
  }
  *err = (pw_option_string_t){!pw_string_is(it, "none"), *it};
  if (!err->is_some) {
    pw_string_free(it);
  }
  return false;
}

bool answers_with_tuple(int32_t it, pw_tuple2_s32_string_t *ret, pw_tuple2_s32_string_t *err) {
  if (it < 1) {
    *err = (pw_tuple2_s32_string_t){it, pw_string_copy("less than one")};
    return false;
  }
  *ret = (pw_tuple2_s32_string_t){it, pw_string_copy("one or more")};
  return true;
}

bool answers_with_result(int32_t it, answers_result_s32_string_t *ret, pw_string_t *err) {
  if (it < 0) {
    *err = pw_string_format("%d is below 0", it);
    return false;
  }
  ret->is_err = it == 0;
  if (ret->is_err) {
    ret->val.err = pw_string_copy("zero");
  } else {
    ret->val.ok = it;
  }
  return true;
}

bool answers_first(pw_string_t *left, pw_string_t *right, pw_string_t *ret) {
  if (left != NULL) {
    *ret = *left;
    if (right != NULL) {
      pw_string_free(right);
    }
  } else if (right != NULL) {
    *ret = *right;
  }
  return left != NULL || right != NULL;
}

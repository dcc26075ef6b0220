// Gives variants and enums back, and tells their cases apart.
#include "variants.h"

void shapes_echo_shape(shapes_shape_t *it, shapes_shape_t *ret) {
  *ret = *it;
}

shapes_colour_t shapes_echo_colour(shapes_colour_t it) {
  return it;
}

shapes_only_t shapes_echo_only(shapes_only_t it) {
  return it;
}

void shapes_echo_painted(shapes_painted_t *it, shapes_painted_t *ret) {
  *ret = *it;
}

static pw_string_t described(const shapes_shape_t *it) {
  switch (it->tag) {
    case SHAPES_SHAPE_NOTHING:
      return pw_string_copy("nothing");
    case SHAPES_SHAPE_DOT:
      return pw_string_format("dot %u", it->val.dot);
    case SHAPES_SHAPE_CIRCLE:
      return pw_string_format("circle %g", it->val.circle);
    case SHAPES_SHAPE_NAMED: {
      pw_string_t parts[] = {pw_string_view("named "), it->val.named};
      return pw_string_join(parts, 2);
    }
    case SHAPES_SHAPE_SEGMENT:
      return pw_string_copy("segment");
    case SHAPES_SHAPE_POLYGON:
      return pw_string_format("polygon of %zu", it->val.polygon.len);
    case SHAPES_SHAPE_COUNT:
      return pw_string_format("count %llu", (unsigned long long)it->val.count);
    case SHAPES_SHAPE_FLAG:
      return pw_string_copy(it->val.flag ? "flag true" : "flag false");
    case SHAPES_SHAPE_LETTER: {
      uint8_t letter[4];
      pw_string_t parts[] = {pw_string_view("letter "), {letter, pw_char_write(it->val.letter, letter)}};
      return pw_string_join(parts, 2);
    }
    default:
      PW_PANIC("there is no shape %u", it->tag);
  }
}

void shapes_describe(shapes_shape_t *it, pw_string_t *ret) {
  *ret = described(it);
  shapes_shape_free(it);
}

shapes_colour_t shapes_next(shapes_colour_t it) {
  switch (it) {
    case SHAPES_COLOUR_RED:
      return SHAPES_COLOUR_GREEN;
    case SHAPES_COLOUR_GREEN:
      return SHAPES_COLOUR_DARK_BLUE;
    default:
      return SHAPES_COLOUR_RED;
  }
}

void shapes_paint(shapes_list_shape_t *shapes, shapes_colour_t colour, shapes_painted_t *ret) {
  if (shapes->len == 1) {
    ret->tag = SHAPES_PAINTED_FILLED;
    ret->val.filled = (shapes_tuple2_shape_colour_t){shapes->ptr[0], colour};
  } else {
    ret->tag = SHAPES_PAINTED_MANY;
    ret->val.many = (shapes_list_painted_part_t){0};
    for (size_t i = 0; i < shapes->len; i++) {
      shapes_painted_part_t part = {shapes->ptr[i], {true, colour}};
      PW_PUSH(&ret->val.many, part);
    }
  }
  // The shapes have a new place: what is left is the old one.
  for (size_t i = 0; i < shapes->len; i++) {
    shapes->ptr[i].tag = SHAPES_SHAPE_NOTHING;
  }
  shapes_list_shape_free(shapes);
}

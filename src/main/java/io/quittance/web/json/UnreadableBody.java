package io.quittance.web.json;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import io.quittance.web.InvalidInputException;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Rfc3339;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The problem of a body that could not be read: bad syntax, or which field is wrong and why. */
public final class UnreadableBody {

  /** A longer list would not help. */
  private static final int FIELDS_LISTED_MAX = 24;

  private UnreadableBody() {}

  /**
   * @param cause the error of reading; null: there was no body
   */
  public static Problem problem(@Nullable Throwable cause) {
    Throwable inner = cause instanceof JsonMappingException mapping ? mapping.getCause() : null;
    if (inner instanceof Problem problem) {
      return problem;
    }
    if (inner instanceof CharacterCodingException
        || inner instanceof StreamConstraintsException
        || inner instanceof StreamReadException && !(inner instanceof InputCoercionException)) {
      return problem(inner);
    }
    return switch (cause) {
      case CharacterCodingException _ -> malformed("The body is not valid UTF-8.");
      case StreamConstraintsException _ ->
          malformed("The body is nested too deeply, or has a number that is too long.");
      case UnrecognizedPropertyException unknown ->
          Problem.of(ProblemCode.UNKNOWN_FIELD, unknownField(unknown));
      case JsonMappingException mapping when trailing(mapping) ->
          malformed("The body has content after its JSON value" + location(mapping) + ".");
      case JsonMappingException mapping -> Problem.invalid(List.of(field(mapping)));
      case StreamReadException twice when twice(twice) ->
          Problem.of(ProblemCode.MALFORMED_JSON, repeated(twice));
      case InputCoercionException _ ->
          Problem.invalid(
              List.of(InputError.of("", Code.OUT_OF_RANGE, "must be an object, not a number")));
      case JsonProcessingException syntax ->
          malformed("The body is not valid JSON" + location(syntax) + ".");
      case Problem problem -> problem;
      case null, default -> malformed("The body is empty, and must be a JSON object.");
    };
  }

  private static Problem malformed(String detail) {
    return Problem.of(ProblemCode.MALFORMED_JSON, detail);
  }

  /** Jackson reports what follows the body as a mapping error, though it is one of syntax. */
  private static boolean trailing(JsonMappingException e) {
    return e.getOriginalMessage().startsWith("Trailing token");
  }

  private static boolean twice(StreamReadException e) {
    return e.getOriginalMessage().startsWith("Duplicate field");
  }

  private static InputError repeated(StreamReadException e) {
    JsonParser parser = (JsonParser) e.getProcessor();
    return InputError.of(FieldPath.of(parser.getParsingContext()), Code.REPEATED, InputError.ONCE);
  }

  private static InputError unknownField(UnrecognizedPropertyException e) {
    Collection<Object> known =
        Optional.ofNullable(e.getKnownPropertyIds())
            .<Collection<Object>>map(k -> k)
            .orElse(List.of());
    String allowed =
        known.isEmpty()
            ? "; there are none"
            : known.size() > FIELDS_LISTED_MAX
                ? ""
                : "; the fields are "
                    + String.join(", ", known.stream().map(String::valueOf).sorted().toList());
    return InputError.of(FieldPath.of(e), Code.UNKNOWN_FIELD, "is not a known field" + allowed);
  }

  private static InputError field(JsonMappingException e) {
    String path = FieldPath.of(e);
    return switch (e) {
      case InvalidTypeIdException kind -> kind(kind, path);
      case JsonMappingException mapping
          when mapping.getCause() instanceof IllegalArgumentException refusal ->
          InputError.of(
              path, InvalidInputException.codeOf(refusal), String.valueOf(refusal.getMessage()));
      case JsonMappingException mapping when mapping.getCause() instanceof InputCoercionException ->
          InputError.of(path, Code.OUT_OF_RANGE, rule(mapping, Long.class) + ", and is too large");
      case InvalidFormatException format
          when format.getTargetType().isEnum() && format.getValue() instanceof String ->
          InputError.of(
              path,
              Code.NOT_ONE_OF,
              InvalidInputException.oneOf(FieldRule.names(format.getTargetType()))
                  + InvalidInputException.NOT_ONE_OF_THESE);
      case InvalidFormatException format
          when format.getTargetType() == Instant.class && format.getValue() instanceof String ->
          InputError.of(path, Code.INVALID_FORMAT, Rfc3339.RULE);
      case MismatchedInputException mismatch -> mismatch(mismatch, path);
      default ->
          InputError.of(
              path, Code.WRONG_TYPE, component(e).map(FieldRule::words).orElse("cannot be read"));
    };
  }

  private static InputError mismatch(MismatchedInputException e, String path) {
    Class<?> type = e.getTargetType() == null ? Object.class : e.getTargetType();
    if (token(e) == JsonToken.VALUE_NULL) {
      return InputError.required(path, rule(e, type));
    }
    return InputError.of(path, Code.WRONG_TYPE, rule(e, type) + given(e));
  }

  /** The rule for a field: all its constraints, if it is a component of a record. */
  private static String rule(JsonMappingException e, Class<?> type) {
    return component(e).orElseGet(() -> new FieldRule(type, List.of())).words();
  }

  private static Optional<FieldRule> component(JsonMappingException e) {
    List<JsonMappingException.Reference> path = e.getPath();
    if (path.isEmpty() || path.getLast().getFieldName() == null) {
      return Optional.empty();
    }
    Object from = path.getLast().getFrom();
    Class<?> record = from instanceof Class<?> raw ? raw : from.getClass();
    return FieldRule.find(record, path.getLast().getFieldName());
  }

  /** The rule for a value of this type, of which no more is known. */
  public static String rule(@Nullable Class<?> type) {
    return new FieldRule(type == null ? Object.class : type, List.of()).words();
  }

  private static String given(JsonMappingException e) {
    String kind =
        e instanceof InvalidFormatException format && format.getValue() instanceof String
            ? "a text"
            : kind(token(e));
    return kind.isEmpty() ? "" : ", not " + kind;
  }

  private static @Nullable JsonToken token(JsonMappingException e) {
    return e.getProcessor() instanceof RequestJson.Parser parser ? parser.last() : null;
  }

  private static String kind(@Nullable JsonToken token) {
    return switch (token) {
      case START_OBJECT, END_OBJECT, FIELD_NAME -> "an object";
      case START_ARRAY, END_ARRAY -> "a list";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT -> "a whole number";
      case VALUE_NUMBER_FLOAT -> "a number with a fraction or an exponent";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case VALUE_NULL -> "null";
      case null, default -> "";
    };
  }

  /** The error of the field that selects the type of the object. */
  private static InputError kind(InvalidTypeIdException e, String path) {
    Class<?> base = e.getBaseType().getRawClass();
    String field = FieldPath.in(path, base.getAnnotation(JsonTypeInfo.class).property());
    String rule =
        InvalidInputException.oneOf(
            Arrays.stream(base.getAnnotation(JsonSubTypes.class).value())
                .map(JsonSubTypes.Type::name)
                .toList());
    if (e.getTypeId() == null && token(e) != JsonToken.END_OBJECT) {
      return InputError.of(path, Code.WRONG_TYPE, "must be an object" + given(e));
    }
    return e.getTypeId() == null
        ? InputError.required(field, rule)
        : InputError.of(field, Code.NOT_ONE_OF, rule + InvalidInputException.NOT_ONE_OF_THESE);
  }

  private static String location(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " (line %d, column %d)"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }
}

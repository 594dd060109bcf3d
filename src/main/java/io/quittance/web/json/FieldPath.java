package io.quittance.web.json;

import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The path of a field in a body, in the syntax of all errors: {@code rules[0].action}. A name with
 * special characters is in brackets, as in RFC 9535: {@code metadata['a b']}.
 */
final class FieldPath {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

  private final StringBuilder text = new StringBuilder();

  /** The path of a Jackson error. */
  static String of(JsonMappingException e) {
    var path = new FieldPath();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.index(step.getIndex());
      } else {
        path.name(step.getFieldName());
      }
    }
    return path.toString();
  }

  /** The current path of a parser. */
  static String of(JsonStreamContext context) {
    var path = new FieldPath();
    path.stepInto(context);
    return path.toString();
  }

  private void stepInto(@Nullable JsonStreamContext context) {
    if (context == null) {
      return;
    }
    stepInto(context.getParent());
    if (context.inArray()) {
      index(context.getCurrentIndex());
    } else if (context.getCurrentName() != null) {
      name(context.getCurrentName());
    }
  }

  /** The path of a validation error. */
  static String of(Path found) {
    var path = new FieldPath();
    for (Path.Node node : found) {
      if (node.getIndex() != null) {
        path.index(node.getIndex());
      } else if (node.getKey() != null) {
        path.name(node.getKey().toString());
      }
      if (node.getKind() == ElementKind.PROPERTY) {
        path.name(SnakeCaseStrategy.INSTANCE.translate(node.getName()));
      }
    }
    return path.toString();
  }

  /** The path of a field of the object at a path. */
  static String in(String parent, String name) {
    var path = new FieldPath();
    path.text.append(parent);
    path.name(name);
    return path.toString();
  }

  private void name(String name) {
    if (!PLAIN.matcher(name).matches()) {
      text.append("['").append(name.replace("\\", "\\\\").replace("'", "\\'")).append("']");
    } else if (text.isEmpty()) {
      text.append(name);
    } else {
      text.append('.').append(name);
    }
  }

  private void index(int index) {
    text.append('[').append(index).append(']');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}

package io.quittance.openapi;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The properties of records, from their components and annotations. */
final class RecordProperties {

  private final Schemas schemas;

  RecordProperties(Schemas schemas) {
    this.schemas = schemas;
  }

  /** Adds the properties that Jackson writes of a record. */
  void addTo(Schema<?> schema, Class<?> raw, Map<TypeVariable<?>, Type> bound) {
    for (RecordComponent component : raw.getRecordComponents()) {
      Field field = field(raw, component.getName());
      if (field.isAnnotationPresent(JsonUnwrapped.class)) {
        addTo(schema, component.getType(), bound);
      } else if (!field.isAnnotationPresent(JsonIgnore.class)) {
        JsonProperty renamed = field.getAnnotation(JsonProperty.class);
        String name =
            renamed == null
                ? SnakeCaseStrategy.INSTANCE.translate(component.getName())
                : renamed.value();
        addProperty(schema, name, component, new Where(raw, field), bound);
      }
    }
  }

  /** A component's annotations, and its record. */
  private record Where(Class<?> record, Field field) {

    /** Whether it is omitted if it is null or empty. */
    boolean leftOut() {
      JsonInclude rule = field.getAnnotation(JsonInclude.class);
      if (rule == null) {
        rule = record.getAnnotation(JsonInclude.class);
      }
      if (rule == null) {
        rule =
            Arrays.stream(record.getInterfaces())
                .map(face -> face.getAnnotation(JsonInclude.class))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
      }
      return rule != null && rule.value() != JsonInclude.Include.ALWAYS;
    }

    boolean leftOutIfEmpty() {
      JsonInclude rule = record.getAnnotation(JsonInclude.class);
      return rule != null
          && rule.value() == JsonInclude.Include.NON_EMPTY
          && Collection.class.isAssignableFrom(field.getType());
    }
  }

  private void addProperty(
      Schema<?> schema,
      String name,
      RecordComponent component,
      Where where,
      Map<TypeVariable<?>, Type> bound) {
    AnnotatedType type = component.getAnnotatedType();
    boolean nullable = type.isAnnotationPresent(Nullable.class);
    Schema<?> property = raw(where.field());
    if (property == null) {
      property = list(where.field());
      if (property == null) {
        property = schemas.of(type(component, where.field()), bound);
      }
      Constraints.of(where.field()).addTo(property);
      itemConstraints(type, property);
    }
    schema.addProperty(name, nullable && !where.leftOut() ? Schemas.orNull(property) : property);
    if (!(nullable && where.leftOut()) && !where.leftOutIfEmpty()) {
      schema.addRequiredItem(name);
    }
  }

  private static void itemConstraints(AnnotatedType type, Schema<?> property) {
    if (type instanceof AnnotatedParameterizedType generic && property.getItems() != null) {
      Constraints.of((AnnotatedElement) generic.getAnnotatedActualTypeArguments()[0])
          .addTo(property.getItems());
    } else if (type instanceof AnnotatedArrayType) {
      throw new IllegalArgumentException("no schema for arrays");
    }
  }

  /**
   * The type of a component; a text may be declared as a value of an enum that later versions
   * extend.
   */
  private static Type type(RecordComponent component, Field field) {
    var says = field.getAnnotation(io.swagger.v3.oas.annotations.media.Schema.class);
    return says == null || says.implementation() == Void.class
        ? component.getGenericType()
        : says.implementation();
  }

  /** The schema of a list with a deserializer of its own; null for all others. */
  private @Nullable Schema<?> list(Field field) {
    var says = field.getAnnotation(ArraySchema.class);
    return says == null
        ? null
        : Schemas.schema("array").items(schemas.of(says.schema().implementation()));
  }

  /** The schema of JSON that is written as it is stored; null for all others. */
  private @Nullable Schema<?> raw(Field field) {
    if (!field.isAnnotationPresent(JsonRawValue.class)) {
      return null;
    }
    var says = field.getAnnotation(io.swagger.v3.oas.annotations.media.Schema.class);
    if (says == null) {
      return Constraints.ofMetadata(Schemas.schema("object"));
    }
    Schema<?> schema = Schemas.schema();
    for (Class<?> alternative : says.anyOf()) {
      schema.addAnyOfItem(schemas.of(alternative));
    }
    return schema;
  }

  private static Field field(Class<?> raw, String name) {
    try {
      return raw.getDeclaredField(name);
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("a record has a field for each component", e);
    }
  }
}

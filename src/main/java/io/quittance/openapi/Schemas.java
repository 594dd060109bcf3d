package io.quittance.openapi;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.fraud.Fallback;
import io.quittance.money.Money;
import io.swagger.v3.oas.models.SpecVersion;
import io.swagger.v3.oas.models.media.Discriminator;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The schemas (JSON Schema 2020-12) of the records that Jackson reads and writes, from their
 * components: which are required, which may be null, and their validation rules. Used once, by one
 * thread.
 *
 * <p>springdoc's own resolver ignores {@code @Nullable} on types, marks no field of a response as
 * required, and copies Java's patterns unchanged. Correcting that would need the same walk through
 * each record that this class does.
 */
final class Schemas {

  private static final Map<Class<?>, String[]> SCALARS =
      Map.ofEntries(
          Map.entry(String.class, new String[] {"string", ""}),
          Map.entry(Instant.class, new String[] {"string", "date-time"}),
          Map.entry(boolean.class, new String[] {"boolean", ""}),
          Map.entry(Boolean.class, new String[] {"boolean", ""}),
          Map.entry(int.class, new String[] {"integer", "int32"}),
          Map.entry(Integer.class, new String[] {"integer", "int32"}),
          Map.entry(long.class, new String[] {"integer", "int64"}),
          Map.entry(Long.class, new String[] {"integer", "int64"}),
          Map.entry(double.class, new String[] {"number", "double"}),
          Map.entry(Double.class, new String[] {"number", "double"}),
          Map.entry(BigInteger.class, new String[] {"integer", ""}),
          Map.entry(BigDecimal.class, new String[] {"number", ""}));

  private final Map<String, Schema<?>> named = new TreeMap<>();
  private final SchemaNames names = new SchemaNames();
  private final RecordProperties properties = new RecordProperties(this);
  private final ObjectMapper json;

  Schemas(ObjectMapper json) {
    this.json = json;
  }

  /** The schemas that others refer to, by name. */
  Map<String, Schema<?>> named() {
    return named;
  }

  /** The schema of a type: a reference if it has a name. */
  Schema<?> of(Type type) {
    return of(type, Map.of());
  }

  static Schema<?> schema(String... types) {
    var schema = new Schema<>(SpecVersion.V31);
    for (String type : types) {
      schema.addType(type);
    }
    return schema;
  }

  /** As {@link #of(Type)}, with these types for its type variables. */
  Schema<?> of(Type type, Map<TypeVariable<?>, Type> bound) {
    return switch (type) {
      case TypeVariable<?> variable -> of(Objects.requireNonNull(bound.get(variable)), bound);
      case ParameterizedType generic -> ofGeneric(generic, bound);
      case Class<?> raw -> ofClass(raw);
      default -> throw new IllegalArgumentException("no schema for " + type);
    };
  }

  private Schema<?> ofGeneric(ParameterizedType type, Map<TypeVariable<?>, Type> bound) {
    var raw = (Class<?>) type.getRawType();
    Type[] arguments = type.getActualTypeArguments();
    if (Collection.class.isAssignableFrom(raw)) {
      Schema<?> array = schema("array").items(of(arguments[0], bound));
      return Set.class.isAssignableFrom(raw) ? array.uniqueItems(true) : array;
    }
    if (Map.class.isAssignableFrom(raw)) {
      return schema("object").additionalProperties(of(arguments[1], bound));
    }
    String name = names.of((Class<?>) arguments[0]) + raw.getSimpleName();
    if (!named.containsKey(name)) {
      var variables = new HashMap<TypeVariable<?>, Type>();
      for (int i = 0; i < arguments.length; i++) {
        variables.put(raw.getTypeParameters()[i], arguments[i]);
      }
      define(name, raw, variables);
    }
    return reference(name);
  }

  private Schema<?> ofClass(Class<?> raw) {
    String[] scalar = SCALARS.get(raw);
    if (scalar != null) {
      Schema<?> schema = schema(scalar[0]);
      return scalar[1].isEmpty() ? schema : schema.format(scalar[1]);
    }
    if (raw == Map.class) {
      return schema("object");
    }
    if (!raw.isEnum() && !raw.isRecord() && !raw.isInterface()) {
      throw new IllegalArgumentException("no schema for " + raw);
    }
    JsonFormat format = raw.getAnnotation(JsonFormat.class);
    if (format != null && format.shape() == JsonFormat.Shape.ARRAY) {
      return ofTuple(raw);
    }
    String name = names.of(raw);
    if (!named.containsKey(name)) {
      define(name, raw, Map.of());
    }
    return reference(name);
  }

  /** A record that is written as an array of its components. */
  private Schema<?> ofTuple(Class<?> raw) {
    RecordComponent[] components = raw.getRecordComponents();
    Schema<?> tuple = schema("array").minItems(components.length).maxItems(components.length);
    for (RecordComponent component : components) {
      tuple.addPrefixItem(of(component.getGenericType()));
    }
    return tuple;
  }

  private void define(String name, Class<?> raw, Map<TypeVariable<?>, Type> bound) {
    Schema<?> schema = schema();
    named.put(name, schema);
    if (raw == Fallback.class) {
      ofFallback(schema);
    } else if (raw.isEnum()) {
      ofEnum(schema, raw);
    } else if (raw.isRecord()) {
      schema.addType("object");
      properties.addTo(schema, raw, bound);
    } else {
      ofAlternatives(schema, raw);
    }
  }

  static Schema<?> reference(String name) {
    return schema().$ref("#/components/schemas/" + name);
  }

  @SuppressWarnings("unchecked")
  private void ofEnum(Schema<?> schema, Class<?> raw) {
    schema.addType("string");
    for (Object constant : raw.getEnumConstants()) {
      ((Schema<Object>) schema).addEnumItemObject(json.convertValue(constant, String.class));
    }
  }

  private void ofAlternatives(Schema<?> schema, Class<?> raw) {
    var kinds = new Discriminator().propertyName("kind");
    for (JsonSubTypes.Type kind : raw.getAnnotation(JsonSubTypes.class).value()) {
      Schema<?> alternative = of(kind.value());
      schema.addOneOfItem(alternative);
      kinds.mapping(kind.name(), alternative.get$ref());
      Schema<?> record = Objects.requireNonNull(named.get(names.of(kind.value())));
      Schema<Object> constant = new Schema<>(SpecVersion.V31);
      constant.addType("string");
      constant.setConst(kind.name());
      record.addProperty("kind", constant);
      record.addRequiredItem("kind");
    }
    schema.discriminator(kinds);
  }

  /** A text or an object, which Jackson's annotations cannot express. */
  @SuppressWarnings("unchecked")
  private static void ofFallback(Schema<?> schema) {
    var word = (Schema<Object>) schema("string");
    word.addEnumItemObject("decline");
    word.addEnumItemObject("review");
    Schema<?> below = schema("object");
    below.addProperty(
        "approve_below",
        schema("integer")
            .format("int64")
            .minimum(BigDecimal.ONE)
            .maximum(BigDecimal.valueOf(Money.MAX_AMOUNT)));
    below.required(List.of("approve_below")).additionalProperties(false);
    schema.addOneOfItem(word);
    schema.addOneOfItem(below);
  }

  static Schema<?> orNull(Schema<?> schema) {
    if (schema.getTypes() != null && schema.getEnum() == null) {
      schema.addType("null");
      return schema;
    }
    Schema<?> either = schema();
    var both = new ArrayList<Schema>(List.of(schema, schema("null")));
    return either.anyOf(both);
  }
}

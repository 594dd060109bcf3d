package io.quittance.openapi;

import io.quittance.web.DependencyNames;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of routes, each described once: those in queries and headers by {@link
 * KnownParameters}, those in paths by the object that they identify.
 */
final class Parameters {

  /** The prefix of the ids in a path, by its first segment after /v1. */
  private static final Map<String, String> PREFIXES =
      Map.of(
          "payments", "pay",
          "payment-batches", "bat",
          "captures", "cap",
          "refunds", "ref",
          "transfers", "trf",
          "api-keys", "key",
          "merchants", "mch",
          "webhook-endpoints", "whe",
          "events", "evt");

  private static final Map<String, String> OBJECTS =
      Map.of(
          "pay", "a payment",
          "bat", "a payment batch",
          "cap", "a capture",
          "ref", "a refund",
          "trf", "a transfer",
          "key", "an API key",
          "whe", "a webhook endpoint",
          "evt", "an event",
          "dlv", "a delivery",
          "mch", "a merchant");

  private final Map<String, Parameter> components = new TreeMap<>();
  private final Map<String, Parameter> known = new KnownParameters().byName();

  /** The parameters that routes refer to, by the name of their component. */
  Map<String, Parameter> components() {
    return components;
  }

  /** A parameter of a query or a header, with its meaning on this path. */
  Parameter on(String path, String in, String name, boolean required) {
    String[] segments = path.split("/", -1);
    String last = segments[segments.length - 1] + "-" + name;
    String own = known.containsKey(last) ? last : segments[2] + "-" + name;
    return known.containsKey(own)
        ? component(own, known.get(own), required)
        : named(in, name, required);
  }

  /** A parameter of a query or a header that has the same meaning everywhere. */
  Parameter named(String in, String name, boolean required) {
    Parameter parameter = known.get(name);
    if (parameter == null) {
      parameter = new Parameter().in(in).name(name).schema(Schemas.schema("string"));
    }
    return component(name, parameter, required);
  }

  private Parameter component(String name, Parameter parameter, boolean required) {
    String component = required ? name + "-required" : name;
    components.put(component, required ? copy(parameter).required(true) : parameter);
    return reference(component);
  }

  private static Parameter copy(Parameter of) {
    return new Parameter()
        .in(of.getIn())
        .name(of.getName())
        .description(of.getDescription())
        .schema(of.getSchema())
        .example(of.getExample());
  }

  /** A parameter of a path. */
  Parameter inPath(String path, String name) {
    String segment = path.split("/", -1)[2];
    String prefix = name.equals("id") ? PREFIXES.get(segment) : null;
    String component = prefix == null ? segment + "-" + name : prefix + "-" + name;
    Parameter parameter = new Parameter().in("path").name(name).required(true);
    if (prefix != null) {
      parameter
          .description("The id of %s.".formatted(OBJECTS.get(prefix)))
          .schema(ValueSchemas.id(prefix))
          .example(prefix + KnownParameters.SOME_ID);
    } else if (segment.equals("accounts")) {
      parameter
          .description("The account's id, chosen by its merchant.")
          .schema(ValueSchemas.account());
      parameter.example("alice");
    } else if (name.equals("dependency")) {
      parameter
          .description("The dependency.")
          .schema(ValueSchemas.oneOf(DependencyNames.ALL.toArray(String[]::new)));
    } else {
      parameter.schema(Schemas.schema("string"));
    }
    components.put(component, parameter);
    return reference(component);
  }

  private static Parameter reference(String component) {
    return new Parameter().$ref("#/components/parameters/" + component);
  }

  /** The prefix of the ids in a property, by its name; null if it has no id. */
  static @Nullable String prefixOf(String property) {
    return switch (property) {
      case "payment_id" -> "pay";
      case "batch_id" -> "bat";
      case "transfer_id" -> "trf";
      case "endpoint_id" -> "whe";
      case "event_id" -> "evt";
      default -> null;
    };
  }
}

package io.quittance.openapi;

import io.quittance.ledger.AccountId;
import io.quittance.money.CurrencyCode;
import io.quittance.web.Printable;
import io.quittance.web.json.Metadata;
import io.swagger.v3.oas.models.media.Schema;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;

/** The validation rules of a value, as keywords of JSON Schema. */
record Constraints(List<Annotation> annotations) {

  /** The one character class of Java's patterns that other dialects do not have. */
  private static final String JAVA_CONTROL = "\\p{Cntrl}";

  private static final String ALTERNATIVES = "[a-z_]+(\\|[a-z_]+)+";

  static Constraints of(AnnotatedElement element) {
    return new Constraints(Arrays.asList(element.getAnnotations()));
  }

  void addTo(Schema<?> schema) {
    annotations.forEach(annotation -> add(annotation, schema));
  }

  private static void add(Annotation annotation, Schema<?> schema) {
    switch (annotation) {
      case Min min -> schema.setMinimum(BigDecimal.valueOf(min.value()));
      case Max max -> schema.setMaximum(BigDecimal.valueOf(max.value()));
      case DecimalMin min -> schema.setMinimum(new BigDecimal(min.value()));
      case DecimalMax max -> schema.setMaximum(new BigDecimal(max.value()));
      case Size size -> addSize(size, schema);
      case NotBlank _ -> schema.setMinLength(1);
      case NotEmpty _ -> atLeastOne(schema);
      case Pattern pattern -> addPattern(pattern.regexp(), schema);
      case Printable _ -> addPattern(Printable.PATTERN, schema);
      case AccountId _ -> addPattern(AccountId.PATTERN, schema);
      case CurrencyCode _ -> addPattern("[A-Z]{3}", schema);
      case Metadata _ -> ofMetadata(schema);
      default -> {
        // A schema has no keyword for it.
      }
    }
  }

  private static void addSize(Size size, Schema<?> schema) {
    Integer min = size.min() == 0 ? null : size.min();
    if (schema.getTypes().contains("array")) {
      schema.minItems(min).maxItems(size.max());
    } else {
      schema.minLength(min).maxLength(size.max());
    }
  }

  private static void atLeastOne(Schema<?> schema) {
    if (schema.getTypes().contains("array")) {
      schema.setMinItems(1);
    } else {
      schema.setMinLength(1);
    }
  }

  @SuppressWarnings("unchecked")
  private static void addPattern(String regexp, Schema<?> schema) {
    if (regexp.matches(ALTERNATIVES)) {
      for (String alternative : regexp.split("\\|", -1)) {
        ((Schema<Object>) schema).addEnumItemObject(alternative);
      }
    } else {
      schema.setPattern("^" + regexp.replace(JAVA_CONTROL, "\\x00-\\x1f\\x7f") + "$");
    }
  }

  /** A map of texts within the limits of {@link Metadata}. */
  static Schema<?> ofMetadata(Schema<?> schema) {
    schema.setMaxProperties(50);
    schema.setPropertyNames(Schemas.schema("string").minLength(1).maxLength(40));
    schema.setAdditionalProperties(Schemas.schema("string").maxLength(500));
    return schema;
  }
}

package io.quittance.web;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.Pattern;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The text has no control characters. */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
@Pattern(regexp = Printable.PATTERN)
@ReportAsSingleViolation
public @interface Printable {

  String PATTERN = "[^\\p{Cntrl}]*";

  String message() default "must have no control characters";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}

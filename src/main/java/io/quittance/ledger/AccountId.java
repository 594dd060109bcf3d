package io.quittance.ledger;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.Pattern;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The text has the form of an account id. */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
@Pattern(regexp = AccountId.PATTERN)
@ReportAsSingleViolation
public @interface AccountId {

  String PATTERN = "[a-z0-9][a-z0-9_.:-]{0,63}";

  /** What an account id must be, after the name of a field or parameter. */
  String RULE = "must be an account id: " + PATTERN;

  String message() default RULE;

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}

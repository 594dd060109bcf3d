package io.quittance.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a test that fails if a row of docs/failures.md, or a part of it, is not true. {@code
 * FailuresTest} checks that each row has such a test.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Proves {

  /** The first words of each row, without links: as many as no other row begins with. */
  String[] value();
}

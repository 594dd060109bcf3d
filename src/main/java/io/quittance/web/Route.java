package io.quittance.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the API's document says of a handler beyond what its signature says already. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Route {

  /** The operation's id, for good: generated clients name their methods after it. */
  String id();

  /** One line. */
  String summary();

  /** More than that line, in Markdown. */
  String description() default "";

  /** The successes, where the return type and the status do not say. */
  Answer[] answers() default {};

  /** The problems of this operation alone; those that many have in common are derived. */
  ProblemCode[] problems() default {};

  /** Whether it moves money between accounts, and answers {@link ProblemCode#ofTransfers()}. */
  boolean transfers() default false;

  /** The body of a 422, where it says more than a problem does. */
  Class<?> refusal() default void.class;

  /** The query parameters that are not in the signature. */
  String[] query() default {};

  /** Whether the header Idempotency-Key may be left out. */
  boolean keyOptional() default false;

  /** The bodies that it takes, where they are read otherwise than as one JSON object. */
  Body[] bodies() default {};

  /** Whether the body may be packed by gzip. */
  boolean gzip() default false;

  /** One form of the body. */
  @interface Body {
    String mediaType();

    /** What the schema describes; {@code Map}: any object. */
    Class<?> of();

    /** Whether the body is a JSON array of these. */
    boolean list() default false;
  }

  /** One success. */
  @interface Answer {
    int status();

    Class<?> body();

    String mediaType() default "application/json";
  }
}

package io.quittance.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the OpenAPI document says about a handler and cannot be derived from its signature. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Route {

  /** The operation's id. It must not change: generated clients name their methods after it. */
  String id();

  /** A summary in one line. */
  String summary();

  /** A longer description, in Markdown. */
  String description() default "";

  /** The successful responses, if the return type and the status do not define them. */
  Answer[] answers() default {};

  /** The problems of this operation only; common ones are derived. */
  ProblemCode[] problems() default {};

  /** The problems that it shares with all operations of its kind. */
  ProblemCode.Refusals refusals() default ProblemCode.Refusals.NONE;

  /** The body of a 422, if it is more than a problem. */
  Class<?> refusal() default void.class;

  /** The query parameters that are not in the signature. */
  String[] query() default {};

  /** Whether the header Idempotency-Key may be left out. */
  boolean keyOptional() default false;

  /** The request bodies, if they are not one JSON object. */
  Body[] bodies() default {};

  /** Whether the body may be compressed with gzip. */
  boolean gzip() default false;

  /** One format of the body. */
  @interface Body {
    String mediaType();

    /** The type of the schema; {@code Map}: any object. */
    Class<?> of();

    /** Whether the body is a JSON array of these. */
    boolean list() default false;
  }

  /** One successful response. */
  @interface Answer {
    int status();

    Class<?> body();

    String mediaType() default "application/json";
  }
}

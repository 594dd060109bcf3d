/** Redaction: card numbers and other secrets stay out of logs, and card numbers out of requests. */
@NamedInterface("log")
@NullMarked
package io.quittance.web.log;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;

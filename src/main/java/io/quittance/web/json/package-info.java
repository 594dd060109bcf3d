/** Strict JSON: how bodies are read and validated, and how their errors are reported. */
@NamedInterface("json")
@NullMarked
package io.quittance.web.json;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;

/** Strict JSON: how bodies are read and validated, and how what is wrong with them is told. */
@NamedInterface("json")
@NullMarked
package io.quittance.web.json;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;

/** Parameters of lists: filters, times, and pages with their cursors. */
@NamedInterface("query")
@NullMarked
package io.quittance.web.query;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;

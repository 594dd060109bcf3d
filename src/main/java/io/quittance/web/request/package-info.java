/** Work around the handler of each request: ids, limits, formats, errors, metrics. */
@NullMarked
package io.quittance.web.request;

import org.jspecify.annotations.NullMarked;

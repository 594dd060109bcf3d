/** Tomcat's edge: slow headers, early refusals, and errors before a request reaches Spring. */
@NullMarked
package io.quittance.web.edge;

import org.jspecify.annotations.NullMarked;

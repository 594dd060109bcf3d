/** How a replica is doing: the same figures as in Prometheus, for users without it. */
@NullMarked
package io.quittance.analytics.status;

import org.jspecify.annotations.NullMarked;

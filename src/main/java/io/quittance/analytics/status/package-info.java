/** How a replica is doing: the same figures as in Prometheus, for those who have none. */
@NullMarked
package io.quittance.analytics.status;

import org.jspecify.annotations.NullMarked;

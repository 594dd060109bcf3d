/** Queries: series over time and the largest of something, from panes and what is pending. */
@NullMarked
package io.quittance.analytics.query;

import org.jspecify.annotations.NullMarked;

/** Panes: sums by second, minute and hour, how they are added to and how long they are kept. */
@NullMarked
package io.quittance.analytics.pane;

import org.jspecify.annotations.NullMarked;

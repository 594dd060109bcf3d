/** The live stream: one frame for all who watch a merchant, the newest first. */
@NullMarked
package io.quittance.analytics.live;

import org.jspecify.annotations.NullMarked;

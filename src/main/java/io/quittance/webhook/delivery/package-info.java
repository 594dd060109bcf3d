/** Deliveries and their attempts as they are stored: claimed, ended, sent again, deleted. */
@NullMarked
package io.quittance.webhook.delivery;

import org.jspecify.annotations.NullMarked;

/** Finds what is due, gives each receiver a lane, signs the events and sends them. */
@NullMarked
package io.quittance.webhook.dispatch;

import org.jspecify.annotations.NullMarked;

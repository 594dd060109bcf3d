package io.quittance.notification;

import io.quittance.notification.DeliveryQueue.Claimed;
import io.quittance.payment.EventLog.StoredEvent;
import org.jspecify.annotations.Nullable;

/**
 * A claimed delivery with all that it takes to attempt it.
 *
 * @param endpoint null: the operator's own receiver
 */
record Parcel(Claimed delivery, StoredEvent event, @Nullable Endpoint endpoint, Lane lane) {}

package io.quittance.webhook.dispatch;

import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import io.quittance.webhook.endpoint.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * A claimed delivery with its event, endpoint and lane.
 *
 * @param endpoint null: the operator's own receiver
 */
record DeliveryTask(
    Claimed delivery, StoredEvent event, @Nullable Endpoint endpoint, ReceiverLane lane) {}

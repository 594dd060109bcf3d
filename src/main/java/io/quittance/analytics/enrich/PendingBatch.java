package io.quittance.analytics.enrich;

import io.quittance.web.TypeId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A merchant's events that were counted without their payments, until these are looked up.
 *
 * @param id of the stored row
 */
public record PendingBatch(UUID merchantId, UUID id, List<Group> groups) {

  /**
   * An event that names a payment.
   *
   * @param amount of the event, in minor units; 0: it has none
   * @param labels where it was counted by its labels, if it has no currency of its own
   */
  public record Event(UUID paymentId, long amount, List<Label> labels) {}

  /**
   * Where an event without a currency was counted by one of its labels.
   *
   * @param type as it was counted there
   * @param value as it was counted there
   */
  public record Label(String type, String key, String value) {}

  /**
   * Events that were counted in one pane.
   *
   * @param type as it was counted
   * @param currency of the events' own amounts; null: they have none
   * @param second since 1970
   */
  public record Group(String type, @Nullable String currency, long second, List<Event> events) {}

  /** The events that are about none of these payments. */
  PendingBatch without(Set<UUID> payments) {
    return payments.isEmpty()
        ? this
        : new PendingBatch(merchantId, id, like(event -> !payments.contains(event.paymentId())));
  }

  /**
   * The events that are about these payments, as another batch with a new id: a worker that still
   * has this batch must not find it, or it would count events twice.
   */
  PendingBatch rest(Set<UUID> payments) {
    return new PendingBatch(
        merchantId, TypeId.next(), like(event -> payments.contains(event.paymentId())));
  }

  private List<Group> like(Predicate<Event> wanted) {
    return groups.stream()
        .map(
            group ->
                new Group(
                    group.type(),
                    group.currency(),
                    group.second(),
                    group.events().stream().filter(wanted).toList()))
        .filter(group -> !group.events().isEmpty())
        .toList();
  }

  /** How many events there are. */
  public int size() {
    return groups.stream().mapToInt(group -> group.events().size()).sum();
  }
}

package io.quittance.payment.batch.item;

import io.quittance.journal.UnitOfWork;
import io.quittance.payment.create.BeginPayment;
import io.quittance.payment.model.Payment;
import io.quittance.web.ProblemCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Payments that are made in one transaction, all of them or none: a part of a journal command. Each
 * sees the effects of those before it. Keeps no state between attempts.
 */
public record AllOrNone(List<ScreenedItem> items) {

  /**
   * At least one item cannot be paid. Thrown by the command's {@code decide}, so that nothing is
   * written.
   */
  public static final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<ItemResult> items;

    private Refused(List<ItemResult> items) {
      super("an atomic batch is refused", null, false, false);
      this.items = items;
    }

    /** The result of each item; those that could have been paid are not started. */
    public List<ItemResult> items() {
      return items;
    }
  }

  /** The accounts of all items. */
  public Set<String> accounts() {
    var accounts = new HashSet<String>();
    items.forEach(item -> accounts.addAll(item.order().accounts()));
    return accounts;
  }

  /** As of {@link io.quittance.journal.Command#weight}, of all items. */
  public long weight() {
    long weight = 0;
    for (ScreenedItem item : items) {
      weight += item.begin().weight();
    }
    return weight;
  }

  /** Names the rows that {@link #decide} will look at. */
  public void prepare(UnitOfWork unit) {
    items.forEach(item -> item.begin().prepare(unit));
  }

  /**
   * Makes the payments.
   *
   * @throws Refused if one of them cannot be made
   */
  public List<ItemResult> decide(UnitOfWork unit) {
    List<BeginPayment.Result> results =
        items.stream().map(item -> item.begin().decide(unit)).toList();
    var ends = new ArrayList<ItemResult>(results.size());
    for (BeginPayment.Result result : results) {
      ends.add(end(result));
    }
    if (ends.stream().allMatch(end -> end.status() == ItemStatus.SUCCEEDED)) {
      return ends;
    }
    throw new Refused(ends.stream().map(AllOrNone::ofRefused).toList());
  }

  private static ItemResult end(BeginPayment.Result result) {
    return switch (result) {
      case BeginPayment.Result.PaymentStored(Payment payment) -> ItemResult.of(payment);
      case BeginPayment.Result.Refused refused -> ItemResult.refused(refused.problem());
    };
  }

  /** No payment exists, whatever was decided about it. */
  private static ItemResult ofRefused(ItemResult end) {
    return switch (end.status()) {
      case SUCCEEDED -> ItemResult.NOT_STARTED;
      case IN_REVIEW ->
          ItemResult.refused(
              ProblemCode.REVIEW_REQUIRED,
              ProblemCode.REVIEW_REQUIRED.title() + "; an atomic batch cannot wait for that.");
      default -> new ItemResult(end.status(), null, end.code(), end.detail());
    };
  }
}

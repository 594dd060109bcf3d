package io.quittance.bench;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * The operations of one client, drawn story by story: a payment, and what its merchant does to it
 * afterwards. Confined to one thread.
 */
final class Steps {

  /** What becomes of a payment, and of how many in a hundred. */
  private enum Story {
    PAID(60),
    CAPTURED(15),
    CAPTURED_IN_PART(5),
    CAPTURED_TWICE(5),
    REFUNDED(10),
    REFUNDED_IN_PART(5);

    private final int share;

    Story(int share) {
      this.share = share;
    }

    static Story draw(SplittableRandom random) {
      int left = random.nextInt(100);
      for (Story story : values()) {
        left -= story.share;
        if (left < 0) {
          return story;
        }
      }
      throw new IllegalStateException("the shares do not add up to a hundred");
    }
  }

  private final Workload workload;
  private final SplittableRandom random;
  private final Queue<Step> story = new ArrayDeque<>();

  Steps(Workload workload, SplittableRandom random) {
    this.workload = workload;
    this.random = random;
  }

  Step next() {
    if (story.isEmpty()) {
      Order order = Order.next(workload, random);
      tell(workload.mixed() ? Story.draw(random) : Story.PAID, order);
    }
    return story.remove();
  }

  private void tell(Story next, Order order) {
    int whole = order.amount();
    int part = whole / 2;
    switch (next) {
      case PAID, REFUNDED, REFUNDED_IN_PART -> add(Kind.PAYMENT, order, whole);
      case CAPTURED, CAPTURED_IN_PART, CAPTURED_TWICE -> add(Kind.AUTHORIZATION, order, whole);
    }
    switch (next) {
      case PAID -> {}
      case CAPTURED -> add(Kind.CAPTURE, order, whole);
      case CAPTURED_IN_PART -> add(Kind.CAPTURE, order, part);
      case CAPTURED_TWICE -> {
        add(Kind.PART_CAPTURE, order, part);
        add(Kind.CAPTURE, order, whole - part);
      }
      case REFUNDED -> add(Kind.REFUND, order, whole);
      case REFUNDED_IN_PART -> add(Kind.REFUND, order, part);
    }
  }

  private void add(Kind kind, Order order, int amount) {
    story.add(new Step(kind, order, amount, new UUID(random.nextLong(), random.nextLong())));
  }
}

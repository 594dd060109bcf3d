package io.quittance.payment.batch.run;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ItemGateTest {

  private static final UUID MERCHANT = UUID.randomUUID();
  private static final UUID NEIGHBOUR = UUID.randomUUID();
  private static final int BESIDE_OTHERS = 4;

  /** One place is left to other merchants. */
  private static final int OF_ONE = BESIDE_OTHERS - 1;

  private final AtomicBoolean othersCome = new AtomicBoolean(true);
  private final Set<UUID> enabled = ConcurrentHashMap.newKeySet();

  /** What is done when items have taken too long. */
  private final List<Runnable> late = new ArrayList<>();

  private final ItemGate gate =
      new ItemGate(
          _ -> othersCome.get(),
          (merchant, _) -> enabled.contains(merchant),
          BESIDE_OTHERS,
          late::add);

  @BeforeEach
  void enable() {
    enabled.addAll(List.of(MERCHANT, NEIGHBOUR));
  }

  @Test
  void letsNothingInOfAMerchantThatIsDisabled() {
    othersCome.set(false);
    enabled.remove(MERCHANT);

    assertThat(enters(Duration.ofSeconds(20))).isFalse();
  }

  @Test
  void isAsWideAsTheBatchLikesWhileNobodyElseComes() {
    assertThat(gate.width(MERCHANT, 64)).isEqualTo(BESIDE_OTHERS);
    assertThat(gate.width(MERCHANT, 2)).isEqualTo(2);

    othersCome.set(false);

    assertThat(gate.width(MERCHANT, 64)).isEqualTo(64);
  }

  @Test
  void letsAllInWhileNobodyElseComes() {
    othersCome.set(false);

    for (int i = 0; i < 100; i++) {
      assertThat(enters(Duration.ZERO)).isTrue();
    }
  }

  @Test
  void letsAFewInBesideOthers() {
    for (int i = 0; i < OF_ONE; i++) {
      assertThat(enters(Duration.ZERO)).isTrue();
    }
    assertThat(enters(Duration.ZERO)).isFalse();

    gate.leave(MERCHANT);

    assertThat(enters(Duration.ZERO)).isTrue();
    assertThat(enters(Duration.ZERO)).isFalse();
  }

  /** As those whose screening hangs: the others of their batch have the places instead. */
  @Test
  void countsNoItemThatTakesTooLong() {
    var slow = new ArrayList<ItemGate.Place>();
    for (int i = 0; i < OF_ONE; i++) {
      assertThat(enters(Duration.ZERO)).isTrue();
      slow.add(gate.place(MERCHANT));
    }
    assertThat(enters(Duration.ZERO)).isFalse();

    late.forEach(Runnable::run);

    fill();
    assertThat(enters(Duration.ZERO)).isFalse();
    slow.forEach(ItemGate.Place::close);
    assertThat(enters(Duration.ZERO)).isFalse();
  }

  @Test
  void leavesThePlaceOfAQuickItemOnce() {
    assertThat(enters(Duration.ZERO)).isTrue();
    gate.place(MERCHANT).close();

    late.forEach(Runnable::run);

    for (int i = 0; i < OF_ONE; i++) {
      assertThat(enters(Duration.ZERO)).isTrue();
    }
    assertThat(enters(Duration.ZERO)).isFalse();
  }

  /** As those of a locked account are, which take two seconds each. */
  @Test
  void letsSlowItemsTakeNoPlaceFromThoseOfOtherMerchants() throws Exception {
    fill();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Boolean>> slow = waiting(MERCHANT, 20, threads::execute);

      for (int i = 0; i < 100; i++) {
        assertThat(enters(NEIGHBOUR, Duration.ZERO)).isTrue();
        gate.leave(NEIGHBOUR);
      }

      enters(NEIGHBOUR, Duration.ZERO);
      CompletableFuture<Boolean> next = waiting(NEIGHBOUR, 1, threads::execute).getFirst();
      gate.leave(MERCHANT);
      gate.leave(NEIGHBOUR);
      assertThat(next.get(20, SECONDS)).isTrue();
      assertThat(slow).noneMatch(CompletableFuture::isDone);

      othersCome.set(false);
      gate.leave(MERCHANT);
    }
  }

  @Test
  void letsTheNextInWhenOneLeaves() throws Exception {
    fill();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Boolean>> waiting = waiting(MERCHANT, 20, threads::execute);

      for (int left = 0; left < 20; left++) {
        gate.leave(MERCHANT);
        while (waiting.stream().filter(CompletableFuture::isDone).count() <= left) {
          Thread.onSpinWait();
        }
        assertThat(waiting.stream().filter(CompletableFuture::isDone)).hasSize(left + 1);
      }
    }
  }

  @Test
  void letsAllInWhenOthersHaveGone() throws Exception {
    fill();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Boolean>> waiting = waiting(MERCHANT, 20, threads::execute);

      othersCome.set(false);
      gate.leave(MERCHANT);

      CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)).get(20, SECONDS);
      assertThat(waiting).allSatisfy(one -> assertThat(one.join()).isTrue());
    }
  }

  /**
   * One that works through a list leaves and comes again at once: those who wait would wait until
   * its list is empty.
   */
  @Test
  void letsNobodyInBeforeThoseWhoWait() throws Exception {
    fill();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Boolean> first = waiting(MERCHANT, 1, threads::execute).getFirst();

      gate.leave(MERCHANT);

      assertThat(enters(Duration.ZERO)).isFalse();
      assertThat(first.get(20, SECONDS)).isTrue();
    }
  }

  /** Beside a merchant for whom nobody else comes: its items would keep all places taken. */
  @Test
  void letsNobodyPastThoseForWhomOthersCome() throws Exception {
    var unbound = UUID.randomUUID();
    var gate =
        new ItemGate(
            merchant -> !merchant.equals(unbound), (_, _) -> true, BESIDE_OTHERS, late::add);
    for (int i = 0; i < BESIDE_OTHERS; i++) {
      assertThat(gate.enter(unbound, Deadline.after(Duration.ZERO))).isTrue();
    }
    var waiting = new FutureTask<>(() -> gate.enter(MERCHANT, Deadline.after(Duration.ofHours(1))));
    Thread thread = Thread.ofVirtual().unstarted(waiting);
    thread.start();
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    assertThat(gate.enter(unbound, Deadline.after(Duration.ZERO))).isFalse();
    gate.leave(unbound);

    assertThat(waiting.get(20, SECONDS)).isTrue();
    gate.leave(MERCHANT);
    assertThat(gate.enter(unbound, Deadline.after(Duration.ZERO))).isTrue();
  }

  @Test
  void goesOnWithTheNextWhenOneHasWaitedInVain() throws Exception {
    fill();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(enters(Duration.ofMillis(1))).isFalse();
      CompletableFuture<Boolean> next = waiting(MERCHANT, 1, threads::execute).getFirst();

      gate.leave(MERCHANT);

      assertThat(next.get(20, SECONDS)).isTrue();
    }
  }

  private void fill() {
    for (int i = 0; i < OF_ONE; i++) {
      enters(Duration.ZERO);
    }
  }

  private List<CompletableFuture<Boolean>> waiting(UUID merchant, int count, Executor threads) {
    var all = new ArrayList<CompletableFuture<Boolean>>();
    for (int i = 0; i < count; i++) {
      var thread = new CompletableFuture<Thread>();
      all.add(
          CompletableFuture.supplyAsync(
              () -> {
                thread.complete(Thread.currentThread());
                return enters(merchant, Duration.ofHours(1));
              },
              threads));
      while (thread.join().getState() != Thread.State.TIMED_WAITING && !all.getLast().isDone()) {
        Thread.onSpinWait();
      }
    }
    return all;
  }

  private boolean enters(Duration patience) {
    return enters(MERCHANT, patience);
  }

  private boolean enters(UUID merchant, Duration patience) {
    try {
      return gate.enter(merchant, Deadline.after(patience));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
